"""A run against a baseline: a first look, a second where the first fires, and the verdict.

Its one rule: one look never makes a failure where a second can be had. A fresh repeat of the same
sessions must show the drop again; only where there is none to be had does the first decide, and the
verdict says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from harness.core.kinds import RECALL_KINDS
from harness.gate.look import PAIRED_ON, Frames, cells_of, look, moved
from harness.gate.results import Check, Conditions, GateTest, Lost
from harness.gate.same import notes, refuse_other_tests
from harness.gate.snapshot import BYTES, GROUP, TRIAL, Snapshot, ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.gate.decision import GateRule, Verdict

MOST_MISSING = 0.1
"""With a larger share of the baseline's trials unmeasured the gate does not pass."""

_MOST_LOST = 10
_HALF = 0.5

Again: TypeAlias = "Callable[[Wanted], Snapshot]"
"""Runs the sessions once more and gives what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a second look asks: fresh answers to the questions of the first."""

    models: tuple[str, ...]
    scenarios: tuple[str, ...]
    first_repeat: int
    """The first number of a repeat that no answer has yet."""
    repeats: int = 1
    why: str = "a drop, which is looked at twice before it is called one"


def check(
    baseline: Snapshot,
    run: Snapshot,
    rule: GateRule,
    *,
    again: Again | None,
    why_not: str = "",
) -> Check:
    """Whether the run is worse than the baseline.

    Args:
        baseline: What was blessed.
        run: What is judged.
        rule: The gate.
        again: Gets fresh answers for a second look; None where there are none to be had.
        why_not: Why there is no second look, for the message.

    Raises:
        UsageError: They are answers to different questions.
        NothingSelectedError: They have nothing in common.
    """
    refuse_other_tests(baseline, run)
    cells, alone = cells_of(baseline, run)
    names = (f"baseline {baseline.name}", "this run")
    first = look(cells, names, rule)
    second = None
    if any(test.fires for test in first) and again is not None:
        second = again(_wanted(first, run))
        first = _confirmed(first, (baseline, run, second), names, rule)
    elif any(test.fires for test in first):
        first = tuple(
            replace(test, second=f"no second look: {why_not}") if test.fires else test
            for test in first
        )
    share = _not_measured(cells)
    verdict = _verdict(first, share)
    return Check(
        run=run.run,
        baseline=baseline.name,
        blessed_run=baseline.run,
        baseline_repeats=baseline.repeats,
        rule=rule,
        verdict=verdict,
        message=_message(first, verdict, share),
        tests=first,
        lost=lost_facts(cells),
        notes=(*notes(baseline, run), *alone),
        not_measured=share,
        second_run=second.run if second else None,
    )


def _wanted(tests: Sequence[GateTest], run: Snapshot) -> Wanted:
    fired = [test for test in tests if test.fires]
    every = tuple(dict.fromkeys(mark.name for mark in run.scenarios))
    whole = any(test.scenario is None for test in fired)
    return Wanted(
        models=tuple(dict.fromkeys(test.cell.model for test in fired)),
        scenarios=every if whole else tuple(sorted({test.scenario or "" for test in fired})),
        first_repeat=run.repeats,
    )


def _confirmed(
    first: Sequence[GateTest],
    snapshots: tuple[Snapshot, Snapshot, Snapshot],
    names: tuple[str, str],
    rule: GateRule,
) -> tuple[GateTest, ...]:
    """The tests of the first look; those that fired are judged by the second, too."""
    baseline, run, second = snapshots
    onset = any(test.fires and test.kind == "onset" for test in first)
    both = replace(run, rows=pooled(run.rows, second.rows))
    again, pool = (
        {_key(test): test for test in look(cells, names, rule, onset=onset)}
        for cells in (cells_of(baseline, snapshot)[0] for snapshot in (second, both))
    )
    return tuple(
        _after(test, again.get(_key(test)), pool.get(_key(test)), rule) if test.fires else test
        for test in first
    )


def _key(test: GateTest) -> tuple[str, str | None, Conditions]:
    return test.kind, test.scenario, test.cell


