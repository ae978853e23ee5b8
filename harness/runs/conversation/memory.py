"""The memory of one chain of sessions: when it writes, what it holds, and the store of that.

Its one rule: the store is ours and not the memory's. Each writing is a line that says from which
note on it differs from the one before, so that the store tells where a fact was lost.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.core.errors import HarnessError, UsageError
from harness.core.memory import MemoryView
from harness.runs.conversation.generated_text import ModelWriter
from harness.sessions.memories import memories

if TYPE_CHECKING:
    from harness.core.protocols import Memory
    from harness.core.study import SessionTrials
    from harness.runs.conversation.generated_text import Ask, GeneratedTexts
    from harness.runs.conversation.live_session import LiveSession


class ChainMemory:
    """What the memory of one chain has written down.

    Args:
        group: Whose chain it is.
        writings: Keeps the store.
        ask: Puts the prompts of the memory to a model.
        repeat: Which repeat of the trials it is for.
    """

    def __init__(
        self, group: SessionTrials, writings: GeneratedTexts, *, ask: Ask, repeat: int
    ) -> None:
        self._group = group
        self._name = group.trials[0].memory
        self._writings = writings
        self._ask = ask
        self._repeat = repeat
        self._fresh = 0
        self.memory: Memory = memories.resolve(self._name)
        self.held: tuple[str, ...] = ()
        """The notes as they are now."""
        self.store: str | None = None
        """Path of the store, seen from the run folder; None while there is nothing in it."""

    @property
    def every(self) -> int:
        """Turns between two writings within a session; 0 for none."""
        return int(getattr(self.memory, "every", 0))

    @property
    def is_asked(self) -> bool:
        """Whether the memory is asked for each question, not when a session begins."""
        return getattr(self.memory, "at", "start") == "question"

    def given_back(self) -> str:
        """What a session begins with."""
        return "" if self.is_asked else given_back(self._name, self.memory, self.held, "")

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
            UsageError: A user's own memory fails, or returns no notes.
        """
        messages = growth.messages()
        said = MemoryView(
            session_number=growth.number,
            messages=messages,
            fresh=self._fresh,
            notes=self.held,
            ends=ends,
        )
        scribe = ModelWriter(self._ask, growth.view, "notes", self.memory)
        try:
            written = await self.memory.write(said, scribe)
        except HarnessError:
            raise
        except Exception as error:
            raise _broken(self._name, "write", f"{type(error).__name__}: {error}") from error
        if isinstance(written, str) or not all(isinstance(note, str) for note in written):
            raise _broken(self._name, "write", "it returns no sequence of texts")
        notes = tuple(written)
        self._fresh = len(messages)
        kept = 0
        while kept < min(len(notes), len(self.held)) and notes[kept] == self.held[kept]:
            kept += 1
        when: dict[str, object] = {"session": growth.number, "after_messages": len(messages)}
        self._put(when | {"keeps": kept, "notes": list(notes[kept:])})
        self.held = notes

    def _put(self, line: dict[str, object]) -> None:
        """Write one line to the store, which is made when there is something to write."""
        if self.store is None:
            group, trial = self._group, self._group.trials[0]
            about: dict[str, object] = {
                "scenario": group.scenario.name,
                "seed": group.seed,
                "model": group.model,
                "window": trial.window.limit,
                **asdict(trial.treatment),
                "repeat": self._repeat,
            }
            kind = re.sub(r"[^A-Za-z0-9_]+", "-", self._name).strip("-")
            key = digest([about, [asdict(one) for one in group.blueprint.earlier]], size=5)
            name = f"{group.scenario.name}-{group.seed}-{kind}-{key}"
            self.store = self._writings.begin_store(name)
            self._writings.note(self.store, about)
        self._writings.note(self.store, line)


def given_back(name: str, memory: Memory, notes: tuple[str, ...], question: str) -> str:
    """What a memory gives back, without spaces around it.

    Raises:
        UsageError: A user's own memory fails, or gives back no text.
    """
    try:
        text: object = memory.inject(notes, question)
    except HarnessError:
        raise
    except Exception as error:
        raise _broken(name, "inject", f"{type(error).__name__}: {error}") from error
    if not isinstance(text, str):
        raise _broken(name, "inject", f"it returns no text, but {type(text).__name__}")
    return text.strip()


def _broken(name: str, method: str, why: str) -> UsageError:
    return UsageError(
        f"memory '{name}' fails in '{method}': {why}; mend it and go on with --resume latest"
    )
