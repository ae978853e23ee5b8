"""Where in the session facts are lost: the middle against the ends, and the cost of distance.

Its one rule: probes are compared at equal fill, so that a long session is not taken for a far
fact; and only facts in view count, since what was evicted was not forgotten.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from harness.analysis.columns import read_columns
from harness.analysis.comparison.two_runs import interval_text
from harness.analysis.curves import GROUP
from harness.analysis.stats.session_mean import check_level, fewest_sessions
from harness.analysis.stats.session_slope import Slope, effective_sessions, slope_within
from harness.core.errors import UsageError

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.columns import Rows

    Floats: TypeAlias = npt.NDArray[np.float64]
    Integers: TypeAlias = npt.NDArray[np.int64]

MIDDLE = (0.25, 0.75)
"""Positions of the middle, both ends included; the ends of the session are what lies outside."""
HIGH_FILL = 0.5
"""Fills above this are the upper half."""

_STRATUM = 0.1
"""Width of a stratum of fill. A tenth of the window leaves little of the fill inside."""
_MOST_STRATA = 1_000
"""Of fills that are fractions of a window there are fewer."""
_HALF_A_TENTH = 0.0005
_LEAST_FILL = 1e-6
_SEEN = ("in_view", "server_truncated")
"""What tells whether a fact was in the model's view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A difference in recall inside one run, at equal fill."""

    effect: float | None
    """A fraction; above 0 where the expected loss is there: ends minus middle, or what a doubling
    of the gap costs. None where there is too little data."""
    lo: float | None
    hi: float | None
    level: float
    p_value: float | None
    """Two-sided, that there is no such effect."""
    n_probes: int
    """Scored probes that take part."""
    n_sessions: int
    n_not_in_view: int
    """Scored probes left out because the fact was no longer in the model's view."""
    message: str
    """One plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """Lost in the middle: over the whole window, and where it is full."""

    overall: Contrast
    high_fill: Contrast
    """Fills above `cut` only."""
    cut: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Probes:
    """Parallel arrays of the probes that take part."""

    score: Floats
    fill: Floats
    place: Floats
    """Position in [0, 1], or gap in tokens."""
    session: Integers
    """Numbered from 0 without gaps."""
    n_not_in_view: int

    def over(self, cut: float) -> _Probes:
        """The probes at fills above the cut."""
        high = self.fill > cut
        return _Probes(
            score=self.score[high],
            fill=self.fill[high],
            place=self.place[high],
            session=_numbered(self.session[high]),
            n_not_in_view=self.n_not_in_view,
        )


def lost_in_the_middle(rows: Rows, *, high_fill: float = HIGH_FILL, level: float = 0.95) -> Middle:
    """Recall at the ends of the session minus recall in its middle, at equal fill.

    Middle: positions from 0.25 to 0.75. Fill is held equal in strata of 0.1. Interval: jackknife
    over sessions, see `clustered.slope_within`; sessions that lack one side take part with the
    other.

    Args:
        rows: Records of one model, window, policy, memory and layout.
        high_fill: The fill above which the window counts as full, in [0, 1).
        level: Confidence of the two-sided intervals, in (0, 1).

    Raises:
        UsageError: Several models (windows, policies, ...) in one frame, or unreadable columns.
    """
    check_level(level)
    if not 0.0 <= high_fill < 1.0:
        raise UsageError(f"high_fill is {high_fill}, expected a fraction from 0 to below 1")
    return _middle(_probes(_read(rows, "position"), "position"), high_fill, level)


def _middle(probes: _Probes, high_fill: float, level: float) -> Middle:
    return Middle(
        overall=_ends_minus_middle(probes, level, ""),
        high_fill=_ends_minus_middle(
            probes.over(high_fill), level, f"past {high_fill * 100:g} % of the window"
        ),
        cut=high_fill,
    )


def gap_effect(rows: Rows, *, level: float = 0.95) -> Contrast:
    """What each doubling of the gap between plant and probe costs, at equal fill.

    The slope of recall on log2(gap_tokens / fill) inside strata of fill, with its sign turned:
    above 0, far facts are lost. Only long sessions have long gaps, so that without this a loss
    with the fill would read as a loss with the gap; dividing by the fill takes out what is left of
    it inside a stratum, and at one fill doubling the gap is doubling this ratio.

    Args:
        rows: Records of one model, window, policy, memory and layout.
        level: Confidence of the two-sided interval, in (0, 1).

    Raises:
        UsageError: Several models (windows, policies, ...) in one frame, or unreadable columns.
    """
    check_level(level)
    return _gap(_probes(_read(rows, "gap_tokens"), "gap_tokens"), level)


def middle_and_gap(rows: Rows, *, level: float = 0.95) -> tuple[Middle, Contrast]:
    """`lost_in_the_middle` and `gap_effect` of the same rows, which are read and sorted once.

    Args:
        rows: Records of one model, window, policy, memory and layout.
        level: Confidence of the two-sided intervals, in (0, 1).

    Raises:
        UsageError: Several models (windows, policies, ...) in one frame, or unreadable columns.
    """
    check_level(level)
    frame = _read(rows, "position", "gap_tokens")
    middle = _middle(_probes(frame, "position"), HIGH_FILL, level)
    return middle, _gap(_probes(frame, "gap_tokens"), level)


def _gap(probes: _Probes, level: float) -> Contrast:
    doublings = np.log2(np.maximum(probes.place, 1.0) / np.maximum(probes.fill, _LEAST_FILL))
    found = _slope(probes, -doublings, level)
    return _contrast(probes, found, level, _gap_message(probes, doublings, found, level))


def _read(rows: Rows, *places: str) -> pl.DataFrame:
    """The measured probes of the main arm, in an order that the order of the records leaves alone.

    Law 11: sums of floats depend on their order.
    """
    frame = read_columns(
        rows,
        name="the run",
        required=("session", "fill", *places, "score"),
        optional=("arm", "counts", *_SEEN, *GROUP),
        coded=True,
    )
    for column, wanted in (("arm", ("main",)), ("counts", ("recall",))):
        if column in frame.columns:
            frame = frame.filter(pl.col(column).is_in(wanted))
    for column in GROUP:
        if column in frame.columns and frame[column].n_unique() > 1:
            found = ", ".join(sorted(str(value) for value in frame[column].unique()))
            raise UsageError(f"this is about one {column} at a time; got {found}: select one")
    order = ("session", "fill", *places, "score")
    seen = (column for column in _SEEN if column in frame.columns)
    frame = frame.select(*order, *seen).drop_nulls(["fill", "score"])
    return frame.with_columns(_ranks(frame["session"])).sort(order)


def _ranks(names: pl.Series) -> pl.Series:
    """Each name's place in the order of all of them: numbers are put in order sooner than names."""
    known = names.unique().cast(pl.String).sort()
    return names.cast(pl.Enum(known)).to_physical()


