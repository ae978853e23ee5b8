"""Where in the session facts are lost: known effects are found, none is claimed where none is."""

from __future__ import annotations

import math
import random

import numpy as np
import polars as pl
import pytest
from scipy import stats

from harness.analysis.calibration.simulated_laws import LAWS, simulate
from harness.analysis.comparison.within_run import gap_effect, lost_in_the_middle, middle_and_gap
from harness.analysis.stats.session_slope import effective_sessions, slope_within
from harness.core.errors import UsageError


def study(law, seed, *, n=600, sessions=30):
    rows = simulate(LAWS[law], np.random.default_rng(seed), n=n, sessions=sessions)
    gap = (1 - pl.col("position")) * pl.col("fill") * 32_000
    return rows.with_columns(gap_tokens=gap.cast(pl.Int64))


def grid(sessions, score):
    """Each session: four positions at four fills; score(session, fill, position)."""
    return [
        {
            "session": f"s{s}",
            "fill": fill,
            "position": position,
            "gap_tokens": round(8192 * fill * (1 - position)),
            "score": float(score(s, fill, position)),
        }
        for s in range(sessions)
        for fill in (0.03, 0.4, 0.7, 0.95)
        for position in (0.1, 0.4, 0.6, 0.9)
    ]


# --- known effects --------------------------------------------------------------------------------


def test_lost_in_the_middle_is_found_and_is_larger_where_the_window_is_full():
    found = lost_in_the_middle(study("middle", 1, n=2000, sessions=100))
    assert 0 < found.overall.lo < found.overall.effect < found.high_fill.effect
    assert found.high_fill.p_value < 0.001
    assert found.high_fill.n_probes < found.overall.n_probes


def test_the_contrast_is_the_difference_of_the_means_where_the_design_is_balanced():
    luck = random.Random(3)
    rows = grid(
        40, lambda _s, _fill, position: luck.random() < (0.5 if 0.3 < position < 0.7 else 0.9)
    )
    frame = pl.DataFrame(rows)
    middle = pl.col("position").is_between(0.25, 0.75)
    by_session = (
        frame.group_by("session")
        .agg(d=pl.col("score").filter(~middle).mean() - pl.col("score").filter(middle).mean())["d"]
        .to_numpy()
    )
    found = lost_in_the_middle(rows).overall
    low, high = stats.ttest_1samp(by_session, 0).confidence_interval(0.95)
    assert found.effect == pytest.approx(by_session.mean())
    assert (found.lo, found.hi) == pytest.approx((low, high))
    assert found.p_value == pytest.approx(stats.ttest_1samp(by_session, 0).pvalue)


def test_distance_costs_recall_and_a_loss_with_the_fill_is_not_taken_for_it():
    far = gap_effect(study("distance", 2, n=2000, sessions=100))
    assert 0 < far.lo < far.effect
    assert far.message.startswith("At equal fill each doubling of the gap costs")
    long = [gap_effect(study("accelerating", seed, n=2000, sessions=100)) for seed in range(12)]
    assert sum(found.lo > 0 for found in long) <= 1
    assert abs(np.mean([found.effect for found in long])) < 0.01


def test_the_slope_is_per_doubling():
    recall = {0.1: 0.5, 0.4: 0.5, 0.6: 0.5, 0.9: 0.75}
    rows = grid(12, lambda _s, _fill, position: recall[position])
    for row in rows:
        row["gap_tokens"] = round(100_000 * row["fill"] * (1 - row["position"]))
    doublings = np.log2([1 - position for position in recall])
    lost = -np.polyfit(doublings, list(recall.values()), 1)[0]
    assert gap_effect(rows).effect == pytest.approx(lost, abs=1e-6)


# --- error rates ----------------------------------------------------------------------------------


def design(rng, kind, sessions):
    """Session, fill, position and score of a study without any effect of the position."""
    size = {
        "even": lambda: np.full(sessions, 12),
        "few probes, many without one side": lambda: rng.integers(1, 4, sessions),
        "one probe a session": lambda: np.ones(sessions, dtype=int),
        "uneven sessions": lambda: np.where(rng.random(sessions) < 0.15, 60, 5),
    }[kind]()
    session = np.repeat(np.arange(sessions), size)
    fill, position = rng.random((2, len(session)))
    luck = rng.beta(0.7 * 9, 0.3 * 9, sessions)[session]
    score = rng.random(len(session)) < luck + 0.15 * (0.5 - fill)
    return session, fill, position, score.astype(float)


