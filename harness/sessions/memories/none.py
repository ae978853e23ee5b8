"""Memory `none`: a session that ends leaves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.memories.notes import NotesMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import MemoryView
    from harness.core.writer import Writer


@dataclass(frozen=True, slots=True)
class Nothing(NotesMemory):
    """Writes nothing and gives nothing back."""

    async def take_notes(
        self, _notes: Sequence[str], _said: MemoryView, _writer: Writer, /
    ) -> Sequence[str]:
        """No notes."""
        return ()

    def give_back(self, _notes: Sequence[str], _question: str, /) -> str:
        """Nothing."""
        return ""
