"""Memory `full`: everything that was said, as far as the window goes.

What other memories are measured against: none spends more tokens, and it loses only what the window
does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.sessions.memories.notes import NotesSession
from harness.sessions.memories.transcript import TranscriptMemory

if TYPE_CHECKING:
    from harness.core.memory import MemoryChain
    from harness.core.memory_protocols import MemorySession


@dataclass(frozen=True, slots=True)
class FullMemory(TranscriptMemory):
    """A transcript that never outgrows the window: its oldest turns are left out instead."""

    def open(self, chain: MemoryChain, /) -> MemorySession:
        """No turns yet, and a budget that the window of this chain can hold."""
        bounds = [bound for bound in (self.budget, chain.room) if bound is not None]
        fitted = replace(self, budget=max(1, min(bounds))) if bounds else self
        return NotesSession(memory=fitted, writer=chain.writer)
