from __future__ import annotations

import pytest

from harness.core.errors import UsageError
from harness.scoring import scorers
from harness.scoring.number import Number

COUNT = "How many guests are coming to the dinner on 3 March?"


@pytest.mark.parametrize(
    ("expected", "text", "value"),
    [
        ("15", "15", 1.0),
        ("15", "fifteen", 1.0),
        ("15", "There are **15** guests.", 1.0),
        ("15", "15 guests, on March 3rd", 1.0),
        ("15", "15 guests on 3 March 2026 at 12:30", 1.0),
        ("15", "The one you asked for is 15.", 1.0),
        ("15", "15 guests, on the 4th floor", 1.0),
        ("15", "15.0", 1.0),
        ("15", "150", 0.0),
        ("15", "-15", 0.0),
        ("15", "not 15", 0.0),
        ("15", "15 or 16", 0.0),
        ("15", "", 0.0),
        ("15", "a few", 0.0),
        ("15", "15%", 0.0),
        ("15", "KX-15", 0.0),
        ("1500", "1.5k", 1.0),
        ("1500", "1.5 k", 1.0),
        ("1,500", "one thousand five hundred", 1.0),
        ("1.5k", "1,500", 1.0),
        ("2 million", "2m", 1.0),
        ("2000000000", "2bn", 1.0),
        ("$1,500", "1500", 1.0),
        ("$1,500", "1500 dollars", 1.0),
        ("$1,500", "€1,500", 0.0),
        ("60%", "60 per cent", 1.0),
        ("60%", "60", 0.0),
        ("0.6", "60%", 0.0),
        ("10 to 15", "10 to 15", 1.0),
        ("10 to 15", "15", 0.0),
        ("third", "the third", 1.0),
        ("007", "7", 1.0),
    ],
)
def test_numbers_are_read_as_people_write_them(probe, expected, text, value):
    score = Number().score(probe(expected, question=COUNT), text)
    assert score.value == value, score.why


def test_a_bare_number_is_a_share_when_the_question_asks_for_one(probe):
    asked = probe("60%", question="What percentage was agreed?")
    assert Number().score(asked, "60").value == 1.0


def test_numbers_of_the_question_are_no_guess(probe):
    asked = probe("15", question="How many of the 40 guests said yes?")
    assert Number().score(asked, "15 of the 40 guests").value == 1.0


def test_wrong_values_that_are_no_numbers_count_too(probe):
    score = Number().score(probe("15", planted=["Oslo"]), "15, in Oslo")
    assert (score.value, score.why) == (0.0, "The reply names 'Oslo', the value of another fact.")


def test_a_tolerance_reaches_both_ways_and_no_further(probe):
    near = Number(tolerance=0.5)
    values = [near.score(probe("15"), text).value for text in ("14.5", "15.5", "15.6", "14.4")]
    assert values == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("text", ["-1", "nan", "inf"])
def test_a_tolerance_below_zero_is_refused(text):
    with pytest.raises(UsageError, match=r"tolerance=\S+: expected a number from 0 up"):
        scorers.resolve(f"number?tolerance={text}")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("15", "The reply gives '15'."),
        ("16", "The reply does not give 15."),
        ("not 15", "The reply denies 15."),
        ("15 or 1600", "The reply gives another number, 1600."),
    ],
)
def test_the_reason_is_told(probe, text, why):
    assert Number().score(probe("15"), text).why == why


def test_another_currency_is_told(probe):
    why = "The reply gives the number in another currency."
    assert Number().score(probe("$15"), "15 euros").why == why


def test_a_value_without_a_number_is_not_measured(probe):
    score = Number().score(probe("dry"), "15")
    assert score.value is None
    assert score.why == "'dry' holds no number; score it with 'contains'."


def test_without_a_value_there_is_nothing_to_measure(probe):
    assert Number().score(probe(), "15").value is None
