"""The true onset of a reference law, where this design put its facts.

The law says with which probability a sentence is read at a fill and a position. The definition of
the onset averages that over positions, so the positions that the sessions really used are taken
from the records, and nothing is assumed of their distribution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from harness.analysis.curves import main_rows
from harness.analysis.records import collect
from harness.core.errors import UsageError
from harness.core.near_empty import NEAR_EMPTY_SHARE, near_empty_fill
from harness.models.reference import laws
from harness.models.reference.window import WindowLaw

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.records import Frame
    from harness.models.reference import Law

    Floats: TypeAlias = npt.NDArray[np.float64]

_COARSE = 0.005
_FINE = 0.0005
"""Fills are searched in coarse steps, and the first step that is down in fine ones."""
_OCTAVE = 1 / 8
_PARTS = 10
"""Below a twentieth of a long window in parts of an octave, and the first in so many parts."""

_NEAREST = 200
"""Placed facts whose positions stand for those of a fill: more would mix in other fills, and a law
that lost a twentieth would be told from fewer than ten facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where facts stood when they were asked for, one row a probe, sorted by fill."""

    window: int
    """Tokens that the fills refer to."""
    fill: Floats
    offset: Floats
    """Tokens before the fact over those of the session without the fact, in [0, 1]."""
    fact_tokens: Floats
    """Tokens of the turn that says it."""
    question_tokens: Floats
    """Tokens of the question."""

    @property
    def control(self) -> float:
        """Where the nearly empty window ends, as a fill."""
        return near_empty_fill(self.window)

    def near(self, fill: float) -> slice:
        """The rows whose positions stand for this fill: of its own side of the control zone."""
        low, high = 0, len(self.fill)
        edge = int(np.searchsorted(self.fill, self.control, side="right"))
        if fill <= self.control and edge:
            high = edge
        elif edge < high:
            low = edge
        size = min(high - low, _NEAREST)
        middle = low + int(np.searchsorted(self.fill[low:high], fill))
        start = int(np.clip(middle - size // 2, low, high - size))
        return slice(start, start + size)


def fact_places(frame: Frame) -> Places:
    """Where the facts of one model's records stood.

    Args:
        frame: Records of one model and one window whose sessions were sent whole.

    Raises:
        UsageError: No fact was asked for, or there are several windows.
    """
    rows = collect(
        main_rows(frame)
        .filter(pl.col("position").is_not_null())
        .select("window_limit", "fill", "position", "gap_tokens", "session_tokens", "view_tokens")
    ).sort(pl.all())
    windows = rows["window_limit"].unique().to_list()
    if len(windows) != 1:
        raise UsageError(f"the true onset needs facts asked in one window, not in {len(windows)}")
    position = rows["position"].to_numpy()
    session = rows["session_tokens"].to_numpy().astype(np.float64)
    gap = rows["gap_tokens"].to_numpy().astype(np.float64)
    # position = offset / (session - fact), and session = offset + fact + gap
    free = np.where(position < 1.0, gap / np.maximum(1.0 - position, 1e-9), np.nan)
    fact = session - free
    return Places(
        window=int(windows[0]),
        fill=rows["fill"].to_numpy(),
        offset=position,
        fact_tokens=np.where(np.isnan(fact), np.nanmedian(fact), fact),
        question_tokens=rows["view_tokens"].to_numpy() - session,
    )


def law_of(model: str) -> Law:
    """The law that a reference model's name states.

    Raises:
        UsageError: It is none, or of an unknown law or option.
    """
    provider, _, spec = model.partition("/")
    if provider != "reference" or not spec:
        raise UsageError(f"'{model}' has no known law; calibration takes reference/<law>")
    return laws.resolve(spec)


def recall_at(law: Law, fill: float, where: Places) -> float:
    """P(x): the law's recall at a fill, averaged over the positions of the facts near it."""
    rows = where.near(fill)
    ratio = float(getattr(law, "ratio", 1.0))
    tokens = fill * where.window / ratio
    session = np.maximum(tokens - where.question_tokens[rows], 1.0)
    before = where.offset[rows] * np.maximum(session - where.fact_tokens[rows], 0.0)
    if isinstance(law, WindowLaw):
        # The only law whose loss is no chance: a fact is read if its turn is among those kept.
        return float(np.mean(tokens - before <= law.tokens / ratio))
    own = round(fill * where.window / law.limit, 9)
    return float(np.mean([law.recall(own, float(at)) for at in before / session]))


def plateau(law: Law, where: Places) -> float:
    """The law's recall while the window is nearly empty.

    Raises:
        UsageError: Nothing was asked there.
    """
    empty = where.fill[where.fill <= where.control]
    if not len(empty):
        raise UsageError(
            "the true onset needs facts asked in the nearly empty window; use a larger -w"
        )
    some = empty[:: 1 + len(empty) // _NEAREST]
    return float(np.mean([recall_at(law, float(fill), where) for fill in some]))


def true_onset(law: Law, where: Places, *, criterion: float = 0.05) -> float | None:
    """The first fill past the control zone at which recall is down by the criterion.

    Args:
        law: The law.
        where: The design.
        criterion: The drop from the plateau that counts, in (0, 1).

    Raises:
        UsageError: Nothing was asked in the nearly empty window.

    Returns:
        A fill up to the largest that was probed, exact to 0.0005, or to an eightieth of an octave
        in the first twentieth of a long window; None where there is none.
    """
    level = plateau(law, where) - criterion + 1e-9

    def down(fill: float) -> bool:
        return recall_at(law, fill, where) <= level

    last = float(where.fill[-1])
    before = where.control
    for octave in _octaves(where.control):
        if octave <= last and down(octave):
            finer = (before * (octave / before) ** (i / _PARTS) for i in range(1, _PARTS))
            return round(next((fill for fill in finer if down(fill)), octave), 9)
        before = octave
    for coarse in range(round(NEAR_EMPTY_SHARE / _COARSE) + 1, round(last / _COARSE) + 1):
        if down(round(coarse * _COARSE, 6)):
            start = (coarse - 1) * _COARSE
            finer = (round(start + i * _FINE, 6) for i in range(1, round(_COARSE / _FINE)))
            return next((fill for fill in finer if down(fill)), round(coarse * _COARSE, 6))
    return None


def _octaves(control: float) -> list[float]:
    """Fills from the nearly empty window to where even steps begin; none in short windows."""
    parts = math.ceil(math.log2(NEAR_EMPTY_SHARE / control) / _OCTAVE - 1e-9)
    if parts <= 0:
        return []
    return [control * (NEAR_EMPTY_SHARE / control) ** ((i + 1) / parts) for i in range(parts)]
