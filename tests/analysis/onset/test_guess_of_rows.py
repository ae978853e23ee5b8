"""What guessing is worth is read from the rows, so that a floor of one half is no forgetting."""

from __future__ import annotations

import pytest

from harness.analysis.onset import estimate_onset


def rows(guess):
    """Half of all answers right at every fill: a reader that chooses one of two."""
    return [
        {"session": s, "fill": 0.02 + 0.045 * i, "score": float((s + i) % 2), "guess": guess}
        for s in range(12)
        for i in range(21)
    ]


def test_a_reader_at_the_guess_rate_is_poor_from_the_start():
    assert estimate_onset(rows(0.5)).verdict == "floor"
    assert estimate_onset(rows(0.0)).verdict != "floor"


@pytest.mark.parametrize(("given", "used"), [(None, 0.5), (0.25, 0.25)])
def test_what_the_caller_says_counts_before_what_the_rows_say(given, used):
    found = estimate_onset(rows(0.5)) if given is None else estimate_onset(rows(0.5), guess=given)
    assert found.guess == used


def test_rows_of_several_rates_are_fitted_with_their_mean():
    assert estimate_onset([*rows(0.5), *rows(0.0)]).guess == pytest.approx(0.25)
