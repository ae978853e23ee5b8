"""The lengths that others report hold the truth of the law."""

from __future__ import annotations

import numpy as np
import pytest

import harness
from harness.analysis.calibration.simulated_laws import LAWS
from harness.analysis.calibration.token_laws import law_in_tokens, simulate_tokens
from harness.analysis.onset import simulate
from harness.core.errors import UsageError


def holds(length, truth: float | None) -> bool:
    if truth is None:
        return length.hi is None
    return length.lo_tokens <= truth + 1 and (length.hi is None or truth <= length.hi_tokens + 1)


@pytest.mark.parametrize("name", ["step", "logistic", "linear", "power", "middle", "none"])
@pytest.mark.parametrize("window", [32_000, 1_000_000])
def test_the_intervals_hold_the_lengths_of_the_law(name, window):
    law = law_in_tokens(name, window, None if name == "none" else 5_000)
    found = harness.estimate_lengths(simulate_tokens(law, np.random.default_rng(4), n=2000))
    assert holds(found.ruler, law.first_below(0.856))
    assert holds(found.nolima, law.first_below(0.85 * law.plateau))
    assert holds(found.half_life, law.first_below(0.5 * law.plateau))
    assert found.auc_lo - 0.01 <= law.auc() <= found.auc_hi + 0.01
    assert (found.from_tokens, found.level) == (1_000, 0.95)


def test_a_length_past_the_window_is_open():
    found = harness.estimate_lengths(simulate(LAWS["none"], np.random.default_rng(1)))
    assert (found.ruler.fill, found.ruler.hi) == (None, None)
    assert found.half_life.lo == pytest.approx(1.0, abs=0.05)
    assert found.ruler.tokens is None


def test_a_plateau_under_the_bar_has_no_length():
    rows = simulate(LAWS["floor"], np.random.default_rng(1))
    assert harness.estimate_lengths(rows).ruler.fill == 0.0


def test_the_bar_of_nolima_is_a_share_of_its_own_plateau():
    found = harness.estimate_lengths(simulate(LAWS["step"], np.random.default_rng(1)))
    assert found.nolima.bar == pytest.approx(0.85 * 0.95, abs=0.03)
    assert found.nolima.lo <= 0.6 <= found.nolima.hi


def test_too_little_to_tell_is_refused_with_its_reason():
    with pytest.raises(UsageError, match="no lengths can be told; cannot tell: no probes"):
        harness.estimate_lengths([])
