"""Memory `transcript`: everything that was said is kept, and pasted into the next session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.memories.fitting import at_least, newest_notes
from harness.sessions.memories.notes import NotesMemory
from harness.sessions.opening import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import MemoryView
    from harness.core.writer import Writer


@dataclass(frozen=True, slots=True)
class TranscriptMemory(NotesMemory):
    """Keeps every turn; over its budget the oldest turns are left out."""

    budget: int | None = None
    """Tokens that may be pasted; unless given, all of it."""

    def __post_init__(self) -> None:
        at_least("budget", self.budget, 1)

    async def take_notes(
        self, notes: Sequence[str], said: MemoryView, _writer: Writer, /
    ) -> Sequence[str]:
        """The notes, and a note for each turn that is new."""
        return (*notes, *as_text(said.news))

    def give_back(self, notes: Sequence[str], _question: str, /) -> str:
        """The newest turns that fit."""
        return newest_notes(notes, self.budget, between="\n\n", what="older turns")
