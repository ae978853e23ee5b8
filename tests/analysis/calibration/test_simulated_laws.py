"""The laws of known onset say the onset that their formulas have."""

from __future__ import annotations

import numpy as np
import pytest

from harness.analysis.calibration.simulated_laws import LAWS, law_named, law_onset
from harness.core.errors import UsageError


@pytest.mark.parametrize(
    ("law", "onset"),
    [
        ("step", 0.6),
        ("linear", 0.4 + 0.6 * 0.05 / 0.4),
        ("accelerating", (0.05 / 0.45) ** (1 / 3)),
        ("stairs", 0.35),
    ],
)
def test_the_onset_is_where_the_formula_has_lost_five_points(law, onset):
    assert law_onset(law) == pytest.approx(onset, abs=0.002)


def test_a_law_that_never_loses_the_criterion_has_no_onset():
    assert law_onset("none") is None
    assert law_onset("small") is None


def test_a_smaller_criterion_is_reached_earlier():
    assert law_onset("small", 0.015) == pytest.approx(0.5, abs=0.03)
    assert law_onset("logistic", 0.1) > law_onset("logistic", 0.05)


def test_the_marginal_averages_over_positions():
    window = law_named("window")
    seen = 0.6 / 0.8
    expected = 0.95 * seen + 0.03 * (1 - seen)
    assert window.marginal(np.array([0.8]))[0] == pytest.approx(expected, abs=0.003)


def test_every_law_is_a_chance_everywhere():
    grid = np.linspace(0, 1, 101)
    for law in LAWS.values():
        recall = law.probability(grid[:, None], grid[None, :])
        assert recall.shape == (101, 101)
        assert np.all((recall >= 0) & (recall <= 1)), law.name


def test_an_unknown_law_is_refused_with_the_nearest_name():
    with pytest.raises(UsageError, match="Unknown law 'stepp': did you mean 'step'"):
        law_onset("stepp")