def _probes(frame: pl.DataFrame, place: str) -> _Probes:
    """The probes with the fact in view and a known place."""
    frame = frame.drop_nulls(place)
    seen = frame
    if "in_view" in frame.columns:
        seen = seen.filter(pl.col("in_view").fill_null(value=True))
    if "server_truncated" in frame.columns:
        seen = seen.filter(~pl.col("server_truncated").fill_null(value=False))
    return _Probes(
        score=seen["score"].to_numpy(),
        fill=seen["fill"].to_numpy(),
        place=seen[place].to_numpy(),
        session=seen["session"].rle_id().to_numpy().astype(np.int64),  # sorted: each name is a run
        n_not_in_view=frame.height - seen.height,
    )


def _numbered(values: Integers) -> Integers:
    """Small whole numbers, which are not negative, as numbers from 0 without gaps."""
    there = np.bincount(values) > 0
    return np.asarray((np.cumsum(there) - 1)[values], dtype=np.int64)


def _stratum(fill: Floats) -> Integers:
    """Strata of equal width, each open below and closed above, numbered without gaps."""
    step = np.ceil(fill / _STRATUM - _HALF_A_TENTH)
    if len(step) and step.min() >= 0 and step.max() < _MOST_STRATA:
        return _numbered(step.astype(np.int64))
    return np.asarray(np.unique(step, return_inverse=True)[1], dtype=np.int64)


