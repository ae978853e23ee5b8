"""The law of drift reads its rules, keeps them up to its onset, and breaks them past it."""

from __future__ import annotations

import pytest

from harness.core.errors import UsageError
from harness.core.messages import Message
from harness.models.reference import laws
from harness.models.reference.orders import orders
from harness.scoring.rules import rules

RULES = {
    "Never write more than 8 words in a sentence.": "max_sentence_words?most=8",
    "Keep every reply under 12 words.": "max_words?most=12",
    "Start every reply with 'Aye.'": "starts_with?text=Aye.",
    "End each of your replies... sign off every message with 'Kind regards'.": (
        "must_include?phrases=Kind regards"
    ),
    "Never use the words leverage and utilise.": "must_not_include?phrases=leverage%0Autilise",
    "No bullet points or lists, please.": "no_list",
    "From now on answer everything in German.": "language?code=de",
    "Reply with JSON only: every answer has to be JSON.": "json",
}


def said(text):
    return [Message("user", text)]


@pytest.mark.parametrize(
    ("sentence", "kind", "words", "texts"),
    [
        ("House rule: never over 15 words a sentence.", "sentence", 15, ()),
        ("Sentences of twelve words at most, please.", "sentence", 12, ()),
        ("Keep each reply to no more than 40 words.", "length", 40, ()),
        ("Replies within fifty words!", "length", 50, ()),
        ("Begin all answers with “Noted:”.", "opening", 0, ("Noted:",)),
        ("Put 'draft only' into every message.", "phrase", 0, ("draft only",)),
        ("Don't use words like synergy, leverage or utilise.", "ban", 0,
         ("synergy", "leverage", "utilise")),
        ("Never answer with a bulleted list.", "prose", 0, ()),
    ],
)  # fmt: skip
def test_a_rule_is_read_from_plain_english(sentence, kind, words, texts):
    (order,) = orders(said(sentence))
    assert (order.kind, order.words, order.texts) == (kind, words, texts)


@pytest.mark.parametrize(
    "sentence",
    ["The leaflet went to print.", "We have 15 words for it.", "He said 'Aye.' and left.",
     "I'll start with the list of guests."],
)  # fmt: skip
def test_other_sentences_are_no_rules(sentence):
    assert orders(said(sentence)) == ()


def test_a_later_rule_of_one_kind_takes_the_place_of_the_earlier_and_replies_give_none():
    messages = [
        Message("system", "Never over 15 words a sentence."),
        Message("assistant", "Start every reply with 'No.'"),
        Message("user", "Better: never over 9 words a sentence."),
    ]
    (order,) = orders(messages)
    assert order.words == 9


def replies(law, rule, count=40, filler=0):
    """What the law says to a conversation with one rule, with more or less filler."""
    reader = laws.resolve(law)
    found = []
    for n in range(count):
        talk = [Message("system", rule)]
        for turn in range(filler):
            talk.append(Message("user", f"Something else happened in room {n * 100 + turn}."))
            talk.append(Message("assistant", "All right."))
        talk.append(Message("user", f"Parcel number {n} has come."))
        found.append(reader.answer(talk).text)
    return found


@pytest.mark.parametrize(("rule", "check"), RULES.items())
def test_a_rule_is_kept_below_the_onset_and_broken_far_beyond_it(rule, check):
    rule_check = rules.resolve(check)
    kept = [rule_check.check(text).value for text in replies("drifting?onset=0.6", rule)]
    assert set(kept) == {1.0}, next(t for t in replies("drifting?onset=0.6", rule))
    broken = [rule_check.check(text).value for text in replies("drifting?onset=0&slope=1e6", rule)]
    assert set(broken) == {0.0}


def test_rules_are_kept_together():
    everything = " ".join(
        rule for rule in RULES if "JSON" not in rule and "German" not in rule and "12" not in rule
    )
    for text in replies("drifting", everything):
        for rule, check in RULES.items():
            if rule in everything:
                assert rules.resolve(check).check(text).value == 1.0, text


def test_adherence_falls_as_the_law_says():
    reader = laws.resolve("drifting?onset=0.5&slope=2&limit=400")
    assert reader.follows(0.4) == 1.0
    assert reader.follows(0.75) == pytest.approx(0.5)
    rule = "Start every reply with 'Aye.'"
    said_so = replies("drifting?onset=0.5&slope=2&limit=400", rule, count=200, filler=12)
    shares = [text.startswith("Aye.") for text in said_so]
    assert 0.05 < sum(shares) / len(shares) < 0.95


def test_a_question_is_answered_and_no_fact_is_forgotten():
    reader = laws.resolve("drifting?onset=0&slope=1e6")
    talk = [
        Message("system", "Start every reply with 'Aye.'"),
        Message("user", "The brand voice has to be dry."),
        Message("assistant", "Noted."),
        Message("user", "Which brand voice has it to be?"),
    ]
    assert "dry" in reader.answer(talk).text


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("drifting?onset=-1", "option 'onset' is -1; expected at least 0"),
        ("drifting?slope=-1", "option 'slope' is -1; expected at least 0"),
        ("drifting?floor=2", "option 'floor' is 2; expected a number in"),
    ],
)
def test_an_option_out_of_range_is_refused(spec, told):
    with pytest.raises(UsageError, match=told):
        laws.resolve(spec)


def test_a_quote_is_cut_into_sentences_that_are_short_enough():
    rule = "Never write more than 6 words in a sentence."
    said_before = "Yusuf wants to know about Thursday, and I am not sure of it."
    talk = [
        Message("system", rule),
        Message("user", said_before),
        Message("assistant", "Noted."),
        Message("user", "What does Yusuf want to know about Thursday?"),
    ]
    text = laws.resolve("drifting").answer(talk).text
    assert rules.resolve("max_sentence_words?most=6").check(text).value == 1.0, text
    assert "not sure" in text
