"""Scenario files as pytest sees them: a file, and an item for each model and window.

Its one rule: collecting reads the file and asks nobody; the first item that runs asks for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.cli.study import load_scenarios
from harness.core.errors import HarnessError
from harness.models.catalog import reference_spec
from harness.testing.batch import Batches, merged_study
from harness.testing.settings import Settings, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from harness.core.scenario import Scenario
    from harness.testing.batch import Ran

_SETTINGS = pytest.StashKey[Settings]()
_BATCHES = pytest.StashKey[Batches]()
_USAGE = 4


def settings_at(config: pytest.Config) -> Settings:
    """The settings of this session, read once.

    Raises:
        UsageError: One does not say what it should.
    """
    if _SETTINGS not in config.stash:
        config.stash[_SETTINGS] = settings_of(config)
    return config.stash[_SETTINGS]


def batches_at(config: pytest.Config) -> Batches:
    """The runs of this session."""
    if _BATCHES not in config.stash:
        config.stash[_BATCHES] = Batches(settings_at(config), config)
    return config.stash[_BATCHES]


class UnmetError(Exception):
    """What a scenario expects was not met; the message is the whole story."""


class ScenarioFile(pytest.File):
    """One scenario file."""

    def collect(self) -> Iterator[ScenarioItem]:
        """An item for each model and window.

        Raises:
            CollectError: The file or a setting is wrong, in one sentence.
        """
        try:
            settings = settings_at(self.config)
            (scenario,) = load_scenarios((self.path,))
        except HarnessError as error:
            raise self.CollectError(str(error)) from None
        if not settings.models:
            raise self.CollectError(
                f"{self.path.name}: no model to ask: set `harness_model` in the ini file,"
                " HARNESS_MODEL, or --harness-model"
            )
        for model in settings.models:
            for window in settings.windows:
                yield ScenarioItem.from_parent(
                    self,
                    name=f"{scenario.name}[{model}-{window}]",
                    scenario=scenario,
                    model=model,
                    window=window,
                )


class ScenarioItem(pytest.Item):
    """One scenario under one model and window."""

    def __init__(self, *, scenario: Scenario, model: str, window: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.scenario = scenario
        self.model = model
        self.window = window

    def runtest(self) -> None:
        """Judge what came, after all that is selected was asked.

        Raises:
            UnmetError: What the scenario expects was not met.
            HarnessError: It could not be asked.
        """
        from harness.testing.verdict import judged  # here, since it brings the statistics

        try:
            ran = self._ran()
            found = judged(self.scenario, ran, self.model, self.window)
        except HarnessError as error:
            if error.exit_code == _USAGE:
                self.user_properties.append(("harness_exit_code", _USAGE))
            raise
        self.user_properties += [(f"harness_{name}", value) for name, value in found.properties]
        if found.unmet:
            raise UnmetError(found.text)

    def _ran(self) -> Ran:
        """The run that holds this item, with all others that are selected."""
        mine = reference_spec(self.model) is not None
        items = [item for item in self.session.items if isinstance(item, ScenarioItem)]
        wanted = [
            (str(item.path), item.model, item.window)
            for item in items or [self]
            # models that cost nothing need no cassette
            if (reference_spec(item.model) is not None) == mine
        ]
        batches = batches_at(self.config)
        for paths, models, windows in merged_study(wanted):
            if str(self.path) in paths and self.model in models and self.window in windows:
                study = batches.settings.study(
                    [type(self.path)(path) for path in paths],
                    models=models,
                    windows=",".join(windows),
                )
                return batches.run(study)
        raise AssertionError("an item is always among those that are wanted")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """One message for what a user did or a model said; a traceback for faults of ours."""
        if isinstance(excinfo.value, HarnessError | UnmetError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        """Where the scenario begins."""
        return self.path, 0, f"scenario {self.name}"
