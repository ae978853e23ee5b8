"""What the plugin is set to: the option, else the environment, else the ini file.

Its one rule: a setting means what it means to `harness run`, so that a cassette which one records
the other replays.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.study import make_study
from harness.core.errors import UsageError
from harness.testing.names import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest

    from harness.core.study import Study

_FILES = ("filler", "system-prompt", "cassette", "out")
"""Settings that are paths: relative ones in an ini file start there."""

_NUMBERS = {"seeds": 8, "repeats": 1, "max-connections": 16}
_YES = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that decides what is asked, and who answers."""

    values: Mapping[str, str]
    """As they were written, by name."""
    options: tuple[str, ...]
    """Parameters of every call, key=value."""
    live: bool
    record: bool
    controls: bool
    cassette: Path | None
    out: Path
    marks: Path
    """Folder in which the workers of a session tell each other what was run."""
    max_connections: int
    rpm: int | None
    """Calls a minute for each model; None for no bound."""

    @property
    def models(self) -> tuple[str, ...]:
        """As written, in order."""
        return _listed(self.values.get("model", ""))

    @property
    def windows(self) -> tuple[str, ...]:
        """As written, in order."""
        return _listed(self.values.get("window", "max"))

    def study(self, paths: Sequence[Path], **changes: Any) -> Study:
        """The study of some files.

        Args:
            paths: Scenario files.
            changes: Settings to change, by the names of the command's options: models, windows...

        Raises:
            UsageError: A setting does not say what it should.
        """
        given = self.values.get
        prompt = given("system-prompt")
        asked: dict[str, Any] = {
            "models": self.models,
            "windows": ",".join(self.windows),
            "policies": given("policy", "send_all"),
            "memories": given("memory", "none"),
            "replies": given("replies", "scripted"),
            "seeds": _number("seeds", given("seeds")),
            "repeats": _number("repeats", given("repeats")),
            "fills": given("fills"),
            "positions": given("positions"),
            "filler": given("filler"),
            "controls": self.controls,
            "options": self.options,
            "system_prompt": None if prompt is None else Path(prompt),
        }
        return make_study(paths, **(asked | changes))


def settings_of(config: pytest.Config) -> Settings:
    """The settings of a pytest session.

    Raises:
        UsageError: One does not say what it should.
    """
    values = {name: text for name, _, _ in SETTINGS if (text := _value(config, name)) is not None}
    for name in ("policy", "memory"):
        if "," in values.get(name, ""):
            raise UsageError(
                f"--harness-{name} {values[name]}: one at a time; harness run compares several"
            )
    if values.get("replies", "scripted") not in {"scripted", "live"}:
        raise UsageError(f"--harness-replies {values['replies']}: expected scripted or live")
    record, live = _switch(config, "record"), _switch(config, "live")
    cassette = Path(values["cassette"]) if "cassette" in values else None
    if record and not (live and cassette):
        raise UsageError("--harness-record goes with --harness-live and --harness-cassette FILE")
    return Settings(
        values=values,
        options=(*config.getini("harness_option"), *config.getoption("harness_option")),
        live=live,
        record=record,
        controls=not _switch(config, "no-controls"),
        cassette=cassette,
        out=Path(values["out"]) if "out" in values else kept_in(config),
        marks=kept_in(config),
        max_connections=_number("max-connections", values.get("max-connections")),
        rpm=_number("rpm", values["rpm"]) if "rpm" in values else None,
    )


def _value(config: pytest.Config, name: str) -> str | None:
    """A setting as it was written; None where it was not."""
    key = f"harness_{name.replace('-', '_')}"
    given = config.getoption(key)
    if given is None:
        given = os.environ.get(key.upper()) or None
    if given is not None:
        return str(given)
    text = str(config.getini(key) or "").strip()
    if not text:
        return None
    if name in _FILES and config.inipath is not None:
        beside = config.inipath.parent / text
        # a filler may be a name
        return str(beside) if name != "filler" or beside.exists() else text
    return text


def _switch(config: pytest.Config, name: str) -> bool:
    key = f"harness_{name.replace('-', '_')}"
    told = os.environ.get(key.upper(), "").lower() in _YES
    return bool(config.getoption(key) or told or config.getini(key))


def kept_in(config: pytest.Config) -> Path:
    """Where runs are kept unless the user says: in pytest's own cache."""
    cache = getattr(config, "cache", None)  # none with -p no:cacheprovider
    return config.rootpath / ".harness-runs" if cache is None else Path(cache.mkdir("harness"))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _number(name: str, text: str | None) -> int:
    """A whole number above 0.

    Raises:
        UsageError: It is none.
    """
    if text is None:
        return _NUMBERS[name]
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"--harness-{name} {text}: expected a whole number above 0")
    return int(text)
