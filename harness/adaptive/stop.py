"""When an adaptive run has seen enough.

Its one rule: looking again and again must not make an onset out of luck. One look never ends a
run: the look before it, without the last batch, has to have said the same, and the chance that
there is no onset at all has to be smaller than a single look would ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log2
from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.onset import estimate_onset
from harness.analysis.onset.result import brief, percent
from harness.core.errors import UsageError
from harness.core.near_empty import NEAR_EMPTY_SHARE

if TYPE_CHECKING:
    from harness.analysis.onset import OnsetEstimate, Rows

MIN_SESSIONS = 10
"""Fewer cannot tell how much sessions differ, and the interval rests on that."""
MIN_PROBES = 200
"""Fewer give intervals that are narrow only where luck was even."""
MOST_DOUBT = 0.005
"""Largest probability of no onset with which one may be claimed at a look chosen by its result; a
look chosen beforehand is content with 0.025."""


_CRITERION = 0.05
"""The drop from the plateau that counts, unless another one is asked for."""
_LEVEL = 0.95
"""Probability with which an interval is to hold, unless another one is asked for."""
WIDEST = 2.0
"""Largest ratio of the ends of an interval with which a run in a long window may stop."""
FORESEEN_FROM = 500
"""Probes after which the rest of a run can be foreseen."""
_FRAMES = (pl.DataFrame, pl.LazyFrame)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the run would take to know the onset as well as was asked for."""

    half_width: float
    """As it is known now, a fraction of the window."""
    octaves: float | None
    """As it is known now, between the ends of the interval; None where the half-width is what takes
    longer."""
    probes: int
    """In all, if intervals go on to shrink with the root of the number of probes."""

    def compared(self, wanted: float, *, asked: int, most: int) -> str:
        """What is known, and what more would take, in a sentence without its end.

        Args:
            wanted: The half-width that is aimed at, a fraction of the window.
            asked: Probes so far.
            most: Probes that may be asked.
        """
        known, goal = f"{100 * self.half_width:.1f} points", f"{100 * wanted:g} points"
        if self.octaves:
            known, goal = f"{self.octaves:.1f} octaves", f"{log2(WIDEST):g} octave"
        return (
            f"the onset is known to {known} after {asked:,} probes; {goal} will take about"
            f" {self.probes:,}, and {most:,} may be asked"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The run may end."""

    reason: str
    """One sentence."""


def stop(
    rows: Rows,
    *,
    half_width: float,
    min_sessions: int = MIN_SESSIONS,
    min_probes: int = MIN_PROBES,
    criterion: float = _CRITERION,
    guess: float | None = None,
    level: float = _LEVEL,
    control: float = NEAR_EMPTY_SHARE,
    window_tokens: int | None = None,
) -> Stop | None:
    """Why the run may end now, or None while it has to go on.

    It may end where the onset is known to the half-width; where none was found, and the part of
    the measured range that may still hold one is no wider than that interval would be; or where the
    model is surely poor from the start. All from the full estimator, with its design effect, and
    at two looks running: with all batches, and without the last.

    Args:
        rows: All answers so far: session, fill, score and batch, which grows from batch to batch.
        half_width: Half the width of the interval that is wanted, as a fraction of the window.
        min_sessions: Sessions with a score that both looks need, at least 5.
        min_probes: Scored probes that both looks need.
        criterion: The drop from the plateau that counts, in (0, 1).
        guess: Chance of being right without remembering, in [0, 1); as for `estimate_onset`.
        level: Probability that the interval is to hold, in (0, 1).
        control: Where the nearly empty window ends, as a fill in (0, 1).
        window_tokens: The window; the reason is then in tokens too.

    Raises:
        UsageError: The half-width is no fraction, or rows lack something.
    """
    if not 0 < half_width < 1:
        raise UsageError(f"half_width is {half_width:g}, expected a fraction between 0 and 1")
    found: list[tuple[OnsetEstimate, str]] = []
    for part in _looks(rows):
        seen = _estimate(_hashable(part), criterion, guess, level, control, window_tokens)
        if seen.n_sessions < min_sessions or seen.n_probes < min_probes:
            return None
        reason = _reason(seen, half_width)
        if reason is None:
            return None
        found.append((seen, reason))
    (now, reason), (before, _) = found
    return Stop(reason=reason) if _agree(now, before) else None


def known_by_now(rows: Rows, *, control: float, window_tokens: int) -> str:
    """What is known of the onset so far, in a few words.

    Args:
        rows: All answers so far.
        control: Where the nearly empty window ends, as a fill in (0, 1).
        window_tokens: The window.
    """
    return brief(_estimate(_hashable(rows), _CRITERION, None, _LEVEL, control, window_tokens))


def outlook(
    rows: Rows,
    *,
    half_width: float,
    control: float = NEAR_EMPTY_SHARE,
    window_tokens: int | None = None,
) -> Outlook | None:
    """What the run will take; None where no onset is in sight, or it is known well enough.

    A fall that is slow has no place that is sharper than its curve: with many probes the interval
    shrinks with the root of their number, and a step's faster.

    Args:
        rows: All answers so far.
        half_width: Half the width of the interval that is wanted, as a fraction of the window.
        control: Where the nearly empty window ends, as a fill in (0, 1).
        window_tokens: The window, where it is known.
    """
    seen = _estimate(_hashable(rows), _CRITERION, None, _LEVEL, control, window_tokens)
    if seen.lo is None or seen.hi is None or not seen.detected:
        return None
    now = (seen.hi - seen.lo) / 2
    wider, octaves = now / half_width, None
    if seen.control < NEAR_EMPTY_SHARE - 1e-9:
        apart = log2(seen.hi / max(seen.lo, seen.control))
        if apart / log2(WIDEST) > wider:
            wider, octaves = apart / log2(WIDEST), apart
    if wider <= 1:
        return None
    return Outlook(half_width=now, octaves=octaves, probes=ceil(seen.n_probes * wider**2))


def _hashable(rows: Rows) -> tuple[tuple[tuple[str, object], ...], ...]:
    known = rows.lazy().collect().to_dicts() if isinstance(rows, _FRAMES) else rows
    return tuple(tuple(row.items()) for row in known)


@lru_cache(maxsize=16)
def _estimate(  # noqa: PLR0917 -- as `estimate_onset` has them
    rows: tuple[tuple[tuple[str, object], ...], ...],
    criterion: float,
    guess: float | None,
    level: float,
    control: float,
    window_tokens: int | None,
) -> OnsetEstimate:
    """The full estimate, without the band of the curve.

    It takes as long as dozens of calls, and they wait for it. What is known now is asked for
    several times, and is the look before of the next batch: it is made once.
    """
    return estimate_onset(
        [dict(row) for row in rows],
        criterion=criterion,
        guess=guess,
        level=level,
        control=control,
        window_tokens=window_tokens,
        band=False,
    )


def _looks(rows: Rows) -> tuple[Rows, Rows]:
    """All rows, and those of all batches but the last."""
    if isinstance(rows, _FRAMES):
        lazy = rows.lazy()
        if "batch" not in lazy.collect_schema():
            raise UsageError("No column 'batch'; expected session, fill, score, batch")
        frame = lazy.collect()
        return frame, frame.filter(pl.col("batch") < pl.col("batch").max())
    listed = list(rows)
    numbers = [_batch(row, i) for i, row in enumerate(listed)]
    last = max(numbers, default=0)
    return listed, [row for row, number in zip(listed, numbers, strict=True) if number < last]


def _batch(row: object, i: int) -> int:
    number = row.get("batch") if isinstance(row, Mapping) else None
    if not isinstance(number, int):
        raise UsageError(f"Row {i}: batch is {number!r}, expected the number of its batch")
    return number


def _reason(seen: OnsetEstimate, half_width: float) -> str | None:
    """Why this look would end the run, if it would."""
    if seen.verdict == "floor" and seen.plateau_hi is not None:
        # at the floor for sure: as sure as the estimator's default, four times the criterion
        surely = seen.plateau_hi < seen.guess + 4 * seen.criterion
        return seen.message if surely else None
    if seen.verdict == "not_reached" and seen.lo is not None and seen.max_fill is not None:
        open_part = seen.max_fill - seen.lo
        return seen.message if open_part <= 2 * half_width + 1e-9 else None
    if seen.verdict != "detected" or seen.lo is None or seen.hi is None:
        return None
    reached = (seen.hi - seen.lo) / 2 <= half_width + 1e-9
    if seen.control < NEAR_EMPTY_SHARE - 1e-9:  # a long window: a share of it may be many octaves
        reached = reached and seen.hi <= WIDEST * max(seen.lo, seen.control)
    sure = (seen.probability_none or 0.0) <= MOST_DOUBT
    if not (reached and sure):
        return None
    return f"{seen.message}: no wider than {percent(half_width)} to either side"


def _agree(now: OnsetEstimate, before: OnsetEstimate) -> bool:
    """Whether both looks say the same; of two onsets, whether each could be the other's."""
    if now.verdict != before.verdict:
        return False
    ends = (now.onset, now.lo, now.hi, before.onset, before.lo, before.hi)
    if now.verdict != "detected" or any(end is None for end in ends):
        return now.verdict != "detected"
    onset, lo, hi, earlier, earlier_lo, earlier_hi = (end or 0.0 for end in ends)
    return lo <= earlier <= hi and earlier_lo <= onset <= earlier_hi