def _slope(probes: _Probes, z: Floats, level: float) -> Slope | None:
    stratum = _stratum(probes.fill)
    return slope_within(probes.score, z, stratum=stratum, session=probes.session, level=level)


def _ends(probes: _Probes) -> Floats:
    low, high = MIDDLE
    return ((probes.place < low) | (probes.place > high)).astype(np.float64)


def _ends_minus_middle(probes: _Probes, level: float, where: str) -> Contrast:
    found = _slope(probes, _ends(probes), level)
    if found is not None:  # a difference of two shares cannot leave [-1, 1]
        found = Slope(
            slope=found.slope,
            lo=max(found.lo, -1.0),
            hi=min(found.hi, 1.0),
            p_value=found.p_value,
            freedom=found.freedom,
        )
    return _contrast(probes, found, level, _middle_message(probes, found, level, where))


def _contrast(probes: _Probes, found: Slope | None, level: float, message: str) -> Contrast:
    return Contrast(
        effect=found.slope if found else None,
        lo=found.lo if found else None,
        hi=found.hi if found else None,
        level=level,
        p_value=found.p_value if found else None,
        n_probes=len(probes.score),
        n_sessions=_sessions(probes),
        n_not_in_view=probes.n_not_in_view,
        message=message,
    )


def _sessions(probes: _Probes) -> int:
    return int(probes.session.max(initial=-1)) + 1


def _middle_message(probes: _Probes, found: Slope | None, level: float, where: str) -> str:
    ends = _ends(probes)
    if found is None:
        lacking = ""
        if len(ends) and ends.min() == ends.max():
            lacking = f"no fact stands {'in the middle' if ends[0] else 'near the ends'}, and "
        about = f"whether the middle is lost {where}"
        return _too_little(probes, ends, level, about.rstrip(), lacking)
    low, high = MIDDLE
    if abs(found.slope) < _HALF_A_TENTH:
        head = "as much as those at its ends"
    else:
        side = "less" if found.slope > 0 else "more"
        head = f"{abs(100 * found.slope):.1f} points {side} than those at its ends"
    facts = f"{where.capitalize()}, facts" if where else "Facts"
    return (
        f"{facts} in the middle of the session (position {low:g} to {high:g}) are recalled {head} "
        f"({interval_text(-found.hi, -found.lo, level)}), {_counted(probes)}"
    )


def _gap_message(probes: _Probes, doublings: Floats, found: Slope | None, level: float) -> str:
    if found is None:
        lacking = ""
        if len(doublings) and doublings.min() == doublings.max():
            lacking = "all gaps are alike, and "
        return _too_little(probes, doublings, level, "what distance costs", lacking)
    if abs(found.slope) < _HALF_A_TENTH:
        head = "does not change recall"
    else:
        verb = "costs" if found.slope > 0 else "adds"
        head = f"{verb} {abs(100 * found.slope):.1f} points of recall"
    return (
        f"At equal fill each doubling of the gap {head} "
        f"({interval_text(-found.hi, -found.lo, level)}), {_counted(probes)}"
    )


def _counted(probes: _Probes) -> str:
    return f"{len(probes.score)} probes in {_sessions(probes)} sessions"


def _too_little(probes: _Probes, z: Floats, level: float, about: str, lacking: str) -> str:
    needed = fewest_sessions(level)
    found = effective_sessions(z, _stratum(probes.fill), probes.session)
    more = max(math.ceil(needed - found - 1e-9), 1)
    has = f"{math.floor(found + 1e-9)} of {_sessions(probes)} sessions can show it"
    return (
        f"Too little to say {about}: {lacking}{has} and a {level * 100:g} % interval takes "
        f"{needed}; run at least {more} more seed{'s' * (more > 1)}"
    )
