"""Whether forgetting begins earlier than in the baseline.

Its one rule: an onset past what was measured is no number, and a verdict on it says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.comparison.many_sides import onset_sentence
from harness.analysis.onset import difference, estimate_onset
from harness.analysis.onset.rows import MAX_FILL
from harness.analysis.summary.groups import MIN_ONSET_PROBES, MIN_ONSET_SESSIONS
from harness.gate.decision import LEAST
from harness.gate.results import GateTest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.analysis.onset import OnsetDifference, OnsetEstimate
    from harness.gate.decision import GateRule
    from harness.gate.results import Conditions


def onset_tests(
    cells: Mapping[Conditions, tuple[pl.DataFrame, pl.DataFrame]],
    names: tuple[str, str],
    rule: GateRule,
) -> Iterator[GateTest]:
    """The onset of each cell with probes enough.

    The bounds are Bonferroni's over the cells, unless the gate says how sure they are to be.

    Args:
        cells: Baseline and run, one score a trial.
        names: What sentences call the two.
        rule: The gate.
    """
    usable = {cell: kept for cell, pair in cells.items() if (kept := _usable(pair)) is not None}
    level = rule.onset_level or 1 - 2 * rule.alpha / max(len(usable), 1)
    for cell, (before, now) in usable.items():
        onsets = (_onset(before, level, rule), _onset(now, level, rule))
        yield _judged(cell, onsets, difference(*onsets), names, rule, now)


def _onset(rows: pl.DataFrame, level: float, rule: GateRule) -> OnsetEstimate:
    return estimate_onset(rows, level=level, criterion=rule.criterion, near_empty=rule.near_empty)


def _usable(pair: tuple[pl.DataFrame, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """The measured probes that an onset is read from; None where they are too few."""
    wanted = (pl.col("counts") == "recall") & (pl.col("fill") <= MAX_FILL)
    kept = [
        frame.filter(wanted, pl.col("score").is_not_null()).select(
            "session", "fill", "score", "window_limit"
        )
        for frame in pair
    ]
    if any(
        frame.height < MIN_ONSET_PROBES or frame["session"].n_unique() < MIN_ONSET_SESSIONS
        for frame in kept
    ):
        return None
    return kept[0], kept[1]


def _judged(  # noqa: PLR0917 -- what a test is made of
    cell: Conditions,
    onsets: tuple[OnsetEstimate, OnsetEstimate],
    found: OnsetDifference,
    names: tuple[str, str],
    rule: GateRule,
    now: pl.DataFrame,
) -> GateTest:
    good = _no_earlier(onsets, found, rule)
    bad = not good and _earlier(found, rule)
    return GateTest(
        kind="onset",
        scenario=None,
        cell=cell,
        effect=found.delta,
        lo=found.lo,
        hi=found.hi,
        p_worse=None,
        n_pairs=now.height,
        n_sessions=now["session"].n_unique(),
        passes=good,
        fires=bad,
        verdict="pass" if good else "fail" if bad else "inconclusive",
        message=onset_sentence(found, onsets, names),
    )


def _no_earlier(
    onsets: tuple[OnsetEstimate, OnsetEstimate], found: OnsetDifference, rule: GateRule
) -> bool:
    """Whether an onset earlier by the margin is excluded, as far as the sessions reach."""
    if onsets[1].verdict == "not_reached":
        return True
    return found.lo is not None and found.lo > -rule.onset_margin


def _earlier(found: OnsetDifference, rule: GateRule) -> bool:
    """Whether it is surely earlier, and by enough; where only a bound is known, the bound is."""
    if found.hi is None or found.hi >= 0:
        return False
    size = found.hi if found.delta is None else found.delta
    return size <= -LEAST * rule.onset_margin
