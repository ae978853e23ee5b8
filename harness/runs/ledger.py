"""The length ledger: a meter for each model, and what sessions are aimed with (law 2).

A model's first calls are its control arms without filler, then its openings. What each stage
teaches is settled before the next is planned, and written down: a run that goes on aims as it
began, so its trials keep their keys.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

from harness.core.errors import FileError, Where
from harness.runs.meter import Meter, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from harness.core.record import Record
    from harness.core.study import Stage

LEDGER = "ledger.json"
_STEPS = 100
"""Aims are whole hundredths, so that two runs against one provider build the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """Provider's tokens for one local token, as each stage of a run takes it for granted."""

    opening: float = 1.0
    main: float = 1.0

    def of(self, stage: Stage) -> float:
        """The ratio that sessions of that stage are built with; bare ones have no length."""
        return {"bare": 1.0, "opening": self.opening, "main": self.main}[stage]


UNAIMED = Aims()
"""Before anything is known, a provider's token counts as one of ours."""


class Ledger:
    """The meters of a run.

    Args:
        models: Their names.
        path: Where the ledger is kept, and read from when there is one; None to keep it nowhere.

    Raises:
        FileError: The file is not a ledger.
    """

    def __init__(self, models: Iterable[str], path: Path | None = None) -> None:
        self._meters = {name: Meter() for name in models}
        self._aims: dict[str, dict[str, float]] = {name: {} for name in self._meters}
        self._path = path
        if path is not None and path.exists():
            self._load(path)

    @classmethod
    def of(cls, readings: Mapping[str, Reading]) -> Self:
        """A ledger that was settled elsewhere, and is kept nowhere."""
        ledger = cls(())
        ledger._meters = {name: Meter(reading=r, fixed=True) for name, r in readings.items()}
        return ledger

    def meter(self, model: str) -> Meter:
        """How the provider of that model counts."""
        return self._meters[model]

    def aims(self, model: str) -> Aims:
        """What the sessions of that model are built with, as far as it is settled."""
        known = self._aims[model]
        return Aims(
            opening=known.get("opening", 1.0), main=known.get("main", known.get("opening", 1.0))
        )

    def observe(self, record: Record) -> None:
        """Learn from a record that no server would have truncated."""
        if record.usage_source == "provider" and record.model in self._meters:
            self._meters[record.model].observe(record.view_tokens, record.prompt_tokens)

    def settle(self, model: str, stage: Stage) -> None:
        """That stage of a model is over: the next is aimed by what it taught."""
        following = {"bare": "opening", "opening": "main"}.get(stage)
        if following is None or following in self._aims[model]:
            return
        meter = self._meters[model]
        if stage == "opening":
            meter.fix()
        upper = meter.upper
        if upper is not None:
            # Rounded up: a session may fall short of its fill, but never past the ceiling.
            self._aims[model][following] = math.ceil(round(upper * _STEPS, 6)) / _STEPS
        elif stage == "opening":
            self._aims[model][following] = self.aims(model).main
        self._save()

    def _save(self) -> None:
        if self._path is None:
            return
        models = {
            name: {"aims": self._aims[name], "meter": _fixed(meter)}
            for name, meter in sorted(self._meters.items())
        }
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(json.dumps({"schema": 1, "models": models}, indent=2) + "\n")
        temporary.replace(self._path)

    def _load(self, path: Path) -> None:
        try:
            data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            for name, known in data["models"].items():
                if name not in self._meters:
                    continue
                self._aims[name] = {key: float(value) for key, value in known["aims"].items()}
                if known["meter"] is not None:
                    self._meters[name] = Meter.settled(**known["meter"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FileError(
                Where(file=str(path)),
                f"not a length ledger ({type(error).__name__}: {error}); delete it to learn the"
                " lengths again",
            ) from None


def _fixed(meter: Meter) -> dict[str, Any] | None:
    """What a meter has settled on; None while it is learning."""
    return asdict(meter.reading) if meter.fixed else None
