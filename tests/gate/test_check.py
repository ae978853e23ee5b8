"""A run against a baseline: verdicts, second looks, and what must be said."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from harness.core.draws import unit
from harness.core.errors import NothingSelectedError, UsageError
from harness.gate.check import check, pooled
from harness.gate.decision import GateRule
from harness.gate.snapshot import Answered, ScenarioMark
from tests.support.snapshots import right, snapshot

RULE = GateRule()


def losing(share, *, luck="a"):
    """Forgets so much, by chance that comes from names."""

    def score(scenario, seed, probe, repeat):
        return float(unit(luck, scenario, seed, probe, repeat) >= share)

    return score


def never(_wanted):
    raise AssertionError("no second look was due")


def found(run, *, baseline=None, again=None, why_not="--no-confirm"):
    return check(baseline or snapshot(repeats=5), run, RULE, again=again, why_not=why_not)


def of(result, kind):
    return [test for test in result.tests if test.kind == kind]


def test_the_same_answers_pass_without_a_second_look():
    result = found(snapshot(), again=never)
    assert result.verdict == "pass"
    assert result.message.startswith("no drop of 5 points: recall stayed the same")
    assert result.lost == ()
    assert result.not_measured == 0.0


def test_a_drop_that_comes_again_fails_and_both_looks_are_told():
    asked = []

    def again(wanted):
        asked.append(wanted)
        return snapshot(losing(0.3, luck="b"), name="second")

    result = found(snapshot(losing(0.3), name="run"), again=again)
    assert result.verdict == "fail"
    assert "a second look confirms it: recall fell by" in result.message
    assert result.second_run == "run-of-second"
    (wanted,) = asked
    assert (wanted.models, wanted.scenarios) == (("openai/x",), ("small",))
    assert wanted.first_repeat == 1
    assert {lost.question for lost in result.lost} == {"fact-0", "fact-1", "fact-2"}
    assert result.lost[0].now < result.lost[0].before
    assert result.lost[0].outcomes[0][0] == "abstained"


def test_a_drop_that_does_not_come_again_is_no_failure():
    result = found(snapshot(losing(0.15)), again=lambda _: snapshot(right, name="second"))
    assert result.verdict == "inconclusive"
    assert "a second look does not confirm it: recall stayed the same" in result.message


def test_both_looks_together_may_pass():
    seldom = losing(0.09)
    result = found(snapshot(seldom, seeds=60), baseline=snapshot(seeds=60, repeats=5), again=None)
    assert result.verdict == "fail"
    result = found(
        snapshot(seldom, seeds=60),
        baseline=snapshot(seeds=60, repeats=5),
        again=lambda _: snapshot(lambda *_: 1.0, seeds=60),
    )
    assert result.verdict in {"pass", "inconclusive"}
    assert "does not confirm" in result.message


def test_without_a_second_look_the_verdict_says_so():
    result = found(snapshot(losing(0.3)), why_not="the answers come from a cassette")
    assert result.verdict == "fail"
    assert result.message.endswith("no second look: the answers come from a cassette")


def test_a_second_look_that_measured_nothing_decides_nothing():
    lost = snapshot(lambda *_: None, name="second")
    result = found(snapshot(losing(0.3)), again=lambda _: lost)
    assert result.verdict == "inconclusive"
    assert "too little of it was measured" in result.message


def test_nobody_can_tell_from_few_seeds_and_the_missing_ones_are_counted():
    result = found(snapshot(losing(0.03), seeds=8), baseline=snapshot(seeds=8, repeats=5))
    assert result.verdict == "inconclusive"
    (overall,) = of(result, "overall")
    assert overall.seeds_missing > 1
    needs = f"cannot tell: needs {overall.seeds_missing} more seeds for a 5 point drop"
    assert result.message.startswith(needs)
    with_them = snapshot(losing(0.0), seeds=8 + overall.seeds_missing)
    assert found(with_them, baseline=snapshot(seeds=60, repeats=5)).verdict != "fail"


def test_fewer_sessions_than_any_interval_takes_are_told():
    result = found(snapshot(seeds=3), baseline=snapshot(seeds=3, repeats=5))
    assert result.verdict == "inconclusive"
    assert "more seeds for a 5 point drop (too few sessions for any interval: 3)" in result.message


def test_a_scenario_that_falls_alone_fails_the_check():
    names = ("a", "b", "c", "d")

    def only_a(scenario, *rest):
        return losing(0.25)(scenario, *rest) if scenario == "a" else 1.0

    result = found(
        snapshot(only_a, scenarios=names, seeds=30),
        baseline=snapshot(scenarios=names, seeds=30, repeats=5),
    )
    verdicts = {test.scenario: test.verdict for test in of(result, "scenario")}
    assert verdicts == {"a": "fail", "b": "pass", "c": "pass", "d": "pass"}
    assert result.verdict == "fail"


def test_scenarios_are_corrected_for_their_number():
    """A drop that one scenario alone would fail by is within chance among twelve."""
    alone = found(snapshot(losing(0.17), seeds=6, probes=4), baseline=snapshot(seeds=6, probes=4))
    (single,) = of(alone, "overall")
    names = tuple(f"s{i}" for i in range(12))

    def only_small(scenario, *rest):
        return losing(0.17)("small", *rest) if scenario == "s0" else 1.0

    many = found(
        snapshot(only_small, seeds=6, probes=4, scenarios=names),
        baseline=snapshot(seeds=6, probes=4, scenarios=names),
    )
    corrected = next(test for test in of(many, "scenario") if test.scenario == "s0")
    assert single.effect == corrected.effect
    assert corrected.p_worse == pytest.approx(min(12 * single.p_worse, 1.0))


def test_what_was_never_said_is_a_test_of_its_own():
    def both(score):
        recall = snapshot()
        never_said = snapshot(score, kind="abstain")
        return replace(recall, rows=pl.concat([recall.rows, never_said.rows]))

    result = found(both(losing(0.4)), baseline=both(right))
    (abstain,) = of(result, "abstain")
    assert abstain.verdict == result.verdict == "fail"
    assert result.message.startswith("never said: right answers that it was never said fell by")
    (overall,) = of(result, "overall")
    assert overall.verdict == "pass"


def test_forgetting_that_begins_earlier_is_told_as_an_onset():
    def half(_scenario, _seed, probe, _repeat):
        return float(probe < 8)

    def early(_scenario, _seed, probe, _repeat):
        return float(probe < 6)

    result = found(
        snapshot(early, seeds=20, probes=16),
        baseline=snapshot(half, seeds=20, probes=16, repeats=5),
    )
    (onset,) = of(result, "onset")
    assert onset.verdict == "fail"
    assert onset.effect == pytest.approx(-0.125, abs=0.04)
    same = found(
        snapshot(half, seeds=20, probes=16),
        baseline=snapshot(half, seeds=20, probes=16, repeats=5),
    )
    assert of(same, "onset")[0].verdict == "pass"


def test_an_outage_does_not_pass_the_gate():
    def down(_scenario, seed, _probe, _repeat):
        return None if seed < 4 else 1.0

    result = found(snapshot(down))
    assert (result.verdict, result.not_measured) == ("inconclusive", pytest.approx(4 / 19))
    assert "21 % of the baseline's trials have no score" in result.message


def test_windows_are_cells_of_their_own():
    small = snapshot(losing(0.3), group={"window_limit": 4000})
    large = snapshot()
    run = replace(small, rows=pl.concat([small.rows, large.rows]))
    whole = snapshot(group={"window_limit": 4000}, repeats=5)
    baseline = replace(whole, rows=pl.concat([whole.rows, snapshot(repeats=5).rows]))
    result = found(run, baseline=baseline)
    verdicts = {test.cell.window_limit: test.verdict for test in of(result, "overall")}
    assert verdicts == {4000: "fail", 8000: "pass"}
    part = found(large, baseline=baseline)
    assert any("in the baseline but not in the run" in note for note in part.notes)
    with pytest.raises(NothingSelectedError, match="have nothing in common to check"):
        found(snapshot(group={"window_limit": 1}), baseline=snapshot(group={"window_limit": 2}))


def test_everything_that_differs_beside_the_answers_is_said():
    baseline = snapshot(repeats=1)
    run = snapshot(
        group={"model": "openai/y", "policy": "drop_oldest"},
        models=(Answered(model="openai/y", versions=("y-1",)),),
        options={"temperature": 0.5},
        harness="0.2.0",
        scenarios=("small", "new"),
        missing=50,
    )
    marks = (ScenarioMark(name="small", variant="", body="b0", prompt="p1"), run.scenarios[1])
    notes = found(replace(run, scenarios=marks), baseline=baseline).notes
    for told in (
        "scenario 'small' has another system prompt than in the baseline",
        "scenario 'new' is not in the baseline and was not checked",
        "model: openai/y; the baseline has openai/x",
        "policy: drop_oldest; the baseline has send_all",
        "-M temperature is 0.5; in the baseline it is not given",
        "made by session-harness 0.2.0; the baseline by 0.1.0",
        "the baseline has 1 repeat: every check shares their luck",
        "50 trials of the run were never sent",
    ):
        assert any(note.startswith(told) for note in notes), told


def test_another_version_of_the_model_is_said():
    run = snapshot(models=(Answered(model="openai/x", versions=("x-2",)),))
    notes = found(run).notes
    assert "openai/x answered as 'x-2'; in the baseline as 'x-1': another version of the model" in (
        notes
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"record_schema": 2}, "blessed with record schema 1 of the harness and .* has record"),
        ({"format": 2}, "blessed with session format 1"),
        (
            {"scenarios": (ScenarioMark(name="small", variant="", body="b1", prompt="p0"),)},
            "baseline 'main' is of another version of scenario 'small'",
        ),
    ],
)
def test_answers_to_other_questions_are_never_compared(changes, message):
    with pytest.raises(UsageError, match=message):
        found(replace(snapshot(), **changes))


def test_runs_without_a_common_scenario_are_refused():
    with pytest.raises(NothingSelectedError, match="no scenario in common: other against small"):
        found(snapshot(scenarios=("other",)))


def test_the_repeats_of_two_looks_are_pooled_by_trial():
    both = pooled(snapshot(losing(0.5)).rows, snapshot(losing(0.5, luck="b")).rows)
    assert both.height == snapshot().rows.height
    assert set(both["scores"].list.len()) == {2}


def test_standing_rules_are_a_test_of_their_own():
    def both(score):
        rules = snapshot(score, kind="rule")
        recall = snapshot()
        return replace(recall, rows=pl.concat([recall.rows, rules.rows]))

    result = found(both(losing(0.4)), baseline=both(right))
    (rule,) = of(result, "rule")
    assert (rule.name, rule.verdict, result.verdict) == ("standing rules", "fail", "fail")
    assert result.message.startswith("standing rules: keeping of the standing rules fell by")
    assert of(result, "overall")[0].n_pairs == of(found(snapshot()), "overall")[0].n_pairs
