"""One look at the differences between a run and a baseline: every test of it.

Its one rule: windows, policies, memories, layouts and prompts are never pooled. Each combination is
a cell; over all cells the tests of one kind are one family, corrected together.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl

from harness.analysis.comparison.pairs import PAIR_ON
from harness.analysis.comparison.two_runs import compare, interval_text
from harness.analysis.stats.paired_tests import holm
from harness.core.errors import NothingSelectedError
from harness.core.kinds import RECALL_KINDS
from harness.gate.decision import fires, one_sided, passes, sessions_to_plan, short_of
from harness.gate.onset import onset_tests
from harness.gate.results import Conditions, GateTest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.gate.decision import GateRule
    from harness.gate.results import Kind
    from harness.gate.snapshot import Snapshot

CELL = ("model", "variant", "window_limit", "policy", "memory", "layout")
_FREE = ("model", "variant", "policy", "memory")
"""What may differ between run and baseline where each has one: it is what is being tested."""

BESIDE: Mapping[Kind, str] = {
    "abstain": "right answers that it was never said",
    "rule": "keeping of the standing rules",
}
"""Kinds of probe that are no recall, each a test of its own, and what sentences call its score."""

PAIRED_ON = tuple(name for name in PAIR_ON if name not in {"repeat", "arm"})
"""Repeats are averaged before trials are paired."""

Frames: TypeAlias = tuple[pl.DataFrame, pl.DataFrame]


def cells_of(baseline: Snapshot, run: Snapshot) -> tuple[dict[Conditions, Frames], list[str]]:
    """The trials of baseline and run by cell, and sentences on what only one of them has.

    Raises:
        NothingSelectedError: They have no cell in common.
    """
    frames = (baseline.averaged(), run.averaged())
    free = [c for c in _FREE if all(frame[c].n_unique() == 1 for frame in frames)]
    held = [column for column in CELL if column not in free]
    parts = [frame.partition_by(held, as_dict=True) for frame in frames]
    common = sorted(parts[0].keys() & parts[1].keys())
    sides = (f"baseline '{baseline.name}'", f"run {run.name}")
    alone = [
        f"in the {sides[mine].partition(' ')[0]} but not in the {sides[1 - mine].partition(' ')[0]}"
        f", so not checked: {_words(held, key)}"
        for mine in (0, 1)
        for key in sorted(parts[mine].keys() - parts[1 - mine].keys())
    ]
    if not common:
        raise NothingSelectedError(
            f"{sides[1]} and {sides[0]} have nothing in common to check: {'; '.join(alone)}"
        )
    return {_cell(parts[1][key]): (parts[0][key], parts[1][key]) for key in common}, alone


def _cell(rows: pl.DataFrame) -> Conditions:
    return Conditions(**rows.select(CELL).row(0, named=True))


def _words(held: list[str], key: tuple[Any, ...]) -> str:
    named = {"window_limit": "window", "variant": "prompt"}
    return ", ".join(
        f"{named.get(name, name)} {value or 'own'}" for name, value in zip(held, key, strict=True)
    )


def look(
    cells: Mapping[Conditions, Frames],
    names: tuple[str, str],
    rule: GateRule,
    *,
    onset: bool = True,
) -> tuple[GateTest, ...]:
    """Every test of every cell, each family corrected for its size.

    Args:
        cells: Baseline and run, one score a trial.
        names: What sentences call the two.
        rule: The gate.
        onset: Whether onsets are estimated, too, which takes a second or so.
    """
    overall = [_compared("overall", None, cell, pair, names, rule) for cell, pair in cells.items()]
    parts = [
        _compared(kind, scenario, cell, pair, names, rule)
        for cell, whole in cells.items()
        for kind, scenario, pair in _parts(whole)
    ]
    return (
        *_judged(overall, rule),
        *_judged(parts, rule),
        *(onset_tests(cells, names, rule) if onset else ()),
    )


def _parts(whole: Frames) -> Iterator[tuple[Kind, str | None, Frames]]:
    """Each scenario where there are several; what was never said and standing rules, if any."""
    before, now = whole
    recall = pl.col("probe_kind").is_in(RECALL_KINDS)
    common = set(before.filter(recall)["scenario"]) & set(now.filter(recall)["scenario"])
    if len(common) > 1:
        for name in sorted(common):
            only = pl.col("scenario") == name
            yield "scenario", name, (before.filter(only), now.filter(only))
    for kind in BESIDE:
        of_kind = pl.col("probe_kind") == kind
        asked = (before.filter(of_kind), now.filter(of_kind))
        if all(frame.height for frame in asked):
            yield kind, None, asked


def _compared(  # noqa: PLR0917 -- what a test is made of
    kind: Kind,
    scenario: str | None,
    cell: Conditions,
    pair: Frames,
    names: tuple[str, str],
    rule: GateRule,
) -> tuple[GateTest, int]:
    """A test that is not judged yet, and of how many scenarios."""
    kinds = (kind,) if kind in BESIDE else RECALL_KINDS
    found = compare(*pair, level=rule.level, names=names, pair_on=PAIRED_ON, kinds=kinds)
    p_worse = None
    if found.effect is not None and found.p_value is not None:
        p_worse = one_sided(found.effect, found.p_value)
    test = GateTest(
        kind=kind,
        scenario=scenario,
        cell=cell,
        effect=found.effect,
        lo=found.lo,
        hi=found.hi,
        p_worse=p_worse,
        n_pairs=found.n_pairs,
        n_sessions=found.n_sessions,
        passes=False,
        fires=False,
        verdict="inconclusive",
        message=found.message,
    )
    return test, max(pair[1]["scenario"].n_unique(), 1)


def _judged(family: list[tuple[GateTest, int]], rule: GateRule) -> Iterator[GateTest]:
    """The tests of one family with their verdicts; a look that fires is `fail` until confirmed."""
    corrected = iter(holm([test.p_worse for test, _ in family if test.p_worse is not None]))
    for test, scenarios in family:
        if test.effect is None or test.lo is None or test.hi is None or test.p_worse is None:
            yield replace(test, **_too_little(test, scenarios, rule))
            continue
        p_worse = next(corrected)
        good = bool(passes(test.lo, rule.margin))
        bad = bool(fires(test.effect, test.lo, p_worse, rule))
        verdict = "pass" if good else "fail" if bad else "inconclusive"
        judged = replace(test, p_worse=p_worse, passes=good, fires=bad, verdict=verdict)  # type: ignore[arg-type] # three literals
        missing = None if good or bad else _missing(judged, scenarios, rule)
        yield replace(
            judged,
            seeds_missing=missing[0] if missing else None,
            message=_sentence(judged, missing, rule),
        )


def _missing(test: GateTest, scenarios: int, rule: GateRule) -> tuple[int, float]:
    """More seeds, each a session of every scenario, and the drop that they would find."""
    assert test.effect is not None  # noqa: S101 -- only judged tests come here
    assert test.lo is not None  # noqa: S101 -- the same
    assert test.hi is not None  # noqa: S101 -- the same
    short = short_of(test.effect, test.lo, test.hi, test.n_sessions, rule)
    return math.ceil(short.sessions / scenarios), short.drop


def _too_little(test: GateTest, scenarios: int, rule: GateRule) -> dict[str, Any]:
    """What is said where there is no interval."""
    if not test.n_pairs:
        return {"message": f"cannot tell: {test.message[:1].lower()}{test.message[1:]}"}
    each = max(round(test.n_pairs / test.n_sessions), 1)
    wanted = sessions_to_plan(rule, per_session=each)
    more = max(math.ceil((wanted - test.n_sessions) / scenarios), 1)
    return {
        "seeds_missing": more,
        "message": f"cannot tell: {_seeds(more)} for a {_points(rule.margin)} point drop"
        f" (too few sessions for any interval: {test.n_sessions})",
    }


def _seeds(count: int) -> str:
    return f"needs {count} more seed{'s' * (count != 1)}"


def _points(fraction: float) -> str:
    return f"{100 * fraction:.1f}".removesuffix(".0")


def moved(test: GateTest, level: float) -> str:
    """How recall moved, with its interval.

    Args:
        test: A test with an interval.
        level: Of the two-sided interval.
    """
    if test.effect is None or test.lo is None or test.hi is None:
        return "recall was not compared"
    what = BESIDE.get(test.kind, "recall")
    size = _points(abs(test.effect))
    if size == "0":
        head = f"{what} stayed the same"
    else:
        verb = "fell" if test.effect < 0 else "rose"
        head = f"{what} {verb} by {size} point{'s' * (size != '1')}"
    pairs = f"{test.n_pairs:,} pairs in {test.n_sessions:,} sessions"
    return f"{head} ({interval_text(test.lo, test.hi, level)}; {pairs})"


def _sentence(test: GateTest, missing: tuple[int, float] | None, rule: GateRule) -> str:
    text = moved(test, rule.level)
    if test.passes:
        return f"no drop of {_points(rule.margin)} points: {text}"
    if missing is None:
        return text
    more, drop = missing
    if drop == rule.margin:
        return f"cannot tell: {_seeds(more)} for a {_points(drop)} point drop; {text}"
    return (
        f"cannot tell: {_seeds(more)}, since the change lies between nothing and the margin of"
        f" {_points(rule.margin)} points; {text}"
    )
