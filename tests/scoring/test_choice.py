from __future__ import annotations

import pytest

from harness.scoring.choice import Choice


@pytest.mark.parametrize(
    ("text", "value"),
    [("dry", 1.0), ("It is dry.", 1.0), ("dry or tender", 0.0), ("tender", 0.0), ("", 0.0)],
)
def test_one_option_is_picked(tone, text, value):
    assert Choice().score(tone, text).value == value


def test_repeating_the_options_of_the_question_is_no_choice(probe):
    asked = probe("dry", decoys=["tender"], question="Is it tender or dry?")
    score = Choice().score(asked, "tender or dry")
    assert score.value == 0.0
    assert score.why == "The reply names 'tender', a value never said here."
    assert Choice().score(asked, "dry").value == 1.0


def test_without_a_value_there_is_nothing_to_measure(probe):
    assert Choice().score(probe(), "dry").value is None
