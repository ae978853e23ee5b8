"""The memory of one chain of sessions: when it writes, what it holds, and the file that says so.

The file has a line each time that the memory wrote, with the notes it listed, and a line for what
it gave back, so that it tells where a fact was lost. A memory that fails, hangs or gives back what
is no text fails its own chain by name, as a model does whose call fails.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

from harness.core.draws import digest
from harness.core.errors import HarnessError, ModelError
from harness.core.memory import MemoryChain, MemoryView, day_of
from harness.core.messages import Message, turn_starts
from harness.core.protocols import AsksAtQuestion, NamesWriter, WritesEvery
from harness.runs.conversation.generated_text import ModelWriter
from harness.sessions.memories import memories

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from harness.core.protocols import MemorySession
    from harness.core.study import SessionTrials
    from harness.runs.conversation.generated_text import Ask, GeneratedTexts
    from harness.runs.conversation.live_session import LiveSession

T = TypeVar("T")

_LONGEST_S = 1800.0
"""How long a memory may take for one writing or one answer, its model's calls included."""


class ChainMemory:
    """What the memory of one chain has written down.

    Args:
        group: Whose chain it is.
        texts: Keeps the file that tells of it.
        ask: Puts the prompts of the memory to a model.
        repeat: Which repeat of the trials it is for.
    """

    def __init__(
        self, group: SessionTrials, texts: GeneratedTexts, *, ask: Ask, repeat: int
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
        kind = re.sub(r"[^A-Za-z0-9_]+", "-", self._name).strip("-")
        key = digest([self._about, [asdict(one) for one in group.blueprint.earlier]], size=5)
        self._id = f"{group.scenario.name}-{group.seed}-{kind}-{key}"
        self._plug = memories.resolve(self._name)
        named = self._plug.writer if isinstance(self._plug, NamesWriter) else None
        self._writer = ModelWriter(ask, _alone, "notes", named)
        self._session: MemorySession | None = None
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

    async def opening(self) -> str:
        """What a session begins with."""
        return "" if self.is_asked else await self.given_back("")

    async def given_back(self, question: str) -> str:
        """What the memory gives back, without spaces around it.

        Raises:
            ModelError: It fails, or gives back no text.
        """
        text: object = await self._call("inject", lambda session: session.inject(question))
        if not isinstance(text, str):
            raise self._broken("inject", f"it returns no text, but {type(text).__name__}")
        if not _is_valid(text):
            raise self._broken("inject", "it returns half a character (a lone surrogate)")
        return text.strip()

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
        written: object = await self._call("write", lambda session: session.write(said))
        self._fresh = len(messages)
        if written is None:
            self.held = None
            return
        self._keep(self._notes(written), growth.number, len(messages))

    async def close(self) -> str | None:
        """End the memory's life; why it could not be ended, if so."""
        if self._session is None:
            return None
        try:
            await self._call("close", lambda session: session.close())
        except ModelError as error:
            return str(error)
        finally:
            self._session = None
        return None

    def _notes(self, written: object) -> tuple[str, ...]:
        """What was written as notes.

        Raises:
            ModelError: It is none.
        """
        if isinstance(written, str | bytes):
            raise self._broken("write", "it returns no sequence of texts")
        try:
            notes: tuple[object, ...] = tuple(written)  # type: ignore[arg-type]  # a user's own
        except TypeError:
            raise self._broken("write", "it returns no sequence of texts") from None
        texts = tuple(note for note in notes if isinstance(note, str) and _is_valid(note))
        if len(texts) < len(notes):
            raise self._broken("write", "it returns no sequence of texts")
        return texts

    def _keep(self, notes: tuple[str, ...], number: int, messages: int) -> None:
        """Write down how the notes differ from those of before."""
        before = self.held or ()
        kept = 0
        while kept < min(len(notes), len(before)) and notes[kept] == before[kept]:
            kept += 1
        when: dict[str, object] = {"session": number, "after_messages": messages}
        self._put(when | {"keeps": kept, "notes": list(notes[kept:])})
        self.held = notes

    async def _call(self, method: str, call: Callable[[MemorySession], Awaitable[T]]) -> T:
        """What a method of the memory gives.

        Raises:
            ModelError: It fails, or takes too long.
        """
        try:
            if self._session is None:
                self._session = self._plug.open(MemoryChain(id=self._id, writer=self._writer))
            async with asyncio.timeout(_LONGEST_S):
                return await call(self._session)
        except HarnessError:
            raise
        except TimeoutError:
            raise self._broken(method, f"no answer within {_LONGEST_S:,.0f} s") from None
        except Exception as error:
            raise self._broken(method, f"{type(error).__name__}: {error}") from error

    def _broken(self, method: str, why: str) -> ModelError:
        return ModelError(f"memory '{self._name}' fails in '{method}': {why}", kind="memory")

    def _put(self, line: dict[str, object]) -> None:
        """Write one line to the file, which is made when there is something to write."""
        if self.store is None:
            self.store = self._texts.begin_store(self._id)
            self._texts.note(self.store, self._about)
        self._texts.note(self.store, line)


def _alone(instruction: str, _max_tokens: int) -> list[Message]:
    """The instruction and nothing before it: no session goes on."""
    return [Message("user", instruction)]


def _is_valid(text: str) -> bool:
    """Whether a text can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
