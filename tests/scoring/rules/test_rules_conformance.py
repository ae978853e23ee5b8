from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.core.probe import Score
from harness.scoring.rules import check_rule, kept, rules

SPECS = {
    "json": "json?keys=title",
    "language": "language?code=en",
    "max_sentence_words": "max_sentence_words?most=6",
    "max_words": "max_words?most=9",
    "must_include": "must_include?phrases=dry%0Anot",
    "must_not_include": "must_not_include?phrases=dry",
    "no_list": "no_list",
    "regex": "regex?pattern=^[A-Z]",
    "starts_with": "starts_with?text=Aye.",
}


def test_every_built_in_rule_is_under_the_law():
    assert tuple(SPECS) == rules.names()


@pytest.mark.parametrize("spec", SPECS.values())
def test_a_rule_keeps_the_law(spec):
    check_rule(rules.resolve(spec))


@given(st.text(alphabet=st.sampled_from("ab .!?\n-*#|`1\"'(—é字"), max_size=60))
def test_no_text_breaks_a_rule(text):
    for spec in SPECS.values():
        check_rule(rules.resolve(spec), replies=[text])


@dataclass(frozen=True)
class Broken:
    """A rule that says more than it knows."""

    fault: str

    def check(self, reply: str, /) -> object:
        if self.fault == "raises":
            raise ValueError(reply)
        if self.fault == "text":
            return "yes"
        if self.fault == "half":
            return Score(0.5, "Half.")
        if self.fault == "silent":
            return Score(1.0)
        return Score(float(len(reply) < 30), "Short.")

    def settled(self, _reply: str, _verdict: float, /) -> bool:
        return True


@pytest.mark.parametrize(
    ("fault", "law"),
    [
        ("raises", "raises on no text, but ValueError"),
        ("text", "returns a Score, not 'yes'"),
        ("half", "kept, broken or untold: 0.5"),
        ("silent", "`why` is one sentence"),
        ("hasty", "a settled verdict changes with more text"),
    ],
)
def test_the_law_finds_a_rule_that_breaks_it(fault, law):
    with pytest.raises(AssertionError, match=law):
        check_rule(Broken(fault))


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("max_words?most=0", "max_words is 0; expected 1 or more"),
        ("max_sentence_words?most=0", "max_sentence_words is 0; expected 1 or more"),
        ("max_words?most=many", "option 'most': got 'many', expected a whole number"),
        ("must_include?phrases=%0A", "must_include names no phrase"),
        ("must_not_include?phrases= ", "must_not_include names no phrase"),
        ("starts_with?text= ", "starts_with has no text"),
        ("regex?pattern=(", "'\\(' is no regular expression"),
        ("language?code=xx", "language 'xx' is not known"),
        ("no_lists", "unknown rule 'no_lists': did you mean 'no_list'"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(spec, told):
    with pytest.raises(UsageError, match=told):
        rules.resolve(spec)


def test_a_reply_that_was_cut_off_is_judged_only_where_more_text_changes_nothing():
    def verdict(spec, reply):
        found = kept(rules.resolve(spec), reply, finish_reason="length", in_view=True)
        return found.score, found.outcome

    long = "This is a reply that goes on and on and never"
    assert verdict("max_words?most=5", long) == (0.0, "broken")
    assert verdict("max_words?most=50", long) == (None, "output_truncated")
    assert verdict("must_include?phrases=goes on", long) == (1.0, "kept")
    assert verdict("must_include?phrases=regards", long) == (None, "output_truncated")
    assert verdict("must_not_include?phrases=goes on", long) == (0.0, "broken")
    assert verdict("starts_with?text=This", long) == (1.0, "kept")
    assert verdict("starts_with?text=This is a reply that goes on and on, yes", "This is") == (
        None,
        "output_truncated",
    )
    assert verdict("json", '{"a": 1') == (None, "output_truncated")


def test_a_rule_that_the_application_dropped_is_not_broken_by_the_model():
    rule = rules.resolve("starts_with?text=Aye")
    gone = kept(rule, "No.", finish_reason="stop", in_view=False)
    assert (gone.score, gone.outcome) == (0.0, "evicted")
    there = kept(rule, "No.", finish_reason="stop", in_view=True)
    assert (there.score, there.outcome) == (0.0, "broken")


def test_thoughts_are_no_part_of_a_reply_and_a_reply_of_nothing_else_is_not_measured():
    rule = rules.resolve("starts_with?text=Aye")
    assert kept(rule, "<think>No.</think>Aye.", finish_reason="stop", in_view=True).score == 1.0
    none = kept(rule, "<think>Aye, so", finish_reason="stop", in_view=True)
    assert (none.score, none.outcome, none.why) == (None, None, "The reply says nothing.")
