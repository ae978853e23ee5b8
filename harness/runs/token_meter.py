"""How a provider counts, and what sessions are aimed with (law 2): a meter for each model.

A meter learns from openings, which are too short for any server to truncate, so that their ratio of
the provider's prompt tokens to the local count is the tokenizer's alone. What each stage of a run
teaches is settled before the next is planned, and written down in the run folder: no judgement
depends on the order in which replies come back, and a run that goes on aims as it began.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, Self

from harness.core.errors import FileError, Where
from harness.core.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from harness.core.arms import Stage
    from harness.core.record import Record

_LEAST_MARGIN = 0.02
"""A shortfall below this is never called truncation: chat templates differ by as much."""

_BLIND_MARGIN = 0.4
"""The margin where no opening was measured: tokenizers of one text differ by less than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """What a meter has settled on."""

    ratio: float | None
    """Provider's tokens a local token: the median over the longer openings; None without usage."""
    upper: float | None
    """The highest of these."""
    margin: float
    """The shortfall, as a share of the prediction, from which on text was dropped."""


_BLIND = MeterReading(ratio=None, upper=None, margin=_BLIND_MARGIN)


@dataclass(slots=True)
class Meter:
    """Provider's tokens against local tokens for one model.

    Feed it openings with `observe`, and call `fix` before any question is put to it.
    """

    reading: MeterReading = _BLIND
    """What judgements rest on; blind until it is fixed."""
    fixed: bool = False
    _seen: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def settled(cls, *, ratio: float | None, upper: float | None, margin: float) -> Self:
        """A meter as it was fixed before."""
        return cls(reading=MeterReading(ratio=ratio, upper=upper, margin=margin), fixed=True)

    @property
    def ratio(self) -> float | None:
        """Provider's tokens a local token; None where that is not known."""
        return self.reading.ratio

    @property
    def margin(self) -> float:
        """The shortfall, as a share of the prediction, from which on text was dropped."""
        return self.reading.margin

    @property
    def upper(self) -> float | None:
        """The highest ratio among the longer prompts so far; None where none was measured."""
        return self.reading.upper if self.fixed else self._read().upper

    def observe(self, local: int, provider: int | None) -> None:
        """Note one opening.

        Args:
            local: Local tokens of the prompt.
            provider: The provider's count of the same prompt; None where it reports none.
        """
        if provider is not None and local > 0 and not self.fixed:
            self._seen.append((local, provider))

    def fix(self) -> None:
        """Settle ratio and margin from what was seen; once settled they stay."""
        if not self.fixed:
            self.reading = self._read()
            self.fixed = True

    def _read(self) -> MeterReading:
        if not self._seen:
            return _BLIND
        longest = max(local for local, _ in self._seen)
        # Short prompts are mostly chat template, whose cost differs from ours by a constant.
        ratios = sorted(provider / local for local, provider in self._seen if 2 * local >= longest)
        ratio = median(ratios)
        margin = max(_LEAST_MARGIN, (ratios[-1] - ratios[0]) / ratio)
        return MeterReading(ratio=ratio, upper=ratios[-1], margin=margin)

    def predict(self, local: int) -> float:
        """What the provider should count for a prompt of that many local tokens."""
        return local * (1.0 if self.ratio is None else self.ratio)

    def truncated(self, local: int, provider: int | None) -> bool | None:
        """Whether the provider counted so little that it must have dropped text.

        None where it reports no usage.
        """
        if provider is None:
            return None
        return provider < self.predict(local) * (1.0 - self.margin)

    def local(self, provider: int) -> float:
        """Local tokens that the provider's count stands for."""
        return provider / (1.0 if self.ratio is None else self.ratio)


_STEPS = 100
"""Aims are whole hundredths, so that two runs against one provider build the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthRatios:
    """Provider's tokens for one local token, as each stage of a run takes it for granted."""

    opening: float = 1.0
    main: float = 1.0

    def of(self, stage: Stage) -> float:
        """The ratio that sessions of that stage are built with; bare ones have no length."""
        return {"bare": 1.0, "opening": self.opening, "main": self.main}[stage]


UNAIMED = LengthRatios()
"""Before anything is known, a provider's token counts as one of ours."""


class LengthLedger:
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
    def of(cls, readings: Mapping[str, MeterReading]) -> Self:
        """A ledger that was settled elsewhere, and is kept nowhere."""
        ledger = cls(())
        ledger._meters = {name: Meter(reading=r, fixed=True) for name, r in readings.items()}
        return ledger

    def meter(self, model: str) -> Meter:
        """How the provider of that model counts."""
        return self._meters[model]

    def aims(self, model: str) -> LengthRatios:
        """What the sessions of that model are built with, as far as it is settled."""
        known = self._aims[model]
        return LengthRatios(
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
        write_whole(self._path, json.dumps({"schema": 1, "models": models}, indent=2) + "\n")

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
