"""Comparison of two runs: pairing, the interval over sessions, and what is said of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.analysis.comparison.pairs import PAIR_ON
from harness.analysis.comparison.two_runs import compare, compare_many
from harness.analysis.stats.paired_tests import holm, mcnemar
from harness.analysis.stats.session_mean import fewest_sessions, session_mean
from harness.core.errors import UsageError


def run(scores, **fields):
    """Rows of one run: scores[session][probe]."""
    return [
        {"session": f"s{i}", "probe": f"p{j}", "score": score, **fields}
        for i, row in enumerate(scores)
        for j, score in enumerate(row)
    ]


def reasons(comparison):
    return {item.reason: item.n for item in comparison.excluded}


unhurried = settings(deadline=None, max_examples=50)  # a loaded machine is no failure
binary = st.sampled_from([0.0, 1.0])
anything = st.one_of(st.none(), binary, st.sampled_from([0.25, 0.5, 1 / 3]))


@st.composite
def two_runs(draw, score=anything):
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=14))
    left, right = ([[draw(score) for _ in range(size)] for size in sizes] for _ in "ab")
    return run(left), run(right)


# --- what the number is ---------------------------------------------------------------------------


@unhurried
@given(two_runs(binary))
def test_the_effect_is_the_mean_over_sessions_of_the_mean_difference(runs):
    a, b = (pl.DataFrame(rows) for rows in runs)
    found = compare(a, b)
    by_session = (
        a.join(b, on=["session", "probe"])
        .group_by("session")
        .agg((pl.col("score_right") - pl.col("score")).mean().alias("d"))["d"]
        .to_numpy()
    )
    if len(by_session) < 6:
        assert found.effect is None
        return
    assert found.effect == pytest.approx(by_session.mean())
    if len(by_session) >= 10 and np.ptp(by_session) > 0:
        low, high = stats.ttest_1samp(by_session, 0).confidence_interval(0.95)
        assert (found.lo, found.hi) == pytest.approx((max(low, -1), min(high, 1)))
        assert found.p_value == pytest.approx(stats.ttest_1samp(by_session, 0).pvalue)


def test_a_session_with_many_probes_counts_as_much_as_one_with_few():
    a = run([[1] * 50, *[[1]] * 9])
    b = run([[0] * 50, *[[1]] * 9])
    assert compare(a, b).effect == pytest.approx(-0.1)


@unhurried
@given(two_runs())
def test_exchanging_the_runs_mirrors_the_answer(runs):
    a, b = runs
    there, back = compare(a, b), compare(b, a)
    if there.effect is None:
        assert back.effect is None
        return
    assert back.effect == -there.effect
    assert (back.lo, back.hi) == pytest.approx((-there.hi, -there.lo), abs=1e-12)
    assert back.p_value == there.p_value
    assert (there.n_pairs, there.n_sessions) == (back.n_pairs, back.n_sessions)
    if there.discordant:
        assert there.discordant.a_only == back.discordant.b_only


@unhurried
@given(two_runs(), st.randoms(use_true_random=False))
def test_order_and_names_of_sessions_do_not_matter(runs, random):
    a, b = runs
    names = {row["session"]: f"{random.random()} {row['session']}" for row in a}
    shuffled = [
        [row | {"session": names[row["session"]]} for row in random.sample(rows, len(rows))]
        for rows in (a, b)
    ]
    assert compare(*shuffled) == compare(a, b)


@unhurried
@given(two_runs())
def test_a_frame_a_lazy_frame_and_mappings_say_the_same(runs):
    frames = [pl.DataFrame(rows, schema_overrides={"score": pl.Float64}) for rows in runs]
    assert compare(*runs) == compare(*frames) == compare(*(frame.lazy() for frame in frames))


def test_true_and_false_are_scores():
    a, b = run([[True, False]] * 8), run([[1, 0]] * 8)
    assert compare(a, b) == compare(pl.DataFrame(a), b)
    assert compare(a, b).effect == 0


# --- how sure it is -------------------------------------------------------------------------------


def null_differences(rng, sessions, *, shared):
    """Differences of ten pairs a session without a true difference; `shared` ties their signs."""
    differ = rng.random((sessions, 10)) < rng.beta(2, 8, (sessions, 1))
    up = rng.beta(0.5 / shared, 0.5 / shared, (sessions, 1))
    return differ * np.where(rng.random((sessions, 10)) < up, 1.0, -1.0)


@pytest.mark.parametrize("sessions", [20, 40, 100])
def test_the_one_sided_error_is_the_nominal_one(sessions):
    rng = np.random.default_rng(sessions)
    above = below = 0
    for _ in range(studies := 3000):
        values = null_differences(rng, sessions, shared=0.2).mean(axis=1)
        found = session_mean(values.tolist(), level=0.90, n_probes=10 * sessions)
        above += found.lo > 0
        below += found.hi < 0
    assert 0.038 < above / studies < 0.062
    assert 0.038 < below / studies < 0.062


def test_mcnemar_errs_where_sessions_share_their_luck_and_so_it_does_not_decide():
    rng = np.random.default_rng(4)
    false_alarms = 0
    for _ in range(studies := 1000):
        d = null_differences(rng, 40, shared=0.9).ravel()
        table = mcnemar((d < 0).astype(float), (d > 0).astype(float))
        false_alarms += table.p_value < 0.10
    assert false_alarms / studies > 0.15


@pytest.mark.parametrize("sessions", [6, 7, 8, 9])
def test_below_ten_sessions_the_error_stays_below_the_nominal_one(sessions):
    rng = np.random.default_rng(sessions)
    outside = rejected = 0
    for _ in range(studies := 300):
        values = rng.normal(0.1, 0.2, sessions)
        found = session_mean(values.tolist(), level=0.9, n_probes=60)
        outside += not found.lo <= 0.1 <= found.hi
        shifted = session_mean((values - 0.1).tolist(), level=0.9, n_probes=60)
        rejected += shifted.p_value <= 0.1
    assert outside / studies < 0.13
    assert rejected / studies < 0.13


@unhurried
@given(st.lists(st.floats(-1, 1).map(lambda x: round(x, 3)), min_size=6, max_size=9))
def test_sign_flips_the_interval_shuts_out_zero_exactly_when_the_test_does(values):
    found = session_mean(values, level=0.95, n_probes=90)
    flips = 2 * np.array(np.meshgrid(*[[0, 1]] * len(values))).reshape(len(values), -1).T - 1
    if found.method.startswith("sign flips"):
        as_far = np.abs(flips @ values) >= abs(sum(values)) - 1e-9
        assert found.p_value == pytest.approx(as_far.mean())
        if found.lo > 1e-9 or found.hi < -1e-9:
            assert found.p_value <= 0.05
        else:
            assert found.p_value > 0.05 or min(abs(found.lo), abs(found.hi)) < 1e-9


def test_from_ten_sessions_on_it_is_t_and_below_it_is_sign_flips():
    a = run([[0, 1]] * 10)
    b = run([[0, 0], *[[1, 1]] * 9])
    assert compare(a, b).method == "t over session means"
    assert compare(a[:18], b[:18]).method == "sign flips of session means"


# --- zero variance --------------------------------------------------------------------------------


@pytest.mark.parametrize("sessions", [6, 9, 10, 40])
@pytest.mark.parametrize("scores", [(1, 1), (0, 1), (1, 0), (0.5, 0.75)])
def test_where_all_sessions_agree_there_is_an_honest_interval_and_no_nan(sessions, scores):
    a, b = (run([[score] * 10] * sessions) for score in scores)
    found = compare(a, b)
    difference = scores[1] - scores[0]
    assert found.effect == difference
    assert -1 <= found.lo <= difference <= found.hi <= 1
    assert 0 < found.hi - found.lo < 0.3
    assert found.p_value == (1.0 if difference == 0 else 2.0 ** (1 - sessions))
    assert not math.isnan(found.p_value)


def test_no_discordant_pair_among_few_is_weaker_than_among_many():
    same = [compare(run([[1] * m] * 20), run([[1] * m] * 20)) for m in (1, 2, 10, 100)]
    widths = [found.hi - found.lo for found in same]
    assert widths == sorted(widths, reverse=True)
    # 0 of 20 independent pairs: Clopper and Pearson
    assert same[0].hi == pytest.approx(1 - 0.025 ** (1 / 20))
    # ten correlated pairs a session are worth 1 / 1.45 as many
    assert same[2].hi == pytest.approx(1 - 0.025 ** (1.45 / 200))
    assert same[0].message.startswith(
        "B recalls as much as A (95 % interval 16.8 less to 16.8 more)"
    )


# --- McNemar and Holm -----------------------------------------------------------------------------


def test_mcnemars_counts_stand_beside():
    a = run([[1, 1, 0, 0]] * 6)
    b = run([[1, 0, 1, 0], *[[1, 0, 0, 0]] * 5])
    table = compare(a, b).discordant
    assert (table.both, table.a_only, table.b_only, table.neither) == (6, 6, 1, 11)
    assert table.p_value == pytest.approx(stats.binomtest(1, 7).pvalue)


def test_mcnemar_is_for_right_and_wrong_only():
    assert compare(run([[0.5]] * 6), run([[1]] * 6)).discordant is None
    assert compare([], []).discordant is None


@unhurried
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_agrees_with_its_definition(p_values):
    corrected = holm(p_values)
    for i, p in enumerate(p_values):
        rejected = max(
            min(1.0, q * sum(other >= q for other in p_values)) for q in p_values if q <= p
        )
        assert corrected[i] >= p
        # ties share the largest factor among them
        assert corrected[i] == pytest.approx(rejected)


def test_many_comparisons_are_corrected_and_say_so():
    rng = np.random.default_rng(0)
    runs = {
        name: pl.DataFrame(run((rng.random((20, 5)) < share).astype(float)))
        for name, share in (("x", 0.9), ("y", 0.7), ("z", 0.72))
    }
    found = compare_many(runs)
    assert [(c.a, c.b) for c in found] == [("x", "y"), ("x", "z"), ("y", "z")]
    assert [c.p_holm for c in found] == list(holm([c.p_value for c in found]))
    assert found[2].message.endswith(
        f"p = {found[2].p_holm:.3f} after Holm's correction for 3 comparisons"
    )
    assert (
        "p below 0.001 after Holm"
        in compare_many({"one": run([[1]] * 20), "none": iter(run([[0]] * 20))})[0].message
    )
    against = compare_many(runs, reference="y")
    assert [(c.a, c.b) for c in against] == [("y", "x"), ("y", "z")]
    single = compare(runs["y"], runs["z"], names=("y", "z"))
    expected = replace(against[1], p_holm=None, n_comparisons=1, message=single.message)
    assert single == expected


def test_a_comparison_without_a_p_value_is_not_counted():
    found = compare_many({"x": run([[1]] * 20), "y": run([[0]] * 20), "z": run([[0]] * 3)})
    assert [c.n_comparisons for c in found] == [1, 1, 1]
    assert [c.p_holm is None for c in found] == [False, True, True]


def test_rows_that_can_be_read_once_are_read_once():
    scores = {"x": [[1]] * 20, "y": [[0]] * 20, "z": [[1]] * 20}
    once = compare_many({name: iter(run(score)) for name, score in scores.items()})
    assert once == compare_many({name: run(score) for name, score in scores.items()})


def test_compare_many_wants_two_runs_and_a_known_reference():
    with pytest.raises(UsageError, match="at least two runs; got a"):
        compare_many({"a": []})
    with pytest.raises(UsageError, match="at least two runs; got none"):
        compare_many({})
    with pytest.raises(UsageError, match="no run is called 'basline': did you mean 'baseline'"):
        compare_many({"baseline": [], "new": []}, reference="basline")


# --- what is paired -------------------------------------------------------------------------------


def test_what_cannot_be_paired_is_counted_by_reason():
    a = run([[1, 1, 1, None, 1]] * 8)
    b = run([[1, 0, None, None]] * 8)
    for rows in (a, b):
        for row in rows:
            row["status"] = "ok" if row["score"] is not None else "error"
            row["arm"], row["counts"] = "main", "recall"
    a.append(a[0] | {"arm": "closed_book"})
    b.append(b[0] | {"counts": "abstain"})
    found = compare(a, b)
    assert reasons(found) == {
        "control arm of A": 1,
        "other kind of probe in B": 1,
        "only in A": 8,
        "not measured in B (error)": 8,
        "not measured in either": 8,
    }
    assert found.n_pairs == 16


def test_a_trial_that_failed_and_was_run_again_is_one_trial():
    a = run([[1]] * 8, run_id="r")
    for i, row in enumerate(a):
        row["key"], row["status"], row["started_at"] = f"k{i}", "ok", "2"
    failed = a[0] | {"score": None, "status": "error", "started_at": "3"}
    again = a[1] | {"score": 0, "started_at": "3"}
    found = compare([failed, *a, again], a)
    assert reasons(found) == {"stored again in A": 2}
    assert found.effect == pytest.approx(1 / 8)  # the later of two that were measured


def test_models_policies_and_runs_do_not_keep_trials_apart_but_windows_do():
    a = run([[1]] * 8, model="x", policy="send_all", run_id="1", window_limit=8192, fill=0.51)
    b = run([[0]] * 8, model="y", policy="drop_oldest", run_id="2", window_limit=8192, fill=0.49)
    assert compare(a, b).n_pairs == 8
    found = compare(a, [row | {"window_limit": 32768} for row in b])
    assert found.n_pairs == 0
    assert "window_limit has no value in common (8192 against 32768)" in found.message


def test_null_is_a_value_like_another_when_pairing():
    a = run([[1]] * 8, position_requested=None)
    assert compare(a, a).n_pairs == 8


def test_two_scenario_files_are_paired_by_seed_when_asked():
    a = [
        row | {"scenario": "v1", "session": f"v1-{i}", "seed": i}
        for i, row in enumerate(run([[1]] * 8))
    ]
    b = [
        row | {"scenario": "v2", "session": f"v2-{i}", "seed": i}
        for i, row in enumerate(run([[0]] * 8))
    ]
    assert "scenario has no value in common (v1 against v2)" in compare(a, b).message
    by_seed = [name for name in PAIR_ON if name not in {"scenario", "session"}]
    found = compare(a, b, pair_on=by_seed)
    assert (found.effect, found.n_sessions) == (-1.0, 8)


def test_pairs_whose_sessions_have_other_bytes_are_told():
    a = run([[1, 1]] * 8, trunk="t1", question="q")
    b = run([[1, 1]] * 8, trunk="t1", question="q")
    assert compare(a, b).n_other_text == 0
    b[0]["trunk"], b[1]["question"], b[2]["trunk"] = "t2", "other", ""
    assert compare(a, b).n_other_text == 2


def test_a_session_that_is_longer_by_another_count_of_tokens_is_no_other_text():
    a = run([[1, 1]] * 8, trunk="t1", question="q", run_id="r", variant="", session_tokens=4000)
    b = run([[1, 1]] * 8, trunk="t2", question="q", run_id="r", variant="", session_tokens=3990)
    found = compare(a, b)
    assert (found.n_other_text, found.n_other_length) == (0, 16)
    b = run([[1, 1]] * 8, trunk="t2", question="q", run_id="s", variant="", session_tokens=3990)
    assert (compare(a, b).n_other_text, compare(a, b).n_other_length) == (16, 0)
    b = run([[1, 1]] * 8, trunk="t2", question="q", run_id="s", variant="", session_tokens=3700)
    assert (compare(a, b).n_other_text, compare(a, b).n_other_length) == (0, 16)
    b[0]["question"] = "other"
    assert (compare(a, b).n_other_text, compare(a, b).n_other_length) == (1, 15)


def test_the_same_trial_twice_is_refused_with_its_cause():
    a = run([[1]] * 8, model="x")
    with pytest.raises(
        UsageError, match=r"A has the same trial 2 times .*model is x, y; select one"
    ):
        compare(a + [row | {"model": "y"} for row in a], a)
    with pytest.raises(
        UsageError, match=r"new has the same trial 2 times \(session s0, probe p0\); keep"
    ):
        compare(a, [a[0], *a], names=("old", "new"))


def test_a_field_that_only_one_run_has_is_refused():
    with pytest.raises(
        UsageError, match="only B has the column 'repeat', which tells trials apart"
    ):
        compare(run([[1]] * 8), run([[1]] * 8, repeat=0))


def test_a_field_that_no_record_has_is_refused():
    with pytest.raises(UsageError, match="record field is called 'sesion': did you mean 'session'"):
        compare([], [], pair_on=["sesion"])
    with pytest.raises(
        UsageError, match="no record field is called '': known: arm, fill_requested"
    ):
        compare([], [], pair_on=[])


# --- what is said ---------------------------------------------------------------------------------


def test_the_message_is_one_plain_sentence():
    a = [[1]] * 267 + [[0]] * 39
    b = [[0]] * 87 + [[1]] * 180 + [[1]] * 11 + [[0]] * 28
    message = compare(run(a), run(b), names=("focused", "full")).message
    assert message == (
        "full recalls 24.8 points less than focused (95 % interval 19.1 to 30.6 less), "
        "306 pairs in 306 sessions"
    )
    assert "recalls 24.8 points more than full (95 % interval 19.1 to 30.6 more)" in (
        compare(run(b), run(a), names=("full", "focused")).message
    )


def test_abstain_probes_are_compared_when_asked_and_are_not_called_recall():
    rows = run([[1]] * 8, counts="abstain")
    assert compare(rows, rows).n_pairs == 0
    assert compare(rows, rows, counts="abstain").message.startswith("B scores as much as A")


@pytest.mark.parametrize("sessions", [1, 2, 5])
def test_too_few_sessions_give_a_sentence_and_no_number(sessions):
    found = compare(run([[1, 0]] * sessions), run([[0, 0]] * sessions))
    assert found.effect is found.lo is found.hi is found.p_value is found.method is None
    more = "1 more seed" if sessions == 5 else f"{6 - sessions} more seeds"
    has = "1 session has pairs" if sessions == 1 else f"{sessions} sessions have pairs"
    assert found.message == (
        f"Too little to compare A and B: {has} and a 95 % interval takes 6; "
        f"run both on at least {more}"
    )
    assert found.n_pairs == 2 * sessions


def test_nothing_in_common_says_why():
    nothing = compare([], run([[1]] * 8))
    assert "one of them has no trial of the main arm; run both" in nothing.message
    unmeasured = compare(run([[None]] * 8), run([[1]] * 8))
    assert unmeasured.message == (
        "Nothing to compare: no trial was measured in both A and B; no trial has a score in both; "
        "run both on the same scenarios and window, with at least 6 seeds"
    )
    other = [row | {"session": "z" + row["session"]} for row in run([[1]] * 3)]
    assert "session has no value in common (s0, s1, ... against zs0, zs1, ...)" in (
        compare(run([[1]] * 3), other).message
    )


@pytest.mark.parametrize(("level", "sessions"), [(0.90, 5), (0.95, 6), (0.99, 8)])
def test_the_fewest_sessions_are_those_whose_flips_can_reach_the_level(level, sessions):
    assert fewest_sessions(level) == sessions
    values = [0.1 * i for i in range(1, sessions + 1)]
    assert session_mean(values[:-1], level=level, n_probes=60) is None
    assert session_mean(values, level=level, n_probes=60).p_value <= 1 - level + 1e-12


@pytest.mark.parametrize("level", [0, 1, 95, -0.1, float("nan")])
def test_a_level_is_a_fraction(level):
    with pytest.raises(UsageError, match=r"expected a fraction between 0 and 1, such as 0\.95"):
        compare([], [], level=level)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            pl.DataFrame({"session": ["a"], "score": [1.0]}),
            "A: no column 'probe'; there are: session",
        ),
        ([{"session": "a", "probe": "p"}], "A, row 0: no column 'score'"),
        (["text"], "A: row 0 is of type str, expected a mapping"),
        (run([[1.5]]), "A: a score is 1.5, expected a number between 0 and 1"),
        (run([[float("nan")]]), "A: a score is nan"),
        (run([["1"]]), "A: column 'score' holds something that is no number"),
        (pl.DataFrame(run([["1"]])), "A: column 'score' holds something that is no number"),
        (run([[1]], seed=0.5), "A: column 'seed' holds something that is no whole number"),
        (
            pl.DataFrame(run([[1]])).with_columns(repeat=pl.lit(0.5)),
            "A: column 'repeat' holds something that is no whole number",
        ),
        (
            pl.DataFrame(run([[1]])).with_columns(seed=pl.lit(2**64 - 1, dtype=pl.UInt64)),
            "A: column 'seed' holds something that is no whole number",
        ),
        ([{"session": None, "probe": "p", "score": 1}], "A: session is null in 1 rows"),
    ],
)
def test_rows_that_cannot_be_read_are_refused(rows, words):
    with pytest.raises(UsageError, match=words):
        compare(rows, [])


@unhurried
@given(two_runs())
def test_the_parts_add_up(runs):
    found = compare(*runs)
    assert found.n_pairs + sum(reasons(found).values()) == len(runs[0])