@pytest.mark.parametrize("sessions", [20, 100])
@pytest.mark.parametrize(
    "kind",
    ["even", "few probes, many without one side", "one probe a session", "uneven sessions"],
)
def test_the_one_sided_error_is_at_most_the_nominal_one(kind, sessions):
    rng = np.random.default_rng(sessions)
    above = below = 0
    for _ in range(studies := 1000):
        session, fill, position, score = design(rng, kind, sessions)
        ends = ((position < 0.25) | (position > 0.75)).astype(float)
        stratum = np.unique(np.ceil(fill * 10), return_inverse=True)[1]
        found = slope_within(score, ends, stratum=stratum, session=session, level=0.90)
        if found is not None:
            above += found.lo > 0
            below += found.hi < 0
    assert above / studies < 0.067
    assert below / studies < 0.067
    if kind == "even":
        assert min(above, below) / studies > 0.035


def test_ignoring_the_sessions_would_err():
    """Whole sessions are asked at one side only, so that their luck looks like an effect."""
    rng = np.random.default_rng(0)
    naive = clustered = 0
    for _ in range(studies := 400):
        session = np.repeat(np.arange(40), 10)
        ends = (session % 2).astype(float)
        score = (rng.random(400) < rng.beta(3, 1.5, 40)[session]).astype(float)
        naive += stats.ttest_ind(score[ends == 1], score[ends == 0]).pvalue < 0.1
        found = slope_within(
            score, ends, stratum=np.zeros(400, dtype=int), session=session, level=0.90
        )
        clustered += not found.lo <= 0 <= found.hi
    assert naive / studies > 0.25
    assert clustered / studies < 0.14


def test_sessions_on_the_rarer_side_are_what_counts():
    session = np.repeat(np.arange(50), 8)
    ends = (session < 4).astype(float)
    assert 3 < effective_sessions(ends, np.zeros(400, dtype=int), session) < 5
    half = np.tile([0.0, 1.0], 200)
    assert effective_sessions(half, np.zeros(400, dtype=int), session) == pytest.approx(50)
    assert effective_sessions(np.ones(400), np.zeros(400, dtype=int), session) == 0


def test_one_session_that_carries_the_contrast_alone_gives_no_number():
    # every session has ends in its own stratum, where nothing else is; one has both sides
    session = np.repeat(np.arange(20), 2)
    stratum = np.repeat(np.arange(20), 2)
    z = np.zeros(40)
    z[1] = 1.0
    y = np.ones(40)
    assert slope_within(y, z, stratum=stratum, session=session, level=0.95) is None


# --- what takes part ------------------------------------------------------------------------------


def test_what_was_evicted_was_not_lost_in_the_middle():
    rows = grid(20, lambda _s, _fill, position: not 0.3 < position < 0.5)
    for row in rows:
        row["in_view"] = row["score"] == 1
    found = lost_in_the_middle(rows).overall
    assert (found.effect, found.n_not_in_view) == (0, 80)
    for row in rows:
        row["server_truncated"] = not row.pop("in_view")
    assert lost_in_the_middle(rows).overall.n_not_in_view == 80


def test_controls_abstentions_and_what_was_not_measured_are_left_out():
    rows = [row | {"arm": "main", "probe_kind": "recall"} for row in grid(8, lambda *_: 1)]
    known = lost_in_the_middle(rows)
    more = [
        rows[0] | {"arm": "needle_only"},
        rows[0] | {"probe_kind": "abstain"},
        rows[0] | {"score": None},
        rows[0] | {"position": None},
    ]
    assert lost_in_the_middle(rows + more) == known


def test_the_order_of_the_records_and_the_names_of_sessions_do_not_matter():
    rows = study("middle", 5)
    other = rows.sample(fraction=1, shuffle=True, seed=1)
    assert lost_in_the_middle(other) == lost_in_the_middle(rows)
    assert gap_effect(other) == gap_effect(rows)
    renamed = rows.with_columns(pl.col("session").str.reverse())
    assert gap_effect(renamed).effect == pytest.approx(gap_effect(rows).effect, abs=1e-12)
    assert gap_effect(renamed).lo == pytest.approx(gap_effect(rows).lo, abs=1e-12)


# --- what is said ---------------------------------------------------------------------------------


def test_both_contrasts_of_rows_that_are_read_once_are_those_of_each_alone():
    rows = study("middle", 1).with_row_index("i")
    gappy = rows.with_columns(  # a probe whose place or distance is not known counts for the other
        position=pl.when(pl.col("i") % 7 > 0).then("position"),
        gap_tokens=pl.when(pl.col("i") % 5 > 0).then("gap_tokens"),
    )
    middle, gap = middle_and_gap(gappy)
    assert middle == lost_in_the_middle(gappy)
    assert gap == gap_effect(gappy)
    assert middle.overall.n_probes != gap.n_probes


