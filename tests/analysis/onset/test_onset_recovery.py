"""The estimator gets back onsets that are known, and claims none where there is none."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from harness.analysis.calibration.simulated_laws import LAWS, SimulatedLaw, law_onset
from harness.analysis.onset import OnsetEstimate, estimate_onset, simulate
from harness.analysis.onset.result import percent

WITH_ONSET = [name for name, law in LAWS.items() if law.claimable and law_onset(law) is not None]
WITHOUT = ["none", "small"]


@cache
def studied(law: str, seed: int, n: int = 600) -> OnsetEstimate:
    return estimate_onset(simulate(LAWS[law], np.random.default_rng([seed, n]), n=n))


@pytest.mark.parametrize("law", WITH_ONSET)
def test_the_interval_holds_the_true_onset(law):
    truth = law_onset(law)
    covered = [(found := studied(law, seed)).lo <= truth <= found.hi for seed in range(4)]
    assert sum(covered) >= 3


@pytest.mark.parametrize("law", WITH_ONSET)
def test_the_median_lies_near_the_true_onset(law):
    errors = [studied(law, seed).onset - law_onset(law) for seed in range(4)]
    assert abs(float(np.median(errors))) < 0.12


@pytest.mark.parametrize("law", WITHOUT)
def test_no_onset_is_claimed_where_there_is_none(law):
    for seed in range(4):
        found = studied(law, seed)
        assert found.verdict == "not_reached"
        assert (found.detected, found.onset, found.hi) == (False, None, None)
        assert found.lo > 0.1


def test_no_onset_is_claimed_of_a_model_that_is_poor_from_the_start():
    for seed in range(4):
        found = studied("floor", seed)
        assert found.verdict == "floor"
        assert (found.onset, found.lo, found.hi, found.posterior) == (None, None, None, None)
        assert found.plateau < 0.2
        assert found.message.startswith("poor from the start (plateau ")
        assert found.message.endswith("no onset can be told")


def test_more_probes_narrow_the_interval():
    few, many = studied("logistic", 1), studied("logistic", 1, 3000)
    assert many.hi - many.lo < 0.7 * (few.hi - few.lo)


def test_the_sentence_says_where_forgetting_begins():
    found = studied("step", 0)
    assert found.message == (
        f"forgetting begins at {percent(found.onset)} of the window "
        f"(95 % interval {percent(found.lo).removesuffix(' %')} to {percent(found.hi)})"
    )


def test_not_reached_says_how_small_a_drop_it_could_have_seen():
    few, many = studied("none", 0), studied("none", 0, 3000)
    assert few.message.startswith("no drop of 5 points or more")
    assert "smallest drop this run could see: " in few.message
    assert few.criterion < many.smallest_drop < few.smallest_drop < 0.2


def test_a_lower_bound_at_the_end_of_the_range_needs_no_excuse():
    rows = [
        {"session": s, "fill": f, "score": 1.0}
        for s in range(40)
        for f in (0.02, 0.03, 0.04, 0.25, 0.5, 0.75, 0.9, 1.0)
        for _ in range(10)
    ]
    found = estimate_onset(rows)
    assert (found.verdict, found.lo, found.hi) == ("not_reached", 1.0, None)
    assert found.message.startswith("no drop of 5 points or more up to 100 % of the window;")


def test_a_constant_miss_rate_belongs_to_the_plateau():
    law = SimulatedLaw(name="lapses", probability=lambda x, p: np.where(x > 0.6, 0.4, 0.8) + 0 * p)
    found = estimate_onset(simulate(law, np.random.default_rng(3), n=1200))
    assert found.plateau_lo <= 0.8 <= found.plateau_hi
    assert found.lo <= 0.6 <= found.hi


def test_a_guess_rate_is_no_memory():
    law = SimulatedLaw(
        name="choice", probability=lambda x, p: np.where(x > 0.5, 0.25, 0.95) + 0 * p
    )
    rows = simulate(law, np.random.default_rng(4))
    found = estimate_onset(rows, guess=0.25)
    assert found.lo <= 0.5 <= found.hi
    assert found.guess == 0.25
    chance = SimulatedLaw(name="chance", probability=lambda x, p: 0.3 + 0 * x + 0 * p)
    guessing = estimate_onset(simulate(chance, np.random.default_rng(4)), guess=0.25)
    assert guessing.verdict == "floor"


def test_scores_between_zero_and_one_are_partial_successes():
    rows = simulate(LAWS["step"], np.random.default_rng(5)).with_columns(
        score=0.1 + 0.8 * pl.col("score")
    )
    found = estimate_onset(rows)
    assert found.lo <= 0.6 <= found.hi
    assert found.plateau == pytest.approx(0.1 + 0.8 * 0.95, abs=0.04)


def test_a_run_that_stops_half_way_speaks_of_what_it_measured():
    rows = simulate(LAWS["step"], np.random.default_rng(6)).filter(pl.col("fill") <= 0.5)
    found = estimate_onset(rows)
    assert found.verdict == "not_reached"
    assert found.max_fill <= 0.5
    assert found.posterior.max_fill == found.max_fill


def test_exact_levels_round_the_interval_outward_to_levels():
    levels = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9)
    rows = [
        {"session": s, "fill": f, "score": float(f < 0.6)}
        for s in range(20)
        for f in levels
        for _ in range(3)
    ]
    found = estimate_onset(rows)
    assert (found.lo, found.hi) == (0.5, 0.7)


def test_fills_past_the_ceiling_are_measured_too():
    rows = [
        {"session": s, "fill": f / 20, "score": float(f < 22)}
        for s in range(20)
        for f in range(1, 25)
    ]
    found = estimate_onset(rows)
    assert found.lo <= 1.1 <= found.hi
    assert found.max_fill == 1.2


def test_without_controls_the_answer_says_so():
    rows = simulate(LAWS["step"], np.random.default_rng(7)).filter(pl.col("fill") > 0.1)
    found = estimate_onset(rows)
    assert not found.has_controls
    assert found.lo <= 0.6 <= found.hi
    assert "no probe of the nearly empty window, so the drop is counted from" in found.message


def test_the_curve_falls_and_lies_within_its_band():
    found = studied("linear", 0)
    fills = [point.fill for point in found.curve]
    recalls = [point.recall for point in found.curve]
    assert fills == sorted(fills)
    assert fills[-1] == found.max_fill
    assert all(a >= b - 1e-9 for a, b in pairwise(recalls))
    assert all(0 <= point.lo <= point.recall <= point.hi <= 1 for point in found.curve)
    assert recalls[0] == pytest.approx(found.plateau)


def test_the_band_covers_most_of_the_true_curve():
    law = LAWS["linear"]
    inside = []
    for seed in range(4):
        for point in studied("linear", seed).curve[2:]:
            truth = law.marginal(np.array([point.fill]))[0]
            inside.append(point.lo <= truth <= point.hi)
    assert np.mean(inside) > 0.85


def test_the_posterior_sums_to_one_and_gives_the_median():
    found = studied("logistic", 0)
    posterior = found.posterior
    assert sum(posterior.weights) + posterior.past == pytest.approx(1)
    assert posterior.median == found.onset
    assert posterior.quantile(0.5) - 0.0025 <= found.onset <= posterior.quantile(0.5)
    assert found.probability_none == posterior.past < 0.025


def test_sessions_that_differ_in_their_drop_widen_the_interval():
    rng = np.random.default_rng(8)
    rows = [
        {"session": s, "fill": fill, "score": float(rng.random() < (0.95 if fill < edge else 0.4))}
        for s, edge in enumerate(np.linspace(0.2, 1.2, 12))
        for fill in np.concatenate((rng.uniform(0.01, 0.05, 15), np.linspace(0.06, 1, 45)))
    ]
    clustered = estimate_onset(rows)
    alone = estimate_onset([{**row, "session": i} for i, row in enumerate(rows)])
    assert clustered.phi > 2 > alone.phi
    assert (clustered.hi or 1.0) - clustered.lo > alone.hi - alone.lo
