"""How many trials, how many seeds: the formula, the published table, and trials by simulation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.analysis.calibration.simulated_laws import LAWS
from harness.analysis.onset import estimate_onset, simulate
from harness.analysis.stats.power import (
    WIDTHS,
    seeds_for_half_width,
    seeds_to_detect,
    trials_needed,
)
from harness.core.errors import UsageError

unhurried = settings(deadline=None)  # a loaded machine is no failure

TABLE = {
    0.04: (619, 275, 118, 56),
    0.08: (1237, 550, 198, 56),
    0.12: (1855, 825, 297, 75),
    0.20: (3092, 1374, 495, 124),
}
"""Scored trials for power 0.8 at one-sided 0.05, by share of discordant pairs; margins below."""
MARGINS = (0.02, 0.03, 0.05, 0.10)


@pytest.mark.parametrize("discordant", TABLE)
def test_the_table_of_trials_needed_is_reproduced_exactly(discordant):
    found = tuple(trials_needed(margin, discordant, per_session=1) for margin in MARGINS)
    assert found == TABLE[discordant]


def test_ten_probes_a_session_cost_1_45_times_as_many():
    for discordant, row in TABLE.items():
        for margin, trials in zip(MARGINS, row, strict=True):
            assert trials_needed(margin, discordant) == pytest.approx(1.45 * trials, abs=1.5)


@pytest.mark.parametrize(("margin", "discordant"), [(0.05, 0.12), (0.1, 0.2), (0.05, 0.05)])
def test_simulated_pairs_of_that_number_have_the_power_that_was_asked_for(margin, discordant):
    n = trials_needed(margin, discordant, per_session=1)
    rng = np.random.default_rng(n)
    differ = rng.multinomial(n, (discordant / 2, discordant / 2, 1 - discordant), size=4000)
    effect = (differ[:, 0] - differ[:, 1]) / n
    spread = np.sqrt(((differ[:, 0] + differ[:, 1]) / n - effect**2) / (n - 1))
    passed = effect - stats.t.ppf(0.95, n - 1) * spread > -margin
    assert passed.mean() == pytest.approx(0.8, abs=0.03)


@unhurried
@given(st.floats(0.01, 0.4), st.floats(0, 1), st.integers(1, 100))
def test_more_is_needed_for_smaller_margins_more_noise_and_larger_sessions(margin, share, size):
    trials = trials_needed(margin, share, per_session=size)
    assert trials >= 1
    assert trials_needed(margin / 2, share, per_session=size) >= trials
    assert trials_needed(margin, min(1.0, share + 0.1), per_session=size) >= trials
    assert trials_needed(margin, share, per_session=size + 1) >= trials
    assert trials_needed(margin, share, per_session=size, power=0.9) >= trials


def test_seeds_to_detect_are_trials_over_the_probes_of_a_seed():
    assert trials_needed(0.05, 0.12, per_session=10) == 431
    assert seeds_to_detect(0.05, 10) == 44
    # a hundred more probes in a session tell little that is new
    assert seeds_to_detect(0.05, 110) == 18
    # an interval of that level takes five sessions however large the drop
    assert seeds_to_detect(0.9, 50) == 5


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((0, 0.1), {}, "margin is 0, expected a fraction between 0 and 1"),
        ((5, 0.1), {}, "margin is 5"),
        ((0.05, 1.1), {}, "discordant is 1.1"),
        ((0.05, 0.1), {"power": 80}, "power is 80"),
        ((0.05, 0.1), {"alpha": 0}, "alpha is 0"),
        ((0.05, 0.1), {"correlation": -0.1}, "correlation is -0.1"),
        ((0.05, 0.1), {"per_session": 0}, "per_session is 0, expected a whole number from 1"),
    ],
)
def test_what_is_no_fraction_is_refused(arguments, options, words):
    with pytest.raises(UsageError, match=words):
        trials_needed(*arguments, **options)


# --- the width of an onset ------------------------------------------------------------------------


def test_the_measured_widths_are_given_back_at_their_own_numbers_of_probes():
    for probes, *widths in WIDTHS:
        for name, width in zip(("easy", "typical", "hard"), widths, strict=True):
            found = getattr(seeds_for_half_width(width / 2, 20), name)
            assert found == pytest.approx(probes / 20, abs=1.01)


@unhurried
@given(st.floats(0.004, 0.45), st.integers(1, 200))
def test_a_narrower_interval_takes_more_seeds_and_the_three_numbers_are_in_order(half, probes):
    found = seeds_for_half_width(half, probes)
    assert 6 <= found.easy <= found.typical <= found.hard
    narrower = seeds_for_half_width(half / 1.1, probes)
    assert narrower.typical >= found.typical
    assert narrower.hard >= found.hard


def test_between_and_beyond_the_measured_widths_the_rule_has_no_jump():
    halves = np.geomspace(0.003, 0.45, 400)
    for name in ("easy", "typical", "hard"):
        seeds = [getattr(seeds_for_half_width(float(half), 1), name) for half in halves]
        assert all(a >= b > 0.85 * a - 1 for a, b in itertools.pairwise(seeds))


def test_beyond_the_measured_widths_half_the_width_takes_four_times_the_probes():
    for half in (0.01, 0.005):
        found, narrower = (seeds_for_half_width(h, 1) for h in (half, half / 2))
        assert narrower.typical == pytest.approx(4 * found.typical, rel=0.001)
    assert seeds_for_half_width(0.24, 1).typical == pytest.approx(200 * (0.42 / 0.48) ** 2, abs=1)


def test_the_sentence_says_the_range_and_where_it_leaves_what_was_measured():
    found = seeds_for_half_width(0.03, 20)
    assert found.message == (
        f"An onset to within 3 % of the window takes about {found.typical} seeds of 20 probes "
        f"({found.easy} if recall falls in one step, {found.hard} if it falls little by little)"
    )
    assert 250 < found.typical < 450
    assert seeds_for_half_width(0.005, 20).message.endswith("beyond what was simulated")


@pytest.mark.parametrize("half_width", [0, 0.5, 3, float("nan")])
def test_a_half_width_is_a_fraction_of_the_window(half_width):
    with pytest.raises(
        UsageError, match=r"half_width is .*, expected a fraction between 0 and 0.5"
    ):
        seeds_for_half_width(half_width, 20)


def test_a_seed_has_probes():
    with pytest.raises(UsageError, match="probes_per_seed is 0, expected a whole number from 1"):
        seeds_for_half_width(0.1, 0)


def test_the_shipped_estimator_has_the_widths_that_the_rule_was_read_from():
    widths = []
    for name in ("step", "linear", "distance", "stairs"):
        for study in range(3):
            rows = simulate(LAWS[name], np.random.default_rng([study, 9]), n=2000, sessions=100)
            found = estimate_onset(rows)
            widths.append((found.hi or 1.0) - found.lo)
    _, easy, typical, hard = next(row for row in WIDTHS if row[0] == 2000)
    assert min(widths) < 2 * easy
    assert np.mean(widths) == pytest.approx(typical, rel=0.35)
    assert max(widths) < 2 * hard
