"""Facts that are found in a conversation, by rule or by a model, and which of them hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.messages import Message
from harness.core.text import contains, words
from harness.core.transcript import Transcript
from harness.scenarios.importers.drafting import PIECES, merged, pieces, read_drafts
from harness.scenarios.importers.propose import proposals

SAID = [
    "The client is called Rosalind Achterberg, and she wants the leaflet in green.",
    "Noted, green for Rosalind Achterberg.",
    "For the queue we decided to use PostgreSQL because the team knows it.",
    "PostgreSQL it is.",
    "The first proof goes out on 14 March 2027 to everybody on the list.",
    "I will see to it.",
    "Printing costs are going to be about 4,120 euros with the heavier paper.",
    "That is more than last year.",
    "Is it true that the hall holds 900 people? There were 3 of them, and we met in Bremen.",
    "I cannot tell.",
]


def talk(texts):
    sides = ("user", "assistant")
    return Transcript(id="t", messages=tuple(Message(sides[i % 2], t) for i, t in enumerate(texts)))


def test_names_decisions_dates_and_numbers_are_found_where_they_stand():
    found = proposals(talk(SAID), 12)
    assert [(asked.kind, asked.answers[0], asked.evidence) for asked in found] == [
        ("name", "Rosalind Achterberg", (0, 1)),
        ("decision", "PostgreSQL", (2, 3)),
        ("date", "14 March 2027", (4,)),
        ("number", "4,120", (6,)),
    ]
    assert found[1].ask == (
        'Which choice did we say in the gap: "For the queue we decided to use ____ because the team'
        ' knows it"? Answer with the choice only.'
    )


def test_files_and_versions_are_found_in_logs_of_work():
    said = [
        "The lock moved to src/lexer/tokens.py because the parser needs it there.",
        "Fine, that is all there is to say about it, e.g. to them, for now.",
        "We pinned ruff at version 0.14.2 since the newer one breaks the build.",
    ]
    found = proposals(talk(said), 9)
    assert [(asked.kind, asked.answers[0]) for asked in found] == [
        ("file", "src/lexer/tokens.py"),
        ("version", "0.14.2"),
    ]


def test_what_is_said_in_two_places_is_not_proposed():
    found = proposals(
        talk([*SAID, "We decided to use PostgreSQL for the mails as well, I think."]), 9
    )
    assert "PostgreSQL" not in {asked.answers[0] for asked in found}


def test_code_and_questions_are_no_source_of_facts():
    assert (
        proposals(talk(["Run `pip install Foo Bar 4120` and then the rest of the tests now."]), 9)
        == ()
    )
    assert (
        proposals(talk(["```\nwe decided to use Redis for the cache of the sessions\n```"]), 9)
        == ()
    )


def test_as_many_are_proposed_as_are_wanted_spread_over_the_conversation():
    texts = [
        f"The part number of shelf {n} in the store is {4000 + n} as of today." for n in range(100)
    ]
    found = proposals(talk(texts), 5)
    assert len(found) == 5
    assert [asked.evidence[0] // 20 for asked in found] == [0, 1, 2, 3, 4]


@given(st.lists(st.text(max_size=80), max_size=8), st.integers(1, 20))
@settings(max_examples=100, deadline=None)
def test_every_answer_stands_in_its_evidence_and_never_in_its_question(texts, most):
    texts = [text or "." for text in texts] + [
        "We met Anna Berg on 3 May 2021 in 4500 Linz at 10:45."
    ]
    one = talk(texts)
    found = proposals(one, most)
    assert len(found) <= most
    for asked in found:
        for at in asked.evidence:
            assert contains(words(one.messages[at].text), words(asked.answers[0]))
        assert not contains(words(asked.ask), words(asked.answers[0]))


def entry(**change):
    fact = {
        "quote": "For the queue we decided to use PostgreSQL",
        "answer": "PostgreSQL",
        "question": "Which database did we choose for the queue?",
    }
    return fact | change


def test_a_fact_of_a_model_holds_when_it_stands_in_the_conversation():
    reply = f"Here you are:\n```json\n{json.dumps([entry()])}\n```"
    (asked,), dropped = read_drafts(reply, talk(SAID), 0)
    assert (asked.answers, asked.evidence) == (("PostgreSQL",), (2,))
    assert not dropped


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"answer": "MariaDB"}, "answer that does not stand in its quote"),
        ({"quote": "we decided to use PostgreSQL forever"}, "quote that does not stand in the"),
        ({"question": "Why PostgreSQL?"}, "question that holds its answer"),
        ({"question": 3}, "entry without quote, answer or question"),
        ({"answer": "For the queue we decided to use PostgreSQL", "quote": SAID[2]}, None),
        ({"answer": " ".join(SAID[2].split()[:10]), "quote": SAID[2]}, "answer of more than 8"),
    ],
)  # fmt: skip
def test_a_fact_of_a_model_that_does_not_hold_is_dropped_with_its_reason(change, why):
    kept, dropped = read_drafts(json.dumps([entry(**change)]), talk(SAID), 0)
    if why is None:
        assert len(kept) == 1
    else:
        assert not kept
        assert dropped[0].what.startswith(why)


@pytest.mark.parametrize("reply", ["", "I cannot.", "[1, 2", '{"quote": "x"}', "[" * 100_000 + "]"])
def test_a_reply_that_is_no_list_is_counted(reply):
    kept, dropped = read_drafts(reply, talk(SAID), 0)
    assert not kept
    assert [one.what for one in dropped] == ["reply that is no JSON list"]


def test_a_quote_is_looked_for_in_what_the_model_was_shown():
    kept, dropped = read_drafts(json.dumps([entry()]), talk(SAID), 3)
    assert not kept
    assert dropped


def test_a_long_conversation_is_asked_about_in_pieces_that_fit():
    one = talk(["word " * 700] * 60)
    parts = pieces(one, 12, 8000)
    assert len(parts) == PIECES
    assert all(len(part.prompt[0].text) < 2 * 8000 + 1500 for part in parts)
    assert [part.first for part in parts] == sorted({part.first for part in parts})
    assert parts[-1].first > 40


def test_no_value_comes_twice_and_too_many_are_thinned_out():
    found, _ = read_drafts(json.dumps([entry(), entry(question="Which one?")]), talk(SAID), 0)
    chosen, more = merged(found, 5)
    assert ([asked.id for asked in chosen], more) == (["fact-1"], 1)
