"""What is said of the tail of a session, case by case: no more than the interval allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.summary.adherence_model import Tail
from harness.reports.sections.rule_adherence import ending


def tail(start: float, end: float, lo: float | None, hi: float | None) -> Tail:
    return Tail(
        what="adherence", n_sessions=7, start=start, end=end, effect=end - start, lo=lo, hi=hi,
        p_value=None,
    )  # fmt: skip


CASES = [
    # start, end, interval of the difference, what may be said
    (0.40, 0.90, 0.30, 0.70, "is better than its start: 90 % against 40 %"),
    (1.00, 0.39, -0.80, -0.40, "is worse than its start: 39 % against 100 %"),
    (0.98, 0.97, -0.04, 0.03, "is as good as its start: 97 % against 98 %"),
    (1.00, 0.39, -1.00, 0.05, "is not surely better or worse than its start: 39 % against 100 %"),
    (0.90, 0.92, -0.20, 0.24, "is not surely better or worse than its start: 92 % against 90 %"),
    (1.00, 0.39, None, None, "too few sessions to say how the last third of a session compares"),
]


@pytest.mark.parametrize(("start", "end", "lo", "hi", "expected"), CASES)
def test_the_sentence_says_what_the_interval_says(start, end, lo, hi, expected) -> None:
    assert expected in ending(tail(start, end, lo, hi))


@given(start=st.floats(0, 1), end=st.floats(0, 1), below=st.floats(0, 1), above=st.floats(0, 1))
def test_as_good_as_its_start_is_never_said_of_ends_that_lie_apart(start, end, below, above):
    difference = end - start
    words = ending(tail(start, end, difference - below, difference + above))
    if "as good as its start" in words:
        assert abs(difference) <= 0.05
    if " better than its start" in words.replace("not surely better", ""):
        assert difference > 0
