"""A session that was made ready to be asked about, with what that cost; or why it could not be.

Its one rule: what the memory finds for one question goes into the fork of that question, and never
into the session that the other questions share.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.core.errors import OverflowRefusedError
from harness.sessions.kinds import KindCounter
from harness.sessions.opening import handed_over

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.core.errors import ModelError
    from harness.core.memory import Carried, Compaction, LiveReply, MemoryBill
    from harness.core.messages import Message
    from harness.core.probe import Status
    from harness.core.session import Session
    from harness.core.trial import Trial
    from harness.runs.conversation.compaction import LivedSession
    from harness.runs.conversation.generated_text import Written
    from harness.runs.conversation.memory import ChainMemory
    from harness.sessions.tokens import TokenCounter


@dataclass(slots=True)
class PreparationCost:
    """What the calls came to that wrote into a conversation."""

    calls: int = 0
    prompt_tokens: int = 0
    """By the provider's meter, else the local count."""
    completion_tokens: int = 0
    cost_usd: float | None = 0.0
    """None as soon as the price of one call is not known."""

    def add(self, written: Written, sent: Sequence[Message], counter: TokenCounter) -> None:
        """Count one call."""
        local = counter.count(sent) if written.prompt_tokens is None else written.prompt_tokens
        said = written.completion_tokens
        self.calls += 1
        self.prompt_tokens += local
        self.completion_tokens += counter.count_text(written.text) if said is None else said
        known = self.cost_usd is not None and written.cost_usd is not None
        self.cost_usd = (self.cost_usd or 0.0) + (written.cost_usd or 0.0) if known else None

    def add_bill(self, bill: MemoryBill) -> None:
        """Count what a memory paid for by itself."""
        self.calls += 1
        self.prompt_tokens += bill.prompt_tokens
        self.completion_tokens += bill.completion_tokens
        known = self.cost_usd is not None and bill.cost_usd is not None
        self.cost_usd = (self.cost_usd or 0.0) + (bill.cost_usd or 0.0) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPrepared:
    """A session that could not be made ready: nothing can be asked of it."""

    status: Status
    error: str
    attempts: int = 0
    """Calls that were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One session, ready to be asked about."""

    session: Session
    grown: LivedSession
    carried: Carried
    memory: ChainMemory
    """Open until `close`."""
    asks_memory: bool
    """The memory is asked for each question, not when the session begins."""
    spent: PreparationCost

    @property
    def replies(self) -> tuple[LiveReply, ...]:
        """What the model under test answered to the turns of this session, in order.

        Empty where replies are scripted. `session.messages[reply.asked]` is what one answers.
        """
        return self.grown.replies

    def short_of(self, trial: Trial) -> NotPrepared | None:
        """Why the session did not come as far as the trial's checkpoint; None when it did."""
        if trial.cut < len(self.session.cuts):
            return None
        return unready(self.grown.failed) if self.grown.failed is not None else None

    async def close(self) -> str | None:
        """End the life of the memory; why it could not be ended, if so."""
        return await self.memory.close()

    def compactions(self, cut: int) -> tuple[Compaction, ...]:
        """The compactions up to a checkpoint."""
        points = self.grown.checkpoints
        return points[cut].compactions if cut < len(points) else ()

    async def asked(self, trial: Trial, question: str, count: Callable[[Message], int]) -> Prepared:
        """This conversation with what the memory finds for one question, where it is asked then.

        Args:
            trial: Whose checkpoint it is.
            question: What will be asked.
            count: Tokens of a message.

        Raises:
            ModelError: The memory fails.
        """
        if not self.asks_memory:
            return self
        found, read_s = await self.memory.given_back(question)
        if not found:
            return replace(self, carried=replace(self.carried, read_s=read_s))
        cut = self.session.cuts[trial.cut]
        turn = handed_over(found)
        sizes = [count(message) for message in turn]
        messages = (*self.session.messages[: cut.messages], *turn)
        hashes = (*self.session.hashes[: cut.messages], *(message.hash for message in turn))
        start = self.session.offsets[cut.messages]
        upto = tuple(column[: cut.messages + 1] for column in self.session.kind_offsets)
        kinds = KindCounter(upto)
        for message, size in zip(turn, sizes, strict=True):
            kinds.add(message, size, said=False)
        cuts = list(self.session.cuts)
        cuts[trial.cut] = replace(cut, messages=len(messages), tokens=cut.tokens + sum(sizes))
        session = replace(
            self.session,
            trunk=digest(hashes),
            messages=messages,
            hashes=hashes,
            offsets=(
                *self.session.offsets[: cut.messages],
                *accumulate(sizes, initial=start),
            ),
            kind_offsets=kinds.offsets(),
            cuts=tuple(cuts),
        )
        points = list(self.grown.checkpoints)
        if points:
            shown = (*points[trial.cut].shown, *range(cut.messages, len(messages)))
            points[trial.cut] = replace(points[trial.cut], shown=shown)
        injected = "\n".join(part for part in (self.carried.injected, found) if part)
        return replace(
            self,
            session=session,
            grown=replace(
                self.grown,
                session=session,
                checkpoints=tuple(points),
                restated=(*self.grown.restated, cut.messages),
            ),
            carried=replace(
                self.carried, injected=injected, memory_tokens=sum(sizes), read_s=read_s
            ),
        )


def unready(error: ModelError) -> NotPrepared:
    """What the trials of a session come to that could not be made ready."""
    if isinstance(error, OverflowRefusedError):
        return NotPrepared(status="overflow", error=_not_sent(str(error)), attempts=error.attempts)
    ended: dict[str, Status] = {"content_filter": "refused", "cut": "cut", "thinking": "cut"}
    status = ended.get(error.kind, "error")
    why = f"{error.kind}: {error} (while the session was made ready)"
    return NotPrepared(status=status, error=why, attempts=error.attempts)


def _not_sent(text: str) -> str:
    return text if text.startswith("not sent:") else f"not sent: {text}"
