from __future__ import annotations

import pytest

from harness.core.errors import UsageError
from harness.core.memory import MemoryChain, MemoryView, day_of
from harness.core.messages import Message
from harness.sessions.memories import memories
from harness.sessions.memories.conformance import check_memory
from harness.sessions.memories.facts import Facts
from harness.sessions.memories.fitting import best, newest_notes, notes_tokens
from harness.sessions.memories.full import FullMemory
from harness.sessions.memories.last_k import LastTurns
from harness.sessions.memories.none import Nothing
from harness.sessions.memories.retrieval import Retrieval
from harness.sessions.memories.stated_losses import LossyMemory
from harness.sessions.memories.summary import SummaryMemory
from harness.sessions.memories.transcript import TranscriptMemory


class Scribe:
    """Writes what it is made with, and keeps what it was told."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.told: list[tuple[str, int]] = []

    async def write(self, instruction: str, /, *, max_tokens: int) -> str:
        self.told.append((instruction, max_tokens))
        return self.text

    async def ask(self, messages, /, *, max_tokens: int) -> str:
        return await self.write(messages[-1].content, max_tokens=max_tokens)


def said(*turns: tuple[str, str], fresh: int = 0) -> MemoryView:
    messages = [
        message for u, a in turns for message in (Message("user", u), Message("assistant", a))
    ]
    return MemoryView(
        session_id="c/1",
        session_number=1,
        turn=len(turns),
        date=day_of(1),
        messages=messages,
        fresh=fresh,
        ends=True,
    )


@pytest.mark.parametrize(
    "memory",
    [
        Nothing(),
        TranscriptMemory(),
        TranscriptMemory(budget=30),
        TranscriptMemory(budget=1),
        SummaryMemory(),
        SummaryMemory(budget=20),
        Facts(),
        Facts(budget=20),
        Facts(budget=1),
        Retrieval(),
        Retrieval(k=1),
        Retrieval(budget=12),
        FullMemory(),
        FullMemory(budget=30),
        LastTurns(),
        LastTurns(k=1),
        LastTurns(budget=12),
        LossyMemory(),
        LossyMemory(write_loss=0.5, read_loss=0.5),
    ],
    ids=str,
)
async def test_every_memory_conforms(memory):
    await check_memory(memory)


async def test_the_checker_catches_a_memory_that_goes_over_its_budget_or_makes_things_up():
    class Overfull(Facts):
        def give_back(self, notes, _question, /):
            return "\n".join(f"- {note}" for note in notes)

    class Inventive(TranscriptMemory):
        def give_back(self, notes, _question, /):
            return "The code is 1234." if notes else ""

    with pytest.raises(AssertionError, match=r"it gives back \d+ tokens, and its budget is 5"):
        await check_memory(Overfull(budget=5))
    with pytest.raises(AssertionError, match=r"'The code is 1234\.' stands in no note"):
        await check_memory(Inventive())


async def test_facts_show_the_model_its_notes_and_keep_what_it_lists():
    scribe = Scribe("Here they are:\n- The voice is dry.\n- The ink is green.")
    facts = Facts(budget=50)
    notes = await facts.take_notes(("The ink is blue.",), said(("Hello.", "Hello.")), scribe)
    assert notes == ("The voice is dry.", "The ink is green.")
    ((instruction, most),) = scribe.told
    assert "Use at most 50 tokens" in instruction
    assert instruction.endswith("\n\n- The ink is blue.")
    assert most == 100


def test_a_list_over_its_budget_loses_its_oldest_notes_and_says_how_many():
    notes = [f"Note number {i} is about the {i}th thing." for i in range(20)]
    text = Facts(budget=60).give_back(notes, "")
    first, *rest = text.splitlines()
    assert first == f"({20 - len(rest)} older notes left out)"
    assert rest == [f"- {note}" for note in notes[-len(rest) :]]
    assert (
        notes_tokens(text)
        <= 60
        < notes_tokens("\n".join([first, f"- {notes[-len(rest) - 1]}", *rest]))
    )


def test_a_summary_over_its_budget_loses_its_last_sentences_and_says_so():
    notes = ("The voice is dry.", "The ink is green.", "The party is on Friday, in the garden.")
    text = SummaryMemory(budget=18).give_back(notes, "")
    assert text.splitlines()[0] == "The voice is dry."
    assert text.splitlines()[-1].endswith("more sentences left out)")
    assert notes_tokens(text) <= 18


async def test_the_checker_catches_a_memory_that_tells_one_chain_what_another_said():
    shared: list[str] = []

    class Gossip:
        def open(self, _chain, /):
            return self

        async def write(self, said, /):
            shared.extend(message.content for message in said.news)

        async def inject(self, _question, /):
            return "\n".join(shared)

        async def close(self):
            pass

    with pytest.raises(AssertionError, match="what one chain was told reaches no other"):
        await check_memory(Gossip())


@pytest.mark.parametrize("cut", [newest_notes, best])
def test_what_cannot_be_cut_to_fit_is_left_out_whole(cut):
    assert cut(["a b c d e f g h"], 3, between="\n", what="older notes") == ""
    assert cut([], 3, between="\n", what="older notes") == ""
    assert cut(["a", "b"], None, between="\n", what="older notes") == "a\nb"


async def test_everything_is_carried_as_far_as_the_window_of_the_chain_goes():
    chain = MemoryChain(id="c", writer=Scribe(""), room=40)
    turns = [(f"Thing number {i} is green.", "Noted.") for i in range(12)]
    for memory, most in ((FullMemory(), 40), (FullMemory(budget=25), 25)):
        session = memory.open(chain)
        notes = await session.write(said(*turns))
        given = await session.inject("")
        assert len(notes) == 12
        assert most - 15 < notes_tokens(given) <= most
        assert given.endswith(notes[-1])
        assert "older turns left out)" in given.splitlines()[0]


async def test_the_last_turns_push_out_the_older_ones_for_good():
    last = LastTurns(k=2)
    notes = await last.take_notes((), said(("One.", "Yes."), ("Two.", "No.")), Scribe(""))
    notes = await last.take_notes(notes, said(("Three.", "Well.")), Scribe(""))
    assert notes == ("User: Two.\nAssistant: No.", "User: Three.\nAssistant: Well.")
    assert last.give_back(notes, "") == "\n\n".join(notes)


async def test_a_transcript_keeps_each_turn_once():
    transcript = TranscriptMemory()
    notes = await transcript.take_notes((), said(("One.", "Yes.")), Scribe(""))
    both = said(("One.", "Yes."), ("Two.", "No."), fresh=2)
    notes = await transcript.take_notes(notes, both, Scribe(""))
    assert notes == ("User: One.\nAssistant: Yes.", "User: Two.\nAssistant: No.")


def test_retrieval_gives_back_the_turns_that_bear_on_the_question():
    turns = [f"User: The tide was {i} feet." for i in range(9)]
    turns.insert(4, "User: The code of the northern hangar is 7919B.")
    question = "What's the code of the northern hangar?"
    assert Retrieval(k=1).give_back(turns, question) == turns[4]
    assert Retrieval(k=3).give_back(turns, question).startswith(turns[4])
    assert Retrieval().give_back(turns, "¿?") == ""
    assert Retrieval().give_back(turns, '"; DROP TABLE turns --') == ""


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("facts?budget=0", "memory 'facts?budget=0': budget is 0; expected 1 or more"),
        ("facts?every=-1", "memory 'facts?every=-1': every is -1; expected 0 or more"),
        ("last-k?k=0", "memory 'last-k?k=0': k is 0; expected 1 or more"),
        (
            "lossy?write_loss=1.5",
            "memory 'lossy?write_loss=1.5': write_loss is 1.5; expected a share in [0, 1]",
        ),
        ("retrieval?k=0", "memory 'retrieval?k=0': k is 0; expected 1 or more"),
        ("summary?buget=9", "memory 'summary' has no option 'buget': did you mean 'budget'?"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(spec, problem):
    with pytest.raises(UsageError) as refused:
        memories.resolve(spec)
    assert str(refused.value) == problem
