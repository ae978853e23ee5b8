"""What crosses a session boundary: what a memory is shown, and what came of it.

The store is outside the session. A memory says what it keeps and what it gives back; the harness
writes both down in a file of the run folder that can be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.core.messages import Message
    from harness.core.writer import Writer

LostAt = Literal["written", "injected", "used"]
"""Where a fact of an earlier session was lost: it was never written to the store; it was written
but not injected into the session; it was injected but not used by the model."""

CompactionLoss = Literal["cleared", "left_out", "garbled", "unused"]
"""Where a fact was lost on its way through a session that is compacted: the result that said it was
cleared; the summary left it out; the summary has it wrongly; the summary has it and the model did
not use it. The first three are the application's losses, the last is the model's."""


class MemoryFaultError(Exception):
    """What a memory did wrong, in words for the user of it; its chain is not measured."""


FIRST_DAY = date(2025, 1, 6)
"""The day of the first session of a chain; the next ones are a day apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryBill:
    """What a memory paid for by itself: calls of models that the run knows nothing of."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None
    """None where the price is not known."""


def unpaid(bill: MemoryBill) -> None:
    """Nobody keeps account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryChain:
    """What a memory is opened for: the sessions that follow one another, and a model at hand."""

    id: str
    """Names the chain and its repeat, by letters, digits and '-': what a store keeps its users
    apart by. The same study gives the same name."""
    writer: Writer
    """While the memory writes, `write` is sent the session so far; else the instruction alone."""
    room: int | None = None
    """Local tokens that every session of the chain which carries the memory has left for what is
    given back, by its window; None where no window is known."""
    bill: Callable[[MemoryBill], None] = unpaid
    """Told what the memory paid for by itself, so that it is counted with what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryView:
    """A session as a memory sees it when it may write."""

    session_id: str
    """Names the session: the chain's id and its number."""
    session_number: int
    """Counted from 1."""
    turn: int
    """How many turns the session has, what it began with left out."""
    date: date
    """The day on which it takes place."""
    messages: Sequence[Message]
    """The session so far, what it began with included."""
    fresh: int
    """Index of the first message that was not there when this memory last wrote."""
    ends: bool
    """Whether the session ends here; else it goes on."""

    @property
    def news(self) -> Sequence[Message]:
        """What was said since this memory last wrote."""
        return self.messages[self.fresh :]


def day_of(session_number: int) -> date:
    """The day on which a session of a chain takes place.

    >>> day_of(2).isoformat()
    '2025-01-07'
    """
    return FIRST_DAY + timedelta(days=session_number - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What crossed the boundaries into one session."""

    notes: tuple[str, ...] | None = ()
    """What the store held when the session began; None where the memory does not list it."""
    injected: str = ""
    """What the session began with, beside its system prompt."""
    memory_tokens: int = 0
    """Local tokens of what the memory gave back."""
    store: str | None = None
    """The file of the run folder that tells what was kept and given back; None for nothing."""
    own_store: bool = False
    """Whether the memory keeps a store of its own, so that only what it gave back is known."""
    how: str | None = None
    """What the memory says that it rests on."""
    write_s: float | None = None
    """Seconds that a write took, on average over the chain; None where nothing was written."""
    read_s: float | None = None
    """Seconds that it took to give back what this session, or this question, was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compaction:
    """One time that older turns were replaced by a summary of them."""

    before_tokens: int
    """Local tokens of the conversation as it was sent before."""
    after_tokens: int
    """And after."""
    through: int = 0
    """Index of the first message of the session that was kept as it is: all before it that was not
    replaced earlier, the system messages left out, stands in the summary or nowhere."""
    written: tuple[int, ...] = ()
    """Indexes of the messages that stand in their place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReply:
    """What the model under test answered to one turn of a session that it lives through."""

    asked: int
    """Index of the first message of the turn that it answers, among those of its session."""
    message: int
    """Index of the reply among the messages of its session."""
    turn: int
    """Which turn of its session it answers, counted from 1."""
    session_number: int
    """Counted from 1."""
    text: str
    sent: tuple[Message, ...]
    """The prompt that it answers, the turn itself last, with its calls and results."""
    sent_tokens: int
    """Local tokens of the prompt that it answers."""
    prompt_tokens: int | None
    """The provider's count of it; None where it reports none."""
    completion_tokens: int | None
    cost_usd: float | None
    finish_reason: str | None
    compactions: int = 0
    """How often older turns had been replaced by then."""
