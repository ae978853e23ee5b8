"""What a summary kept of a fact, by what stands in it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.known_fact import KnownFact
from harness.core.scenario import Value
from harness.scoring.holds import holds
from harness.scoring.summaries import CompactedSummary

RIVER = KnownFact(
    id="river",
    question="Which river was the backfill helper function named after?",
    expected=(Value("Ubangi"),),
    planted=(Value("wyvern"), Value("KX-4417")),
    decoys=(Value("Loire"), Value("Vistula")),
)
CODE = KnownFact(
    id="code",
    question="What is the code for the side door of the office?",
    expected=(Value("KX-4417"),),
    planted=(Value("KX-9001"),),
    shape=r"\b[A-Z]{2}-\d{4}\b",
)
BUDGET = KnownFact(
    id="budget",
    question="How many failed requests a month does the error budget allow?",
    expected=(Value("22511"),),
    stale=(Value("39462"),),
)
STEPS = KnownFact(
    id="steps",
    question="Which three teams take part in the migration?",
    expected=(Value("storage"), Value("billing"), Value("search")),
)


def fate(fact: KnownFact, text: str) -> tuple[str, str, int | None]:
    found = CompactedSummary(text).fate(fact)
    return found.state, found.why, found.line


@pytest.mark.parametrize(
    ("fact", "text", "state", "why", "line"),
    [
        (RIVER, "- one\n- The helper is the **Ubangi** one.", "kept", "its value stands", 2),
        (RIVER, "The helper: Ubanghi.", "lost", "nothing speaks of it", None),
        (
            RIVER,
            "The backfill helper function is named after the Ubanghi.",
            "garbled",
            "'ubanghi' in place of 'Ubangi'",
            1,
        ),
        (
            RIVER,
            "The backfill helper function is named after the Loire.",
            "garbled",
            "another value: 'Loire'",
            1,
        ),
        (RIVER, "Of rivers, the Loire was talked about.", "lost", "nothing speaks of it", None),
        (
            RIVER,
            "The backfill helper function has a name.",
            "lost",
            "spoken of, without its value",
            1,
        ),
        (RIVER, "The helper is not called Ubangi.", "garbled", "'Ubangi' is denied", 1),
        (CODE, "Door: KX-4471", "garbled", "'kx-4471' in place of 'KX-4417'", 1),
        (CODE, "Door: KX-9001", "lost", "nothing speaks of it", None),
        (
            CODE,
            "The code for the side door of the office is QT-1234.",
            "garbled",
            "another value: 'QT-1234'",
            1,
        ),
        (BUDGET, "budget: 39,462", "garbled", "an earlier value: '39462'", 1),
        (BUDGET, "was 39,462, now 22,511", "kept", "its value stands", 1),
        (BUDGET, "22,512 lines were read", "lost", "nothing speaks of it", None),
        (
            STEPS,
            "Teams: storage and search.",
            "garbled",
            "in part: without 'billing'",
            1,
        ),
    ],
)
def test_a_fact_is_kept_garbled_or_lost_by_what_stands_there(fact, text, state, why, line):
    assert fate(fact, text) == (state, why, line)


@pytest.mark.parametrize(
    ("value", "text", "garbled"),
    [
        ("ladle_events", "as an events planner", False),
        ("pairing heaps", "- Parking: the assistant checks", False),
        ("pairing heaps", "- We rejected parring heaps.", True),
        ("Lorcan Vandermeer", "Owner: Lorcan van der Meer", False),
        ("Lorcan Vandermeer", "Owner: Lorcan Vandermer", True),
        ("Lorcan Vandermeer", "Owner: LorcanVandermeer", True),
    ],
)
def test_only_words_that_are_all_alike_are_a_value_written_wrongly(value, text, garbled):
    named = KnownFact(id="any", question="What is it?", expected=(Value(value),))
    assert (CompactedSummary(text).fate(named).state == "garbled") is garbled


def test_a_value_that_was_broken_over_two_lines_is_kept():
    fact = KnownFact(id="owner", question="Who?", expected=(Value("Lorcan Vandermeer"),))
    assert fate(fact, "a\nThe owner is Lorcan\nVandermeer.") == ("kept", "its value stands", 2)


def test_a_long_line_is_shown_in_part():
    found = CompactedSummary("Ubangi " + "word " * 200).fate(RIVER)
    assert len(found.excerpt) == 160
    assert found.excerpt.endswith("…")


def test_other_languages_are_read_as_such():
    fact = KnownFact(
        id="rate",
        question="Wie hoch ist die Miete?",
        expected=(Value("1250"),),
        language="de",
    )
    assert CompactedSummary("Die Miete beträgt 1.250 Euro.", "de").fate(fact).state == "kept"


@settings(max_examples=40)
@given(text=st.text(max_size=200), value=st.text(min_size=1, max_size=20))
def test_kept_is_what_replies_would_be_read_as(text, value):
    fact = KnownFact(id="any", question="What is it?", expected=(Value(value),))
    found = CompactedSummary(text).fate(fact)
    assert (found.state == "kept") == holds(text, Value(value), fact.question)
    assert found.line is None or 1 <= found.line <= text.count("\n") + 1
