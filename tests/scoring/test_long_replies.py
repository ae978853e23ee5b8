"""Whatever a model writes is graded, in time that grows with its length and no faster."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.probe import Probe, Reply
from harness.core.scenario import Value
from harness.core.text import read
from harness.scenarios.generators import SHAPES
from harness.scoring import abstains, check_scorer, refuses, score_and_attribute, scorers
from harness.scoring.conformance import PROBES
from harness.scoring.rules import check_rule, kept, rules
from tests.support.hostile_texts import CATEGORIES, hostile, nested, of_category

PROBE = Probe(
    question_id="tone",
    kind="recall",
    question="Which brand voice did the art director ask for?",
    expected=(Value("dry", ("bone-dry",)), Value("5417", ("5,417",))),
    planted=(Value("JH-2345"), Value("3 March 2027")),
    decoys=(Value("tender"), Value("dry humour")),
    shape="|".join(shape for shape in (SHAPES["code"], SHAPES["number"]) if shape).replace(
        "(?i)", ""
    ),
)
SPECS = ("abstain", "choice", "contains", "exact", "number", "set", "regex?pattern=dr[a-z] {value}")
RULES = (
    "json", "no_list", "max_words?most=5", "max_sentence_words?most=5", "must_include?phrases=dry",
    "must_not_include?phrases=dry", "starts_with?text=dry", "regex?pattern=dr+y",
)  # fmt: skip
LIMIT_S = 1.0
by_hand = pytest.mark.skipif(
    not os.environ.get("HARNESS_TEST_LONG"), reason="HARNESS_TEST_LONG=1 takes half an hour"
)
SHORT = hostile(3_000)
LONG = hostile(40_000)


def grade(text, spec="contains"):
    """A whole trial's grading."""
    return score_and_attribute(
        PROBE,
        Reply(text=text, finish_reason="stop", prompt_tokens=1),
        scorer=scorers.resolve(spec),
        status="ok",
        in_view=True,
        fact_truncated=False,
        told=True,
    )


def took(call, *args):
    """Seconds of this process, which is what others on the machine cannot change."""
    start = time.process_time()
    call(*args)
    return time.process_time() - start


def every_check(text):
    for spec in SPECS:
        grade(text, spec)
    abstains(PROBE, text)
    refuses(text)
    for spec in RULES:
        kept(rules.resolve(spec), text, finish_reason="stop", in_view=True)


@pytest.mark.parametrize("name", list(SHORT)[::3])
def test_a_hostile_reply_is_graded_by_every_scorer_and_rule(name):
    every_check(SHORT[name])


@pytest.mark.parametrize("name", [name for name in LONG if "spaced" not in name][::9])
def test_a_hostile_reply_of_forty_thousand_characters_takes_no_longer_than_its_length_explains(
    name,
):
    # what grows with the square of the length takes a minute here
    assert took(grade, LONG[name]) < 8 * LIMIT_S


@by_hand
@pytest.mark.parametrize("name", LONG)
def test_no_scorer_and_no_rule_takes_long_for_forty_thousand_hostile_characters(name):
    assert took(every_check, LONG[name]) < 19 * LIMIT_S / 4


@by_hand
@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("spec", SPECS)
def test_a_million_characters_of_a_category_are_graded_within_a_second(category, spec):
    text = of_category(category, 1_000_000)
    assert took(grade, text, spec) < LIMIT_S


@by_hand
@pytest.mark.parametrize("name", LONG)
def test_a_million_hostile_characters_take_a_few_times_as_long(name):
    assert took(grade, hostile(1_000_000)[name]) < 8 * LIMIT_S


@given(st.text(st.characters(), max_size=300) | st.text("a'’-.n t1,%", max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_text_breaks_a_grading(text):
    for spec in SPECS:
        check_scorer(scorers.resolve(spec), probes=[PROBE], replies=[text])
        assert grade(text, spec).why
    for spec in RULES:
        check_rule(rules.resolve(spec), replies=[text])


@given(st.text("a'’-.n t1,%\u0301", max_size=60))
@settings(max_examples=200, deadline=None)
def test_the_normal_form_of_a_normal_form_is_itself(text):
    words = read(text).words
    assert read(" ".join(words)).words == words


@pytest.mark.parametrize("row", ["a'", "n't'", "'s", "it's'", "o'c"])
def test_a_row_of_apostrophes_is_read_however_long_it_is(row):
    assert len(read(row.strip("'") + "'" + row * 20_000).words) > 20_000


@pytest.mark.parametrize("depth", [10, 1_000, 20_000])
def test_brackets_may_be_nested_as_deep_as_one_likes(depth):
    for pair in ("()", "[]", "{}", "<>", "“”"):
        every_check(nested(pair[0], pair[1], depth))


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*b", "(.*)*=", r"(\w+\s?)+!", ".*.*.*=.*", "(?=(a+))*b", "a*a*a*a*b"],
)
def test_a_pattern_that_backtracks_gives_no_score_and_says_why(pattern):
    text = "a" * 20_000 + "-"
    start = time.monotonic()
    score = scorers.resolve(f"regex?pattern={pattern.replace('+', '%2B')}").score(PROBES[0], text)
    verdict = rules.resolve(f"regex?pattern={pattern.replace('+', '%2B')}").check(text)
    assert time.monotonic() - start < 10 * LIMIT_S  # these would take years
    for found in (score, verdict):
        assert found.value in (None, 0.0)
        assert found.value is not None or "not through with the reply after 0.5 s" in found.why


def test_a_very_long_number_is_another_number_and_is_not_written_out():
    budget = PROBES[1]
    for digits in (
        "9" * 1_500_000,
        "5417" * 300_000,
        "5417." + "1" * 100_000,
        "9" * 100_000 + "th",
    ):
        found = scorers.resolve("number").score(budget, f"It is {digits}.")
        assert found.value == 0.0
        assert len(found.why) < 200


@pytest.mark.parametrize("spec", SPECS)
def test_a_reason_quotes_a_long_reply_in_short(spec):
    for text in ("dry 5417 " + "x" * 100_000, "5417" * 50_000, "dry, 5417 and JH-2346"):
        assert len(grade(text, spec).why) < 300
