from __future__ import annotations

import pytest

from harness.core.quantities import date_of, dates, measures, nth_of, spelled


def items(text):
    return [(word, "") for word in text.split()]


@pytest.mark.parametrize(
    ("n", "nth"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (112, "112th"), (21, "21st")]
)
def test_ordinals_end_as_they_are_said(n, nth):
    assert nth_of(n) == nth


def test_a_gap_ends_a_number():
    assert spelled([("twenty", ""), ("five", ",")]) == [("20", ""), ("5", ",")]


def test_one_as_a_pronoun_is_no_number():
    assert spelled(items("the one of them")) == items("the one of them")
    assert spelled(items("only one dog")) == items("only 1 dog")


def test_a_sign_belongs_to_its_number():
    assert measures(items("minus 60 per cent")) == items("-60%")


@pytest.mark.parametrize("text", ["2026-13-40", "3/4/2026", "99/99/2026", "dry"])
def test_what_is_no_certain_date_is_none(text):
    assert date_of(text) == ()


def test_each_day_goes_to_its_own_month():
    assert dates(items("3 march 4 april 5 of may")) == items("march 3rd april 4th may 5th")
