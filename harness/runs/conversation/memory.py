"""The memory of one chain of sessions: when it writes, what it holds, and the file that says so.

The file has a line each time that the memory wrote, with the notes it listed, and a line for what
it gave back, so that it tells where a fact was lost. A memory that fails, hangs or gives back what
is no text fails its own chain by name, as a model does whose call fails.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.core.errors import OverflowRefusedError
from harness.core.memory import MemoryChain, MemoryFaultError, MemoryView, day_of
from harness.core.memory_protocols import AsksAtQuestion, SaysHow, WritesEvery
from harness.core.messages import Message, turn_starts
from harness.core.protocols import NamesWriter
from harness.runs.conversation.generated_text import ModelWriter
from harness.runs.conversation.memory_life import MemoryLife
from harness.sessions.memories import memories

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from harness.core.memory import MemoryBill
    from harness.core.study import SessionTrials
    from harness.runs.conversation.generated_text import Ask, GeneratedTexts
    from harness.runs.conversation.live_session import LiveSession

_MOST_NOTES = 1_000_000
_MOST_CHARACTERS = 64_000_000
"""Of all notes of one store; what is more is no memory of some weeks."""
_CHARACTERS_A_TOKEN = 16
"""What is longer than so many for each token of the window is not counted: it cannot fit."""


class ChainMemory:
    """What the memory of one chain has written down.

    Args:
        group: Whose chain it is.
        texts: Keeps the file that tells of it.
        ask: Puts the prompts of the memory to a model.
        repeat: Which repeat of the trials it is for.
        room: Local tokens that the sessions leave for what is given back.
        bill: Is told what the memory paid for by itself.
    """

    def __init__(
        self,
        group: SessionTrials,
        texts: GeneratedTexts,
        *,
        ask: Ask,
        repeat: int,
        room: int,
        bill: Callable[[MemoryBill], None],
    ) -> None:
        trial = group.trials[0]
        self._name = trial.memory
        self._texts = texts
        self._fresh = 0
        self._about: dict[str, object] = {
            "scenario": group.scenario.name,
            "seed": group.seed,
            "model": group.model,
            "window": trial.window.limit,
            **asdict(trial.treatment),
            "repeat": repeat,
        }
        self._plug = memories.resolve(self._name)
        self.how = self._plug.how if isinstance(self._plug, SaysHow) else None
        """What the memory says that it rests on."""
        if self.how is not None:
            self._about["how"] = self.how
        kind = re.sub(r"[^A-Za-z0-9_]+", "-", self._name).strip("-")
        key = digest([self._about, [asdict(one) for one in group.blueprint.earlier]], size=5)
        self._id = f"{group.scenario.name}-{group.seed}-{kind}-{key}"
        named = self._plug.writer if isinstance(self._plug, NamesWriter) else None
        self._writer = ModelWriter(ask, _alone, "notes", named)
        chain = MemoryChain(id=self._id, writer=self._writer, room=room, bill=bill)
        ours = memories.is_built_in(self._name)
        self._life = MemoryLife(self._plug, self._name, chain, is_ours=ours)
        self._most = _CHARACTERS_A_TOKEN * trial.window.limit
        self._writes: list[float] = []
        self.held: tuple[str, ...] | None = ()
        """The notes as they are now; None where the memory has a store of its own."""
        self.store: str | None = None
        """Path of the file, seen from the run folder; None while there is nothing in it."""

    @property
    def every(self) -> int:
        """Turns between two writings within a session; 0 for none."""
        return self._plug.every if isinstance(self._plug, WritesEvery) else 0

    @property
    def is_asked(self) -> bool:
        """Whether the memory is asked for each question, not when a session begins."""
        return isinstance(self._plug, AsksAtQuestion) and self._plug.asks_at_question

    @property
    def own_store(self) -> bool:
        """Whether it keeps a store of its own, which it does not list."""
        return self.held is None

    @property
    def write_s(self) -> float | None:
        """Seconds that a write took so far, on average; None where there was none."""
        return sum(self._writes) / len(self._writes) if self._writes else None

    async def opening(self) -> tuple[str, float | None]:
        """What a session begins with, and the seconds that it took; None where it was not asked."""
        return ("", None) if self.is_asked else await self.given_back("")

    async def given_back(self, question: str) -> tuple[str, float]:
        """What the memory gives back, without spaces around it, and the seconds that it took.

        Raises:
            ModelError: It fails, gives back no text, or more than the window can hold.
        """
        text, took = await self._life.call(
            "inject", lambda session: _text(session.inject(question))
        )
        if len(text) > self._most:
            raise OverflowRefusedError(
                f"memory '{self._name}' gave back {len(text):,} characters, and the window has"
                f" {self._most // _CHARACTERS_A_TOKEN:,} tokens; give it a budget"
            )
        return text, took

    def begin(self, number: int, *, opening: int, injected: str) -> None:
        """A session begins.

        Args:
            number: Which of its chain.
            opening: How many messages it begins with; the memory has read those.
            injected: What the memory gave back for it.
        """
        if injected:
            self._put({"session": number, "injected": injected})
        self._fresh = opening
        self._opening = opening

    async def tick(self, turns: int, growth: LiveSession) -> None:
        """Let the memory write, where so many turns are its time."""
        if turns % self.every == 0:
            await self.write(growth, ends=False)

    async def write(self, growth: LiveSession, *, ends: bool) -> None:
        """Let the memory write.

        Args:
            growth: The session so far.
            ends: It is over.

        Raises:
            ModelError: It fails, or returns no notes.
        """
        messages = growth.messages()
        said = MemoryView(
            session_id=f"{self._id}/{growth.number}",
            session_number=growth.number,
            turn=len(turn_starts(messages[self._opening :])),
            date=day_of(growth.number),
            messages=messages,
            fresh=self._fresh,
            ends=ends,
        )
        self._writer.prompt = growth.view
        notes, took = await self._life.call("write", lambda session: _notes(session.write(said)))
        self._writes.append(took)
        self._fresh = len(messages)
        if notes is None:
            self.held = None
        else:
            self._keep(notes, growth.number, len(messages))

    async def close(self) -> str | None:
        """End the memory's life; why it could not be ended, if so."""
        return await self._life.close()

    def _keep(self, notes: tuple[str, ...], number: int, messages: int) -> None:
        """Write down how the notes differ from those of before."""
        before = self.held or ()
        kept = 0
        while kept < min(len(notes), len(before)) and notes[kept] == before[kept]:
            kept += 1
        when: dict[str, object] = {"session": number, "after_messages": messages}
        self._put(when | {"keeps": kept, "notes": list(notes[kept:])})
        self.held = notes

    def _put(self, line: dict[str, object]) -> None:
        """Write one line to the file, which is made when there is something to write."""
        if self.store is None:
            self.store = self._texts.begin_store(self._id)
            self._texts.note(self.store, self._about)
        self._texts.note(self.store, line)


