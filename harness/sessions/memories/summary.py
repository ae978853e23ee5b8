"""Memory `summary`: one text on everything so far, brought up to date when a session ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.memories.fitting import best, sentences
from harness.sessions.memories.rewritten import Rewritten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import MemoryView
    from harness.core.writer import Writer

INSTRUCTION = (
    "Summarise what a later session with this user needs to know of this one, in at most {budget}"
    " tokens. Keep facts, names, numbers, wishes and decisions as they were said, and write nothing"
    " but the summary."
)
SO_FAR = " This is the summary so far; bring it up to date.\n\n{summary}"


@dataclass(frozen=True, slots=True)
class SummaryMemory(Rewritten):
    """The model writes the summary anew; over its budget the last sentences are left out."""

    async def take_notes(
        self, notes: Sequence[str], _said: MemoryView, writer: Writer, /
    ) -> Sequence[str]:
        """The sentences of the summary as the model leaves it."""
        so_far = SO_FAR.format(summary="\n".join(notes)) if notes else ""
        return sentences(await self.rewrite(writer, INSTRUCTION, so_far))

    def give_back(self, notes: Sequence[str], _question: str, /) -> str:
        """The first sentences that fit."""
        return best(notes, self.budget, between="\n", what="more sentences")
