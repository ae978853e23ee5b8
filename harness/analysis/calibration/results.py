"""What a calibration found out: the truth of each law, and what every study said of it.

Its one rule: an interval is judged as it is printed, open ends and missing ones included.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

CRITERION = 0.05
"""The drop from the plateau that counts as onset."""

_FLOOR = 4 * CRITERION
"""A plateau below it is poor from the start; the estimator's own default."""

Kind = Literal["onset", "none", "floor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRow:
    """What one study says of one law; fractions of the window."""

    onset: float | None
    """Posterior median; None unless an onset was found."""
    lo: float | None
    hi: float | None
    """None where the interval is open."""
    found: bool
    phi: float | None = None
    """Design effect of the clustering of probes in sessions."""

    def covers(self, truth: float) -> bool:
        """Whether the interval holds the truth; an open end holds everything beyond `lo`."""
        return self.lo is not None and self.lo <= truth and (self.hi is None or truth <= self.hi)

    @property
    def width(self) -> float:
        """Of the interval; an open end counts as the full window, no interval as all of it."""
        return (1.0 if self.hi is None else self.hi) - (self.lo or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One law: the truth, and what every study said of it."""

    model: str
    truth: float | None
    plateau: float
    """True recall in the nearly empty window."""
    readings: tuple[CalibrationRow, ...]
    """One a study."""
    field: tuple[CalibrationRow, ...]
    """What the field's reading says of the same studies."""

    @property
    def kind(self) -> Kind:
        """onset; none: nothing is ever lost, or always as much; floor: poor from the start."""
        if self.plateau < _FLOOR:
            return "floor"
        return "none" if self.truth is None else "onset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What several readings come to, for one way of reading; None where it has no meaning."""

    studies: int
    median: float | None
    coverage: float | None
    width: float | None
    found: float
    """Share of the studies in which an onset was found."""
    false: int | None
    """Onsets found where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """All that a calibration found out."""

    window: int
    """Tokens."""
    layout: str
    n: int
    """Studies of each law."""
    seeds: int
    """Sessions of each study."""
    probes: float
    """Scored probes of a study, on average."""
    weights: tuple[Weight, ...]

    def of(self, kinds: Sequence[Kind]) -> tuple[Weight, ...]:
        """The laws of these kinds."""
        return tuple(weight for weight in self.weights if weight.kind in kinds)


def tally(pairs: Sequence[tuple[CalibrationRow, float | None]]) -> Line:
    """What readings come to, each beside the truth of its law.

    Args:
        pairs: Reading and true onset; None where there is no onset to be found.
    """
    known = [(reading, truth) for reading, truth in pairs if truth is not None]
    false = [reading for reading, truth in pairs if truth is None and reading.found]
    onsets = [reading.onset for reading, _ in pairs if reading.onset is not None]
    return Line(
        studies=len(pairs),
        median=median(onsets) if onsets else None,
        coverage=fmean(r.covers(t) for r, t in known) if known else None,
        width=fmean(r.width for r, _ in known) if known else None,
        found=fmean(reading.found for reading, _ in pairs) if pairs else 0.0,
        false=len(false) if len(known) < len(pairs) else None,
    )


def line_of(weights: Sequence[Weight], *, field: bool = False) -> Line:
    """The line of some laws together.

    Args:
        weights: The laws; their truths may differ.
        field: Of the field's reading instead of the instrument's.
    """
    return tally(
        [
            (reading, weight.truth if weight.kind == "onset" else None)
            for weight in weights
            for reading in (weight.field if field else weight.readings)
        ]
    )