def test_the_message_is_one_plain_sentence():
    rows = grid(40, lambda s, _fill, position: s % 4 > 0 or not 0.3 < position < 0.7)
    found = lost_in_the_middle(rows)
    assert found.overall.message == (
        "Facts in the middle of the session (position 0.25 to 0.75) are recalled 25.0 points less "
        "than those at its ends (95 % interval 11.0 to 39.0 less), 640 probes in 40 sessions"
    )
    assert found.high_fill.message.startswith("Past 50 % of the window, facts in the middle")
    assert found.high_fill.message.endswith("320 probes in 40 sessions")
    turned = lost_in_the_middle([row | {"score": 1 - row["score"]} for row in rows])
    assert "25.0 points more than those at its ends" in turned.overall.message
    gap = gap_effect([row | {"score": 1 - row["position"]} for row in rows])
    assert gap.message.startswith("At equal fill each doubling of the gap adds")


def test_without_any_variance_the_interval_is_honest_and_there_is_no_nan():
    rows = grid(20, lambda *_: 1)
    found = lost_in_the_middle(rows).overall
    assert (found.effect, found.p_value) == (0, 1)
    assert -0.1 < found.lo < 0 < found.hi < 0.1
    assert "are recalled as much as those at its ends" in found.message
    gap = gap_effect(rows)
    assert (gap.effect, gap.p_value) == (0, 1)
    assert gap.lo < 0 < gap.hi
    assert "each doubling of the gap does not change recall" in gap.message
    all_or_nothing = lost_in_the_middle(
        grid(20, lambda _s, _fill, position: not 0.3 < position < 0.7)
    )
    assert all_or_nothing.overall.effect == pytest.approx(1)
    assert all_or_nothing.overall.hi == 1
    assert not math.isnan(all_or_nothing.overall.p_value)


def test_too_little_data_is_a_sentence_and_no_number():
    found = lost_in_the_middle(grid(4, lambda *_: 1)).overall
    assert found.effect is found.lo is found.hi is found.p_value is None
    assert found.message == (
        "Too little to say whether the middle is lost: 4 of 4 sessions can show it and a 95 % "
        "interval takes 6; run at least 2 more seeds"
    )
    ends = [row for row in grid(10, lambda *_: 1) if row["position"] in {0.1, 0.9}]
    assert "no fact stands in the middle, and 0 of 10" in lost_in_the_middle(ends).overall.message
    middle = [row for row in grid(10, lambda *_: 1) if row["position"] in {0.4, 0.6}]
    assert "no fact stands near the ends" in lost_in_the_middle(middle).overall.message
    low = [row for row in grid(10, lambda *_: 1) if row["fill"] < 0.5]
    assert lost_in_the_middle(low).high_fill.message.startswith(
        "Too little to say whether the middle is lost past 50 % of the window: 0 of 0 sessions"
    )
    alike = [row | {"gap_tokens": round(row["fill"] * 1000)} for row in grid(10, lambda *_: 1)]
    assert gap_effect(alike).message.startswith(
        "Too little to say what distance costs: all gaps are alike, and 0 of 10"
    )
    empty = pl.DataFrame(grid(1, lambda *_: 1)).clear()
    assert gap_effect(empty).message.startswith("Too little to say what distance costs: 0 of 0")
    assert lost_in_the_middle(empty).overall.effect is None


# --- what is refused ------------------------------------------------------------------------------


def test_two_models_or_policies_are_never_pooled():
    rows = grid(8, lambda *_: 1)
    for field in ("model", "policy", "memory", "layout", "window_limit"):
        values = (8192, 16384) if field == "window_limit" else ("x", "y")
        mixed = [row | {field: values[i % 2]} for i, row in enumerate(rows)]
        words = f"this is about one {field} at a time; got {values[0]}, {values[1]}"
        if field == "window_limit":
            words = "this is about one window_limit at a time; got 16384, 8192"
        with pytest.raises(UsageError, match=words):
            gap_effect(mixed)


@pytest.mark.parametrize("high_fill", [1, -0.1, 50, float("nan")])
def test_high_fill_is_a_fraction(high_fill):
    with pytest.raises(UsageError, match=r"high_fill is .*, expected a fraction from 0 to below 1"):
        lost_in_the_middle([], high_fill=high_fill)


def test_a_level_is_a_fraction():
    with pytest.raises(UsageError, match="level is 95"):
        lost_in_the_middle([], level=95)
    with pytest.raises(UsageError, match="level is 95"):
        gap_effect([], level=95)


def test_a_column_that_is_missing_is_named():
    with pytest.raises(UsageError, match="the run, row 0: no column 'position'"):
        lost_in_the_middle([{"session": "a", "fill": 0.5, "score": 1}])
