"""Differences of onsets keep open what was not measured."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from harness.analysis.calibration.simulated_laws import LAWS, SimulatedLaw
from harness.analysis.onset import OnsetEstimate, difference, estimate_onset, simulate
from harness.core.errors import UsageError


def step(edge: float) -> SimulatedLaw:
    return SimulatedLaw(name="step", probability=lambda x, p: np.where(x > edge, 0.5, 0.95) + 0 * p)


@cache
def early() -> OnsetEstimate:
    return estimate_onset(simulate(step(0.3), np.random.default_rng(1)))


@cache
def late() -> OnsetEstimate:
    return estimate_onset(simulate(step(0.7), np.random.default_rng(2)))


@cache
def never() -> OnsetEstimate:
    return estimate_onset(simulate(LAWS["none"], np.random.default_rng(1)))


def test_the_difference_of_two_onsets_holds_the_truth():
    found = difference(early(), late())
    assert found.lo <= 0.4 <= found.hi
    assert found.delta == pytest.approx(0.4, abs=0.08)
    assert found.probability_a_earlier > 0.99


def test_turning_it_round_turns_the_sign():
    one, other = difference(early(), late()), difference(late(), early())
    assert (other.lo, other.hi) == pytest.approx((-one.hi, -one.lo), abs=0.003)
    assert other.probability_b_earlier == pytest.approx(one.probability_a_earlier)


def test_a_model_that_never_forgot_is_later_by_at_least_something():
    found = difference(early(), never())
    assert found.hi is None
    assert found.delta is None
    assert found.lo > 0.3
    assert found.probability_a_earlier > 0.99


def test_nobody_knows_which_of_two_unforgetting_models_is_first():
    found = difference(never(), never())
    assert (found.delta, found.lo, found.hi) == (None, None, None)
    assert found.probability_unknown > 0.5


def test_probabilities_sum_to_one():
    for a, b in ((early(), late()), (late(), never()), (early(), early())):
        found = difference(a, b)
        total = (
            found.probability_a_earlier + found.probability_b_earlier + found.probability_unknown
        )
        assert total == pytest.approx(1)


def test_a_model_against_itself_is_even():
    found = difference(early(), early())
    assert found.delta == 0.0
    assert found.probability_a_earlier == pytest.approx(found.probability_b_earlier)


def test_without_an_answer_there_is_no_difference():
    found = difference(early(), estimate_onset([]))
    assert (found.delta, found.lo, found.hi, found.probability_unknown) == (None,) * 4
    assert found.missing == f"b: {estimate_onset([]).message}"


def test_onsets_of_different_criteria_are_not_compared():
    other = estimate_onset(simulate(step(0.3), np.random.default_rng(1)), criterion=0.1)
    with pytest.raises(UsageError, match=r"Onsets with different criterion: 0.05 and 0.1; use one"):
        difference(early(), other)