def _after(
    test: GateTest, again: GateTest | None, pool: GateTest | None, rule: GateRule
) -> GateTest:
    """One test that fired, after the second look."""
    if again is None or (again.effect is None and not again.fires):
        return replace(
            test,
            verdict="inconclusive",
            second="a second look was tried, and too little of it was measured",
        )
    told = again.message if test.kind == "onset" else moved(again, rule.level)
    if again.fires:
        return replace(test, second=f"a second look confirms it: {told}")
    verdict: Verdict = "pass" if pool is not None and pool.passes else "inconclusive"
    return replace(test, verdict=verdict, second=f"a second look does not confirm it: {told}")


def pooled(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """The rows of both looks, the repeats of a trial in one list."""
    # by what pairs them: a provider's count may have aimed the two at other lengths
    return ordered(
        pl.concat([first, second])
        .group_by(*GROUP, *(name for name in TRIAL if name not in BYTES), maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in BYTES),
            pl.col("fill").mean().round(6),
            pl.col("scores").explode(),
            pl.col("outcomes").explode(),
        )
    )


def _not_measured(cells: Mapping[Conditions, Frames]) -> float:
    """The share of the baseline's measured trials for which the run has no score."""
    wanted = measured = 0
    for before, now in cells.values():
        known = before.filter(pl.col("score").is_not_null())
        found = now.filter(pl.col("score").is_not_null())
        wanted += known.height
        measured += known.join(found, on=PAIRED_ON, how="semi", nulls_equal=True).height
    return 1 - measured / wanted if wanted else 1.0


def _verdict(tests: Sequence[GateTest], not_measured: float) -> Verdict:
    """Any failure fails; to pass, recall over all scenarios must pass in every cell."""
    if any(test.verdict == "fail" for test in tests):
        return "fail"
    whole = [test for test in tests if test.kind == "overall"]
    if not_measured > MOST_MISSING or any(test.verdict != "pass" for test in whole):
        return "inconclusive"
    return "pass"


def _message(tests: Sequence[GateTest], verdict: Verdict, not_measured: float) -> str:
    """The sentence that decides."""
    whole = [test for test in tests if test.kind == "overall"]
    if verdict == "fail":
        worst = next(test for test in tests if test.verdict == "fail")
        where = "" if worst.kind == "overall" else f"{worst.name}: "
        return f"{where}{worst.message}" + (f"; {worst.second}" if worst.second else "")
    if verdict == "inconclusive" and not_measured > MOST_MISSING:
        return (
            f"cannot tell: {100 * not_measured:.0f} % of the baseline's trials have no score in"
            " this run"
        )
    chosen = next((test for test in whole if test.verdict == verdict), whole[0])
    text = chosen.message
    return f"{text}; {chosen.second}" if chosen.second else text


def lost_facts(cells: Mapping[Conditions, Frames]) -> tuple[Lost, ...]:
    """The facts that are recalled less than in the baseline, the largest loss first."""
    recall = pl.col("probe_kind").is_in(RECALL_KINDS)
    parts = []
    for before, now in cells.values():
        joined = before.filter(recall).join(
            now.filter(recall), on=PAIRED_ON, how="inner", nulls_equal=True, suffix="_now"
        )
        parts.append(
            joined.filter(pl.col("score").is_not_null() & pl.col("score_now").is_not_null()).select(
                "scenario", "fact", "score", "score_now", "status_now"
            )
        )
    rows = pl.concat(parts)
    found = []
    for (scenario, fact), part in rows.partition_by("scenario", "fact", as_dict=True).items():
        gone = part.filter((pl.col("score") > _HALF) & (pl.col("score_now") <= _HALF))
        outcomes = Counter(gone["status_now"].to_list())
        found.append(
            Lost(
                scenario=str(scenario),
                fact=str(fact),
                n=part.height,
                before=float(part["score"].mean()),  # type: ignore[arg-type] # there are rows
                now=float(part["score_now"].mean()),  # type: ignore[arg-type] # the same
                outcomes=tuple(sorted(outcomes.items(), key=lambda item: (-item[1], item[0]))),
            )
        )
    worse = [fact for fact in found if fact.outcomes and fact.now < fact.before]
    worse.sort(key=lambda fact: (fact.now - fact.before, fact.scenario, fact.fact))
    return tuple(worse[:_MOST_LOST])
