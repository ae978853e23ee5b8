"""Other people's answers: which are graded by reading, as what, and which are not."""

from __future__ import annotations

import pytest

from harness.core.probe import Probe
from harness.core.scenario import Value
from harness.core.transcript import Asked
from harness.scoring import says_unknown, scorers
from harness.scoring.gold import BRIEFLY, grading, spellings


def asked(answer, *, ask="Which one was it?", evidence=(0,), rubric=""):
    answers = () if answer is None else (answer,)
    return Asked(id="q", ask=ask, answers=answers, evidence=evidence, rubric=rubric)


def score(found, reply):
    """What a reply is worth as the scenario of the question would have it graded."""
    kind = "set" if len(found.values) > 1 else "recall"
    probe = Probe(question_id="q", kind=kind, question="Which one was it?", expected=found.values)
    spec = found.score or ("set" if kind == "set" else "contains")
    return scorers.resolve(spec).score(probe, reply).value


@pytest.mark.parametrize(
    ("answer", "right", "wrong"),
    [
        ("beach, mountains", ["The mountains and the beach.", "beach; mountains"], ["the city"]),
        ("oats, rye, and wheat", ["Rye, wheat and oats."], ["barley"]),
        ("1. oats 2. rye", ["rye and oats"], ["barley"]),
        ("Romeo and Juliet", ["Juliet and Romeo"], ["Hamlet"]),
        ("2019, 2021", ["In 2021 and in 2019."], ["2020"]),
        ("in 2010", ["2010", "It was in 2010."], ["2011"]),
        ("around 5 hours", ["5 hours", "five hours"], ["6 hours"]),
        ("25 minutes and 50 seconds (or 25:50)", ["25:50", "25 minutes and 50 seconds"], ["26:50"]),
        ("7 days. 8 days is also acceptable", ["7 days", "8 days"], ["9 days"]),
        ("7 days. 8 days (including the last day) is also acceptable.", ["8 days"], ["9 days"]),
        ("7 days (8 days is also acceptable)", ["7 days", "8 days"], ["9 days"]),
        ("NYC, also known as New York City", ["New York City", "NYC"], ["Boston"]),
        ("7 May, 2023", ["7 May 2023", "May 7th, 2023"], ["8 May 2023"]),
        ("Yes, since she moved", ["Yes.", "Yes, she did.", "Most likely yes"], ["No.", "In May."]),
        ("Likely no", ["No, not really.", "Probably not.", "She would not."], ["Yes."]),
    ],
)
def test_an_answer_is_right_in_the_ways_in_which_it_can_be_said(answer, right, wrong):
    found = grading(asked(answer))
    assert found.way == "reading"
    assert [score(found, reply) for reply in (answer, *right)] == [1.0] * (len(right) + 1)
    assert [score(found, reply) for reply in wrong] == [0.0] * len(wrong)


def test_a_part_of_a_list_is_a_part_of_the_score():
    assert 0.0 < score(grading(asked("oats, rye, wheat")), "rye") < 1.0


def test_who_is_asked_for_yes_or_no_is_told_to_begin_with_it():
    assert grading(asked("Yes")).ask == BRIEFLY


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "The information provided is not enough. You mentioned a fence but did not mention cows.",
        "You did not mention this information. You mentioned your cat but not a dog.",
        "Not mentioned", "unanswerable", "It cannot be determined from the conversation.",
    ],
)  # fmt: skip
def test_an_answer_that_says_that_it_was_never_said_is_an_abstention(answer):
    assert grading(asked(answer)).way == "abstain"
    assert answer is None or says_unknown(answer)


@pytest.mark.parametrize(
    ("question", "way", "why"),
    [
        (
            asked("Because the storm had taken the roof off the barn"),
            "judge",
            "longer than 8 words",
        ),
        (asked("She went to the market at noon"), "judge", "its answer is a sentence"),
        (asked("red", ask="Red or blue?"), "judge", "its answer stands in it"),
        (asked("red, blue", ask="Red or blue?"), "judge", "its answer stands in it"),
        (asked("?!"), "none", "its answer has no letter or digit"),
        (asked("red", evidence=()), "none", "its evidence is not in the conversation"),
        (asked("First the roof, then the floor"), "judge", "its answer is an order of things"),
        (asked("roof, floor", ask="In which order?"), "judge", "its answer is an order of things"),
        (asked("no idea what"), "abstain", ""),
    ],
)
def test_what_reading_cannot_grade_says_why(question, way, why):
    found = grading(question)
    assert found.way == way
    assert why in found.why


def test_a_rubric_goes_to_the_judge_where_reading_does_not_do():
    long = "Because the storm had taken the roof off the barn and the doors"
    found = grading(asked(long, rubric="names roof, floor and doors in this order"))
    assert (
        str(found.score) == "judge?rubric=names%20roof,%20floor%20and%20doors%20in%20this%20order"
    )
    assert grading(asked("06:25", rubric="should state 06:25")).way == "reading"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("four weeks, or 28 days", ("four weeks", "28 days")),
        ("either red or blue", ("red", "blue")),
        ("to provide support for others", ("provide support for others",)),
        ("oats, rye or wheat", ("oats, rye or wheat",)),
        ("a bus (number 5)", ("bus",)),
        ("the", ("the",)),
    ],
)
def test_spellings_are_what_an_answer_says_is_right_as_well(answer, found):
    assert spellings(answer) == found


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("Yes.", 1.0), ("Yes, although not often.", 1.0), ("I think so: yes", 1.0),
        ("Correct, she does.", 1.0), ("Probably.", 1.0), ("No", 0.0), ("She does not.", 0.0),
        ("Unlikely.", 0.0), ("I do not know.", 0.0), ("I am not sure.", 0.0), ("In May.", 0.0),
        ("", 0.0), ("It was not mentioned.", 0.0),
    ],
)  # fmt: skip
def test_yes_is_read_where_it_is_said_first(reply, said):
    probe = Probe(question_id="q", kind="recall", question="Is it?", expected=(Value("Yes"),))
    assert scorers.resolve("yes_no").score(probe, reply).value == said


def test_yes_no_measures_nothing_where_neither_is_expected():
    probe = Probe(question_id="q", kind="recall", question="Is it?", expected=(Value("in May"),))
    found = scorers.resolve("yes_no").score(probe, "Yes")
    assert (found.value, found.why) == (None, "No yes or no is expected.")
