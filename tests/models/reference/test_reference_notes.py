from __future__ import annotations

from harness.core.messages import Message
from harness.models.conformance import check_law
from harness.models.reference import laws
from harness.sessions.memories.facts import INSTRUCTION, SO_FAR
from harness.sessions.tokens import TokenCounter

SAID = [
    Message("system", "You keep the books of a small airfield."),
    *(
        message
        for i in range(40)
        for message in (
            Message("user", f"Line {i} of the log: the tide was {i % 7} feet, wind west."),
            Message("assistant", f"Line {i} of the log is kept."),
        )
    ),
    Message("user", "The entry code of the northern hangar is 7919B."),
    Message("assistant", "Noted."),
]


def notes(law, budget, *, said=SAID, so_far=""):
    instruction = INSTRUCTION.format(budget=budget)
    if so_far:
        instruction += SO_FAR.format(notes=so_far)
    return laws.resolve(law).answer([*said, Message("user", instruction)]).text


def test_a_note_taker_keeps_the_law_of_readers():
    check_law(laws.resolve("notes?miss=0.5"))


def test_what_is_said_once_and_nowhere_else_is_noted_first():
    assert notes("perfect", 20) == "- The entry code of the northern hangar is 7919B."


def test_notes_fit_what_is_allowed_and_quote_what_was_said():
    text = notes("perfect", 120)
    assert TokenCounter().count_text(text) <= 120
    whole = "\n".join(message.text for message in SAID[1:])
    assert all(line.removeprefix("- ") in whole for line in text.splitlines())
    assert "books" not in text


def test_notes_so_far_are_kept():
    text = notes("perfect", 300, so_far="- The landing fee is 40 florins.")
    assert text.splitlines()[0] == "- The landing fee is 40 florins."


def test_a_reader_that_forgets_notes_only_what_it_still_sees():
    assert "7919B" not in notes("window?tokens=90", 200, said=[*SAID, *SAID[1:40]])


def test_a_share_of_the_sentences_is_left_out_and_stays_out():
    many = [Message("user", f"The code of hangar {i} is {7000 + i}B.") for i in range(400)]
    first = notes("notes?miss=0.3", 10_000, said=many).splitlines()
    assert 0.24 < 1 - len(first) / 400 < 0.36
    again = notes("notes?miss=0.3", 10_000, said=many, so_far="\n".join(first)).splitlines()
    assert sorted(again) == sorted(first)


def test_of_sentences_that_are_worth_the_same_the_first_by_name_are_noted_in_any_process():
    # one word of each is said once, one twice, one four times, and so on
    said = [
        f"Crate{i} left with lorry{i // 2} along road{i // 4} for depot{i // 8} of agent{i // 16}."
        for i in range(32)
    ]
    text = notes("perfect", 250, said=[Message("user", one) for one in said])
    noted = [line.removeprefix("- ") for line in text.splitlines()]
    assert 5 < len(noted) < 20
    assert sorted(noted) == sorted(said)[: len(noted)]
