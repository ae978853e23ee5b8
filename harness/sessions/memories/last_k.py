"""Memory `last-k`: the newest turns and no others, as chat programs keep them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.memories.fitting import at_least, newest_notes
from harness.sessions.memories.kept_turns import KeptTurns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import MemoryView
    from harness.core.writer import Writer


@dataclass(frozen=True, slots=True)
class LastTurns(KeptTurns):
    """Keeps the last `k` turns over all sessions; what is older is forgotten for good."""

    k: int = 8
    """Turns that are kept."""
    budget: int | None = None
    """Tokens that they may have when they are given back; the oldest are left out."""

    def __post_init__(self) -> None:
        at_least("k", self.k, 1)
        at_least("budget", self.budget, 1)

    async def take_notes(
        self, notes: Sequence[str], said: MemoryView, writer: Writer, /
    ) -> Sequence[str]:
        """The newest turns."""
        every = await KeptTurns.take_notes(self, notes, said, writer)
        return every[-self.k :]

    def give_back(self, notes: Sequence[str], _question: str, /) -> str:
        """The newest of them that fit."""
        return newest_notes(notes, self.budget, between="\n\n", what="older turns")
