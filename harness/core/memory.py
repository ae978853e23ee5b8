"""What crosses a session boundary: what a memory is shown, and what came of it.

The store is outside the session. A memory says what is to be kept and what is given back; the
harness keeps it, in a file of the run folder that can be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.messages import Message

LostAt = Literal["written", "injected", "used"]
"""Where a fact of an earlier session was lost: it was never written to the store; it was written
but not injected into the session; it was injected but not used by the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryView:
    """A session as a memory sees it when it may write."""

    session_number: int
    """Counted from 1."""
    messages: Sequence[Message]
    """The session so far, what it began with included."""
    fresh: int
    """Index of the first message that was not there when this memory last wrote."""
    notes: tuple[str, ...]
    """What the store holds."""
    ends: bool
    """Whether the session ends here; else it goes on."""

    @property
    def news(self) -> Sequence[Message]:
        """What was said since this memory last wrote."""
        return self.messages[self.fresh :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What crossed the boundaries into one session."""

    notes: tuple[str, ...] = ()
    """What the store held when the session began."""
    injected: str = ""
    """What the session began with, beside its system prompt."""
    memory_tokens: int = 0
    """Local tokens of what the memory gave back."""
    store: str | None = None
    """The file of the store, seen from the run folder; None where nothing was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compaction:
    """One time that older turns were replaced by a summary of them."""

    before_tokens: int
    """Local tokens of the conversation as it was sent before."""
    after_tokens: int
    """And after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReply:
    """What the model under test answered to one turn of a session that it lives through."""

    message: int
    """Index of the reply among the messages of its session."""
    turn: int
    """Which turn of its session it answers, counted from 1."""
    session_number: int
    """Counted from 1."""
    text: str
    sent: tuple[Message, ...]
    """The prompt that it answers, the turn itself last."""
    sent_tokens: int
    """Local tokens of the prompt that it answers."""
    prompt_tokens: int | None
    """The provider's count of it; None where it reports none."""
    completion_tokens: int | None
    cost_usd: float | None
    finish_reason: str | None
