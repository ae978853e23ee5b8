from __future__ import annotations

import doctest

import numpy as np
import pytest

from harness.analysis.stats import paired_tests
from harness.analysis.stats.paired_tests import holm, holm_rows


def by_hand(p_values):
    """Step down: the k-th smallest is multiplied by what is left, and never falls below another."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    return [
        max(min(1.0, (len(p_values) - k) * p_values[order[k]]) for k in range(order.index(i) + 1))
        for i in range(len(p_values))
    ]


def test_the_examples_are_true():
    assert doctest.testmod(paired_tests).failed == 0


def test_holm_steps_down_from_the_smallest_in_every_row():
    p = np.random.default_rng(1).random((20, 5)) ** 3
    assert holm_rows(p) == pytest.approx(np.array([by_hand(row.tolist()) for row in p]))


def test_no_p_value_stays_none():
    assert holm([]) == ()