def _alone(instruction: str, _max_tokens: int) -> list[Message]:
    """The instruction and nothing before it: no session goes on."""
    return [Message("user", instruction)]


async def _text(given: Awaitable[object]) -> str:
    """What was given back as text.

    Raises:
        MemoryFaultError: It is none.
    """
    text = await given
    if not isinstance(text, str):
        raise MemoryFaultError(f"it returns no text, but {type(text).__name__}")
    if not _is_valid(text):
        raise MemoryFaultError("it returns half a character (a lone surrogate)")
    return text.strip()


async def _notes(written: Awaitable[object]) -> tuple[str, ...] | None:
    """What was written as notes; None where the memory does not list them.

    Raises:
        MemoryFaultError: They are none, or too many.
    """
    found = await written
    if found is None:
        return None
    if isinstance(found, str | bytes):
        raise MemoryFaultError("it returns no sequence of texts")
    notes: list[str] = []
    length = 0
    try:
        for note in islice(found, _MOST_NOTES + 1):  # type: ignore[call-overload]  # a user's own
            if not (isinstance(note, str) and _is_valid(note)):
                raise MemoryFaultError("it returns no sequence of texts")
            notes.append(note)
            length += len(note)
            if length > _MOST_CHARACTERS or len(notes) > _MOST_NOTES:
                raise MemoryFaultError(
                    f"it returns more than {_MOST_NOTES:,} notes or {_MOST_CHARACTERS:,} characters"
                )
    except TypeError:
        raise MemoryFaultError("it returns no sequence of texts") from None
    return tuple(notes)


def _is_valid(text: str) -> bool:
    """Whether a text can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
