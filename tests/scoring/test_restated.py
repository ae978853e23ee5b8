from __future__ import annotations

import pytest

from harness.core.scenario import Value
from harness.scoring.restated import gives_again, saying, speaks_of

SAID = "We looked at it again. The spare key for the annex hangs under tag KX-4417. Fine?"
KEY = Value("KX-4417")


@pytest.mark.parametrize(
    ("summary", "about"),
    [
        ("The spare key for the annex hangs under tag KX-4471.", True),
        ("- spare key of the annex: hangs under a tag", True),
        ("The annex was looked at. The key was discussed.", False),
        ("The spare key for the shed hangs under tag ZF-1200.", False),
        ("", False),
    ],
)
def test_a_summary_speaks_of_a_fact_by_its_words_whatever_value_it_gives(summary, about):
    assert speaks_of(summary, SAID, KEY, [Value("ZF-1200")]) == about


def test_a_sentence_that_holds_the_value_of_another_fact_is_about_that_fact():
    text = "The spare key for the annex hangs under tag QQ-7000."
    assert speaks_of(text, SAID, KEY, [])
    assert not speaks_of(text, SAID, KEY, [Value("QQ-7000")])


def test_the_sentence_that_says_a_value_is_found_in_a_long_result():
    result = f"line one\nnothing here\n{SAID}\nthe end"
    assert saying(result, KEY) == "The spare key for the annex hangs under tag KX-4417."
    assert saying("nothing here", KEY) == "nothing here"
    assert not speaks_of("Any text.", "KX-4417", KEY, [])


@pytest.mark.parametrize(
    ("summary", "again"),
    [
        ("Rules: Never write more than 15 words in one sentence. Goal: a page.", True),
        ("Rules:\n- one sentence never has more than 15 words when you write", True),
        ("Never write more than 25 words in one sentence.", False),
        ("The user cares about style.", False),
    ],
)
def test_a_rule_is_given_again_with_its_words_and_all_of_its_numbers(summary, again):
    assert gives_again(summary, "Never write more than 15 words in one sentence.") == again
