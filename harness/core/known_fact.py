"""A fact that is known to have been said in a conversation, with all that tells it from others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.core.scenario import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """What a conversation said, and what somebody would ask of it."""

    id: str
    """Of the question about it."""
    question: str
    expected: tuple[Value, ...]
    """The values of a right answer: one, or all of a set."""
    stale: tuple[Value, ...] = ()
    """Values that were said of it before, and hold no more."""
    planted: tuple[Value, ...] = ()
    """Other values that the conversation said."""
    decoys: tuple[Value, ...] = ()
    """Values that it might have had, and has not."""
    shape: str | None = None
    """Regular expression of everything that its value could look like, where it was generated."""
    language: str = "en"
    messages: tuple[int, ...] = ()
    """Which messages of the conversation say it, counted from 0; empty where that is not known."""
    position: float | None = None
    """Where the last of them stands: 0 first token, 1 last; None where that is not known."""
    session_number: int = 1
    """Which session of the conversation says it: a compaction ends one, and begins the next."""
