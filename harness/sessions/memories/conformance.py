"""What every memory keeps, as a check that anyone who adds one can run against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.memory import MemoryView
from harness.core.messages import Message
from harness.sessions.memories.fitting import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.protocols import Memory

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
    asked: list[int] = field(default_factory=list)

    async def write(self, instruction: str, /, *, max_tokens: int) -> str:
        if not instruction.strip():
            raise AssertionError(
                "the contract of memories is broken: the scribe is told what to do"
            )
        self.asked.append(max_tokens)
        return "\n".join(f"- {sentence}" for sentence in self.heard)


async def check_memory(memory: Memory) -> None:
    """Hold a memory to what every one of them must keep.

    What it writes is a sequence of texts; it gives back text, the same for the same notes, that
    fits its budget and holds no line but those of its notes (a remark in brackets on what is left
    out apart); an empty store gives nothing back; and it leaves what it was shown as it was.

    Raises:
        AssertionError: The first clause that is broken, in one sentence.
    """
    question = _QUESTION if getattr(memory, "at", "start") == "question" else ""
    budget = getattr(memory, "budget", None)
    _must(not memory.inject((), question), "an empty store gives nothing back")
    scribe = _Diligent()
    notes: tuple[str, ...] = ()
    for number, messages in enumerate(_SESSIONS, start=1):
        scribe.heard += [message.content for message in messages if message.role == "user"]
        said = MemoryView(session_number=number, messages=messages, fresh=0, notes=notes, ends=True)
        written = await memory.write(said, scribe)
        _must(not isinstance(written, str), "notes are several texts, not one")
        _must(all(note.strip() for note in written), "each note is a text")
        _must(said.notes == notes, "the notes that it is shown stay as they are")
        notes = tuple(written)
        given = memory.inject(notes, question)
        _must(given == memory.inject(notes, question), "the same notes give the same text")
        _must(
            budget is None or tokens(given) <= budget,
            f"it gives back {tokens(given)} tokens, and its budget is {budget}",
        )
        _check_lines(given, notes)
    _must(all(most > 0 for most in scribe.asked), "the scribe is given room to write")


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
