"""What memories have in common that keep every turn as it was said: they choose at the reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.memories.notes import NotesMemory
from harness.sessions.opening import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import MemoryView
    from harness.core.writer import Writer


@dataclass(frozen=True, slots=True)
class KeptTurns(NotesMemory):
    """A memory that writes every turn down and asks no model."""

    async def take_notes(
        self, notes: Sequence[str], said: MemoryView, _writer: Writer, /
    ) -> Sequence[str]:
        """The notes, and a note for each turn that is new."""
        return (*notes, *as_text(said.news))
