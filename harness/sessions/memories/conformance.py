"""What every memory keeps, as a check that anyone who adds one can run against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.memory import MemoryChain, MemoryView, day_of
from harness.core.memory_protocols import AsksAtQuestion, HasBudget
from harness.core.messages import Message
from harness.sessions.memories.fitting import notes_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory_protocols import Memory

_QUESTION = "What is the entry code of the northern hangar?"
_SESSIONS = (
    (
        Message("system", "You keep the books of a small airfield."),
        Message("user", "The entry code of the northern hangar is 7919B."),
        Message("assistant", "Noted."),
        Message("user", "The wind turned west at noon, and nobody flew."),
        Message("assistant", "I have put that down."),
    ),
    (
        Message("user", "The entry code of the northern hangar has changed to 4242C."),
        Message("assistant", "Noted, it is changed."),
    ),
)


@dataclass(slots=True)
class _Diligent:
    """Writes down every sentence that a user said, and notes what it was told to do."""

    heard: list[str] = field(default_factory=list)
    room: list[int] = field(default_factory=list)

    async def write(self, instruction: str, /, *, max_tokens: int) -> str:
        _must(bool(instruction.strip()), "the writer is told what to do")
        self.room.append(max_tokens)
        return "\n".join(f"- {sentence}" for sentence in self.heard)

    async def ask(self, messages: Sequence[Message], /, *, max_tokens: int) -> str:
        _must(any(message.text.strip() for message in messages), "the writer is asked something")
        return await self.write(messages[-1].text, max_tokens=max_tokens)


async def check_memory(memory: Memory) -> None:
    """Hold a memory to what every one of them must keep.

    What it writes is a sequence of texts, or None for a store of its own; what it gives back is
    text, the same when nothing was written in between, that fits its budget and, where it lists its
    notes, holds no line but theirs (a remark in brackets on what is left out apart). An empty store
    gives nothing back, and what one chain was told reaches no other.

    Raises:
        AssertionError: The first clause that is broken, in one sentence.
    """
    asked = isinstance(memory, AsksAtQuestion) and memory.asks_at_question
    question = _QUESTION if asked else ""
    budget = memory.budget if isinstance(memory, HasBudget) else None
    writer = _Diligent()
    session = memory.open(MemoryChain(id="check-a", writer=writer))
    other = memory.open(MemoryChain(id="check-b", writer=writer))
    _must(not await session.inject(question), "an empty store gives nothing back")
    for number, messages in enumerate(_SESSIONS, start=1):
        writer.heard += [message.text for message in messages if message.role == "user"]
        notes = await session.write(_view("check-a", number, messages))
        _check_notes(notes)
        given = await session.inject(question)
        _must(given == await session.inject(question), "it gives back the same until it writes")
        _must(
            budget is None or notes_tokens(given) <= budget,
            f"it gives back {notes_tokens(given)} tokens, and its budget is {budget}",
        )
        if notes is not None:
            _check_lines(given, notes)
    _must(not await other.inject(question), "what one chain was told reaches no other")
    _must(all(most > 0 for most in writer.room), "the writer is given room to write")
    await session.close()
    await other.close()


def _view(chain: str, number: int, messages: Sequence[Message]) -> MemoryView:
    """A session that has just ended."""
    return MemoryView(
        session_id=f"{chain}/{number}",
        session_number=number,
        turn=sum(message.role == "user" for message in messages),
        date=day_of(number),
        messages=messages,
        fresh=0,
        ends=True,
    )


def _check_notes(notes: Sequence[str] | None) -> None:
    """Notes are several texts, or none are listed."""
    _must(not isinstance(notes, str), "notes are several texts, not one")
    _must(notes is None or all(note.strip() for note in notes), "each note is a text")


def _check_lines(given: str, notes: Sequence[str]) -> None:
    """What is given back stands in the store."""
    kept = {_bare(line) for note in notes for line in note.splitlines()}
    for line in given.splitlines():
        bare = _bare(line)
        remark = bare.startswith("(") and bare.endswith("left out)")
        _must(not bare or bare in kept or remark, f"'{line}' stands in no note")


def _bare(line: str) -> str:
    return line.strip().removeprefix("- ")


def _must(kept: bool, broken: str) -> None:
    """Say which clause is broken."""
    if not kept:
        raise AssertionError(f"the contract of memories is broken: {broken}")
