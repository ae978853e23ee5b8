"""The length ledger: how each model's provider counts, and how its sessions are aimed (law 2).

A model's first calls are its control arms without filler, then its openings. What each stage
teaches is settled before the next is planned, and written down: a run that goes on aims as it
began, so its trials keep their keys. Where the server counts prompts exactly before they are sent,
that is settled before the first call.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from harness.core.errors import FileError, Where
from harness.core.files import write_whole
from harness.core.shapes import conform, parse
from harness.core.text_kinds import KINDS
from harness.runs.meter.aims import ANY, UNAIMED, Aim, AimedPrompt, LengthAims, aim
from harness.runs.meter.count_model import OURS, CountModel
from harness.runs.meter.prompt_counts import PromptCounts

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence
    from pathlib import Path

    from harness.core.arms import Stage
    from harness.core.record import Record

    FollowingPrompts = Callable[[Container[str]], Iterable[tuple[str, Sequence[AimedPrompt]]]]
    """Prompts by texture, those of known textures left out."""


@dataclass(slots=True)
class _OfModel:
    """What is known of one model."""

    counter: str | None = None
    """Who counted its prompts exactly."""
    counts: PromptCounts = field(default_factory=PromptCounts)
    models: dict[str, CountModel] = field(default_factory=dict)
    """By scenario, as the latest stage settled them."""
    aims: dict[str, dict[str, Aim]] = field(default_factory=dict)
    """By stage and scenario."""


class LengthLedger:
    """How providers count, model by model.

    Args:
        models: Their names.
        path: Where the ledger is kept, and read from when there is one; None to keep it nowhere.

    Raises:
        FileError: The file is not a ledger.
    """

    def __init__(self, models: Iterable[str], path: Path | None = None) -> None:
        self._models = {name: _OfModel() for name in models}
        self._path = path
        if path is not None and path.exists():
            self._load(path)

    @classmethod
    def of(cls, counts: Mapping[str, Mapping[str, CountModel]]) -> Self:
        """A ledger that was settled elsewhere, and is kept nowhere.

        Args:
            counts: How the provider of each model counts, by scenario.
        """
        ledger = cls(counts)
        for model, known in counts.items():
            ledger._models[model].models = dict(known)
        return ledger

    def aims(self, model: str) -> LengthAims:
        """What the sessions of that model are built with, as far as it is settled."""
        known = self._models[model].aims
        return LengthAims(
            opening=tuple(sorted(known.get("opening", {}).items())),
            main=tuple(sorted(known.get("main", {}).items())),
        )

    def counts(self, model: str, scenario: str) -> CountModel:
        """How the provider of that model counts, as far as it is settled."""
        known = self._models[model].models
        return known.get(scenario, OURS)

    def is_aimed(self, model: str) -> bool:
        """Whether anything of it is settled."""
        return bool(self._models[model].aims)

    def is_settled(self, model: str) -> bool:
        """Whether the calls of its early stages have taught all that they can."""
        known = self._models[model]
        return "main" in known.aims and known.counter is None

    def counter(self, model: str) -> str | None:
        """Who counted its prompts exactly before any was sent; None where nobody did."""
        return self._models[model].counter

    def all_counts(self, model: str) -> dict[str, CountModel]:
        """The same for all scenarios, for a worker that is to know it."""
        return dict(self._models[model].models)

    def observe(self, record: Record) -> None:
        """Learn from a record that no server would have truncated."""
        known = self._models.get(record.model)
        told = record.usage_source is not None and len(record.kind_tokens) == len(KINDS)
        if known is not None and told and "main" not in known.aims:
            known.counts.observe(record)

    def observe_exact(
        self, model: str, scenario: str, prompts: Sequence[AimedPrompt], counted: Sequence[int]
    ) -> None:
        """Learn from prompts that a server counted before any was sent."""
        exact = self._models[model].counts.exact.setdefault(scenario, set())
        exact |= set(zip(prompts, map(float, counted), strict=True))

    def settle(self, model: str, stage: Stage, following: FollowingPrompts) -> None:
        """That stage of a model is over: the next is aimed by what it taught.

        What was settled once stays: a texture that is new is aimed by what was known then. Where
        a provider counts as we do there is nothing to be noted of any texture.

        Args:
            model: Its name.
            stage: What is over.
            following: Gives prompts as the sessions of the next stage make them up.
        """
        after = {"bare": "opening", "opening": "main"}.get(stage)
        known = self._models[model]
        if after is None:
            return
        first = after not in known.aims
        if first:
            known.models |= known.counts.models()
        aims = known.aims.setdefault(after, {})
        ours = all(one.is_ours for one in known.models.values())
        new = False
        if ANY not in aims and not (ours and not known.aims.get("opening")):
            for name, own in following(aims):
                how = known.models.get(ledger_scenario(name), OURS)
                aims[name] = UNAIMED if ours else aim(how, own)
                new = True
        if "main" in known.aims:
            known.counts = PromptCounts()  # nothing is learned any more
        if first or new:
            self._save()

    def settle_exact(
        self, model: str, counter: str, stages: Mapping[str, Mapping[str, Sequence[AimedPrompt]]]
    ) -> None:
        """All lengths of a model are aimed by exact counts.

        Args:
            model: Its name.
            counter: Who counted.
            stages: By stage and texture, prompts as its sessions make them up.
        """
        known = self._models[model]
        known.counter = counter
        known.models |= known.counts.models()
        for stage, made in stages.items():
            known.aims[stage] = {
                name: aim(known.models.get(ledger_scenario(name), OURS), own)
                for name, own in sorted(made.items())
            }
        self._save()

    def _save(self) -> None:
        if self._path is None:
            return
        models = {
            name: {
                "counter": known.counter,
                "aims": {
                    stage: {scenario: asdict(one) for scenario, one in aims.items()}
                    for stage, aims in known.aims.items()
                },
                "counts": {scenario: asdict(one) for scenario, one in sorted(known.models.items())},
            }
            for name, known in sorted(self._models.items())
        }
        write_whole(self._path, json.dumps({"schema": 2, "models": models}, indent=2) + "\n")

    def _load(self, path: Path) -> None:
        where = Where(file=str(path))
        try:
            data = parse(path.read_bytes(), where)
            conform(data, {"schema": int, "models": {}}, where)
            first = data["schema"] == _FIRST
            conform(data["models"], {"*": _FIRST_SHAPE if first else _SHAPE}, where)
        except FileError as error:
            raise FileError(
                where,
                f"not a length ledger ({error.problem}); delete it to learn the lengths again",
            ) from None
        for name, known in data["models"].items():
            if name in self._models:
                self._models[name] = _read_first(known) if first else _read(known)


_FIRST = 1
_FIRST_SHAPE = {"aims": {"*": float}}
_AIM = {"ratio": float, "overhead": int}
_COUNTS = {
    "constant": float, "per_message": float, "ratios": [float], "spread": float, "error": float,
    "n": int,
}  # fmt: skip
_SHAPE = {"counter": (str, None), "aims": {"*": {"*": _AIM}}, "counts": {"*": _COUNTS}}
"""What the file says of a model; and what it did before there was more than one texture."""


def _read(known: Mapping[str, Any]) -> _OfModel:
    """What a file says of one model."""
    return _OfModel(
        counter=known["counter"],
        aims={
            stage: {scenario: Aim(**_only(one, _AIM)) for scenario, one in aims.items()}
            for stage, aims in known["aims"].items()
        },
        models={
            scenario: CountModel(**{**_only(one, _COUNTS), "ratios": tuple(one["ratios"])})
            for scenario, one in known["counts"].items()
        },
    )


def _only(known: Mapping[str, Any], shape: Mapping[str, object]) -> dict[str, Any]:
    """The fields that we know; those of later versions are left out."""
    return {name: known[name] for name in shape}


def _read_first(known: Mapping[str, Any]) -> _OfModel:
    """The same of a file of before: one ratio for all that is sent to a model."""
    aims = {stage: {ANY: Aim(ratio=float(ratio))} for stage, ratio in known["aims"].items()}
    return _OfModel(aims=aims)


def ledger_scenario(texture: str) -> str:
    """The scenario that a texture is of."""
    return texture.rpartition("@")[0].partition("[")[0]
