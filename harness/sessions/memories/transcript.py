"""Memory `transcript`: everything that was said is kept, and pasted into the next session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.memories.fitting import at_least, newest_notes
from harness.sessions.memories.kept_turns import KeptTurns

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class TranscriptMemory(KeptTurns):
    """Keeps every turn; over its budget the oldest turns are left out."""

    budget: int | None = None
    """Tokens that may be pasted; unless given, all of it, whether the window holds it or not."""

    def __post_init__(self) -> None:
        at_least("budget", self.budget, 1)

    def give_back(self, notes: Sequence[str], _question: str, /) -> str:
        """The newest turns that fit."""
        return newest_notes(notes, self.budget, between="\n\n", what="older turns")
