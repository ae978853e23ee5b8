"""Memories that keep a list of notes: what all of ours have in common.

A memory of this kind says how notes are made anew and which of them are given back; the list lives
as long as its chain of sessions, and the harness keeps it in a file of the run folder.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import MemoryChain, MemoryView
    from harness.core.memory_protocols import MemorySession
    from harness.core.writer import Writer


@dataclass(frozen=True, slots=True)
class NotesMemory(ABC):
    """A memory whose whole state is a list of notes."""

    def open(self, chain: MemoryChain, /) -> MemorySession:
        """No notes yet."""
        return NotesSession(memory=self, writer=chain.writer)

    @abstractmethod
    async def take_notes(
        self, notes: Sequence[str], said: MemoryView, writer: Writer, /
    ) -> Sequence[str]:
        """The notes as they should be from now on.

        Args:
            notes: As they are.
            said: The session, and what is new in it.
            writer: A model at hand, with the session before it.
        """

    @abstractmethod
    def give_back(self, notes: Sequence[str], question: str, /) -> str:
        """What the next session begins with: of the notes, and no other text."""


@dataclass(slots=True)
class NotesSession:
    """The notes of one chain of sessions."""

    memory: NotesMemory
    writer: Writer
    notes: tuple[str, ...] = ()

    async def write(self, said: MemoryView, /) -> Sequence[str]:
        """The notes from now on."""
        self.notes = tuple(await self.memory.take_notes(self.notes, said, self.writer))
        return self.notes

    async def inject(self, question: str, /) -> str:
        """Those of them that the memory gives back."""
        return self.memory.give_back(self.notes, question)

    async def close(self) -> None:
        """Nothing is open."""
