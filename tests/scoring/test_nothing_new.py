from __future__ import annotations

import pytest

from harness.core.content_words import stem
from harness.core.text import words
from harness.scoring.nothing_new import says_nothing_new


def nothing_new(question, reply):
    return says_nothing_new(words(reply), {stem(word) for word in words(question)})


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("Who is the piano teacher?", "The piano teacher's name I was not told, sorry."),
        ("Which colour did the client choose?", "The client's colour went unmentioned."),
        ("Where do we meet?", "I may have missed where we meet; I have no note of it."),
        ("Where do we meet?", "We did not agree on a place, and I have none for that one."),
    ],
)
def test_a_denial_without_a_word_of_its_own_is_heard(question, reply):
    assert nothing_new(question, reply)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("Who is the piano teacher?", "You never told me, but it is Hale."),
        ("Where do we meet?", "It was not said before May."),
        ("Where do we meet?", "Not told, so 17."),
        ("Where do we meet?", "No."),
        ("Where do we meet?", "We meet here."),
        ("What is the cat called?", "No name."),
        ("Where do we meet?", "I have no note of it. " * 40),
    ],
)
def test_a_word_of_its_own_or_no_denial_of_knowing_is_an_answer(question, reply):
    assert not nothing_new(question, reply)
