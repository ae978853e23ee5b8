"""Memory `facts`: a running list of notes that the model keeps, like a product's saved memories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.memories.fitting import list_entries, newest_notes
from harness.sessions.memories.rewritten import Rewritten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import MemoryView
    from harness.core.writer import Writer

INSTRUCTION = (
    "Write down what should be remembered from this session for later ones: facts, names, numbers,"
    " wishes and decisions, each in a line of its own that begins with '- '. Use at most {budget}"
    " tokens, and write nothing else."
)
SO_FAR = (
    " These are the notes so far. Keep those that still hold, as they are; replace those that have"
    " changed.\n\n{notes}"
)


@dataclass(frozen=True, slots=True)
class Facts(Rewritten):
    """The model writes the list anew after each session.

    Over its budget the oldest notes stay behind when it is given back; the store keeps them.
    """

    async def take_notes(
        self, notes: Sequence[str], _said: MemoryView, writer: Writer, /
    ) -> Sequence[str]:
        """The list as the model leaves it."""
        so_far = SO_FAR.format(notes="\n".join(f"- {note}" for note in notes)) if notes else ""
        return list_entries(await self.rewrite(writer, INSTRUCTION, so_far))

    def give_back(self, notes: Sequence[str], _question: str, /) -> str:
        """The newest notes that fit."""
        lines = [f"- {note}" for note in notes]
        return newest_notes(lines, self.budget, between="\n", what="older notes")
