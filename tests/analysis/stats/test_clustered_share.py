from __future__ import annotations

import numpy as np
import pytest

from harness.analysis.stats.clustered_share import clustered_share


@pytest.mark.parametrize("share", [0.1, 0.5])
@pytest.mark.parametrize("spread", [0.0, 3.0], ids=["alike", "sessions differ"])
def test_the_interval_holds_the_truth_whether_sessions_differ_or_not(share, spread):
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(300):
        n = rng.integers(4, 9, size=15)
        own = np.full(15, share)
        if spread:
            own = rng.beta(share * spread, (1 - share) * spread, size=15)
        found = clustered_share(rng.binomial(n, own), n)
        held += found.lo <= share <= found.hi
    assert held / 300 > 0.92


def test_sessions_that_differ_make_the_interval_wider():
    alike = clustered_share([3] * 10, [6] * 10)
    apart = clustered_share([0, 6] * 5, [6] * 10)
    assert alike.recall == apart.recall == 0.5
    assert apart.hi - apart.lo > 1.5 * (alike.hi - alike.lo)


def test_all_or_nothing_is_not_taken_for_certain_and_one_session_for_nothing():
    assert clustered_share([6] * 10, [6] * 10).lo < 0.95
    one = clustered_share([3], [6])
    assert (one.lo, one.hi) == (0.0, 1.0)
    assert clustered_share([], []) is None
    assert clustered_share([0.0], [0]) is None
