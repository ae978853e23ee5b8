from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from harness.analysis.stats.repeats_luck import luck


def study(shared, seed, *, sessions=24, items=6, repeats=3, survive=0.6):
    """Items that survive with that probability; of a share of them all repeats do the same."""
    rng = np.random.default_rng(seed)
    rows = []
    for session in range(sessions):
        for item in range(items):
            one = rng.random() < survive
            same = rng.random() < shared
            for _ in range(repeats):
                hit = one if same else rng.random() < survive
                rows.append((f"s{session}", f"s{session}/{item}", item % 2, float(hit)))
    return pl.DataFrame(rows, schema=["session", "item", "stratum", "hit"], orient="row")


@pytest.mark.parametrize("shared", [0.0, 0.3, 0.7, 1.0])
def test_the_share_of_luck_is_found_again(shared):
    found = [luck(study(shared, seed)) for seed in range(40)]
    mean = np.mean([one.share for one in found])
    assert abs(mean - (1 - shared)) < 0.06
    covered = np.mean([one.lo <= 1 - shared <= one.hi for one in found])
    assert covered >= 0.85


def test_what_does_not_vary_or_is_not_repeated_tells_nothing():
    assert luck(study(0.0, 1, survive=1.0)) is None
    assert luck(study(0.0, 1, repeats=1)) is None
    assert luck(study(0.0, 1).clear()) is None


def test_two_sessions_have_a_share_and_no_interval():
    found = luck(study(0.0, 1, sessions=2))
    assert (found.lo, found.hi) == (None, None)
