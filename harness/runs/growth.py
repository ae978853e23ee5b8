"""One session while it lives: live replies, compactions and notes are made as it grows.

Its one rule: what was sent can be sent again. Texts that a policy put in place of others stand in
the session beside them, where they belong, and each checkpoint knows which messages its view shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from harness.core.draws import digest
from harness.core.errors import ModelError, OverflowRefusedError
from harness.core.memory import Compaction, LiveReply
from harness.core.messages import Message, Turn
from harness.core.protocols import Compacting
from harness.core.window import History, Span, View
from harness.sessions.tokens import PRIMING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from harness.core.protocols import Policy
    from harness.core.session import Session
    from harness.core.window import Window
    from harness.runs.writing import Purpose, Written
    from harness.sessions.build import Builder
    from harness.sessions.tokens import TokenCounter


class Ask(Protocol):
    """Puts a prompt to a model, for a purpose."""

    def __call__(
        self,
        messages: Sequence[Message],
        /,
        *,
        purpose: Purpose,
        writer: str | None = None,
        max_tokens: int | None = None,
    ) -> Awaitable[Written]:
        """What is written; `writer` and `max_tokens` in place of the run's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A checkpoint of a session that a policy has compacted."""

    shown: tuple[int, ...]
    """Indexes of the messages that the policy's own view is made of."""
    compactions: tuple[Compaction, ...]
    """So far, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """A session that was lived through."""

    session: Session
    """As built, with the texts of compactions among its messages."""
    checkpoints: tuple[Checkpoint, ...]
    """One for each checkpoint of the session; empty where no policy compacts."""
    replies: tuple[LiveReply, ...]
    restated: tuple[int, ...]
    """Indexes of messages that may say a fact again: summaries and live replies."""
    failed: ModelError | None = None
    """Why it ends before its time; the checkpoints that it reached hold."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A message of the session under way: said, or written by a compaction."""

    index: int
    written: bool = False


class Growth:
    """Lives through one session.

    Args:
        builder: Builds it.
        policy: What the application does at the ceiling.
        window: The ceiling.
        ask: Puts prompts to models.
        counter: Counts tokens.
        live: The model answers the turns.
        compacts: The policy may compact; else nobody will see what it makes of the session.
        tick: Is told after each turn how many there were, to write notes.
    """

    def __init__(
        self,
        builder: Builder,
        policy: Policy,
        window: Window,
        *,
        ask: Ask,
        counter: TokenCounter,
        live: bool,
        compacts: bool = True,
        tick: Callable[[int, Growth], Awaitable[None]] | None = None,
    ) -> None:
        self._builder = builder
        self._policy = policy
        self._window = window
        self._ask = ask
        self._counter = counter
        self._live = live
        self._compacting = policy if compacts and isinstance(policy, Compacting) else None
        self._tick = tick
        self._shown: list[_Place] = []
        self._taken = 0
        self._written: list[tuple[int, Turn]] = []
        """Texts of compactions, and before which message of the builder each of them stands."""
        self._compactions: list[Compaction] = []
        self._checkpoints: list[tuple[list[_Place], tuple[Compaction, ...]]] = []
        self._replies: list[LiveReply] = []

    async def live(self) -> Grown:
        """The session, lived through from its first message to its last."""
        failed: ModelError | None = None
        try:
            await self._grow()
        except ModelError as error:
            failed = error
        self._take()
        return self._grown(self._builder.session(), failed)

    async def _grow(self) -> None:
        growth = self._builder.grow()
        turns = 0
        step = next(growth, None)
        while step is not None:
            self._take()
            await self._compact()
            if isinstance(step, Turn):
                if turns and self._tick is not None:
                    await self._tick(turns, self)
                turns += 1
                answer = await self._answer(step, turns)
            else:
                self._checkpoints.append((list(self._shown), tuple(self._compactions)))
                answer = ""
            try:
                step = growth.send(answer)
            except StopIteration:
                return

    @property
    def number(self) -> int:
        """Which session of its chain this is, counted from 1."""
        return self._builder.number

    def messages(self) -> list[Message]:
        """The whole session so far, as it was said."""
        return list(self._builder.messages)

    def view(self, question: str, max_tokens: int | None = None) -> list[Message]:
        """What the application would send now, with this as its last message.

        Args:
            question: The last message.
            max_tokens: Tokens kept for the answer, where they are not the run's own.

        Raises:
            OverflowRefusedError: The application sends nothing so long.
        """
        shown = [self._message(place) for place in self._shown]
        history = self._history(shown, question)
        budget = self._window.budget
        if max_tokens is not None:
            budget = min(budget, replace(self._window, reserve=max_tokens).budget)
        view = self._policy.view(history, budget)
        if view.refused is not None:
            raise OverflowRefusedError(f"not sent: {view.refused}")
        kept = [m for span in view.spans for m in shown[span.start : span.stop]]
        return [*kept, Message("user", question)]

    def _take(self) -> None:
        """Show what the builder has added."""
        new = range(self._taken, len(self._builder.messages))
        self._shown += (_Place(index) for index in new)
        self._taken = len(self._builder.messages)

    def _message(self, place: _Place) -> Message:
        if not place.written:
            return self._builder.messages[place.index]
        turn = self._written[place.index // 2][1]
        return turn.messages[place.index % 2]

    def _history(self, shown: Sequence[Message], question: str) -> History:
        offsets = [0]
        for message in shown:
            offsets.append(offsets[-1] + self._counter.message(message))
        asked = self._counter.message(Message("user", question)) + PRIMING if question else 0
        return History(messages=shown, offsets=offsets, stop=len(shown), question_tokens=asked)

    async def _answer(self, turn: Turn, number: int) -> str:
        """What is answered to a turn."""
        if not self._live:
            return turn.assistant
        sent = self.view(turn.user)
        written = await self._ask(sent, purpose="reply")
        self._replies.append(
            LiveReply(
                message=len(self._builder.messages) + 1,
                turn=number,
                session_number=self._builder.number,
                text=written.text,
                sent=tuple(sent),
                sent_tokens=self._counter.count(sent),
                prompt_tokens=written.prompt_tokens,
                completion_tokens=written.completion_tokens,
                cost_usd=written.cost_usd,
                finish_reason=written.finish_reason,
            )
        )
        return written.text

    async def _compact(self) -> None:
        """Replace older turns by a text, where the policy says that it is time."""
        policy = self._compacting
        if policy is None:
            return
        shown = [self._message(place) for place in self._shown]
        history = self._history(shown, "")
        stop = policy.compacts(history, self._window.budget)
        if stop <= history.system:
            return
        replaced = shown[:stop]

        def prompt(instruction: str, _max_tokens: int) -> list[Message]:
            return [*replaced, Message("user", instruction)]

        turn = await policy.compact(Scribe(self._ask, prompt, "summary", policy))
        # It stands where the last message that it replaces stood, or the summary before it.
        last = self._shown[stop - 1]
        before = self._written[last.index // 2][0] if last.written else last.index + 1
        first = 2 * len(self._written)
        self._written.append((before, turn))
        self._shown[history.system : stop] = [_Place(first, True), _Place(first + 1, True)]
        after = sum(self._counter.message(self._message(place)) for place in self._shown)
        self._compactions.append(
            Compaction(before_tokens=history.prompt_tokens, after_tokens=after)
        )

    def _grown(self, session: Session, failed: ModelError | None) -> Grown:
        """The session with the texts of compactions among its messages."""
        replied = [reply.message for reply in self._replies]
        if not self._written:
            shown = tuple(
                Checkpoint(shown=tuple(place.index for place in places), compactions=done)
                for places, done in self._checkpoints
            )
            return Grown(
                session=session,
                checkpoints=shown if self._compacting is not None else (),
                replies=tuple(self._replies),
                restated=tuple(replied),
                failed=failed,
            )
        at, messages, written = self._merged(session)
        offsets = [0]
        for message in messages:
            offsets.append(offsets[-1] + self._counter.message(message))
        hashes = tuple(message.hash for message in messages)
        end = len(session.messages)
        merged = replace(
            session,
            trunk=digest(hashes),
            messages=tuple(messages),
            hashes=hashes,
            offsets=tuple(offsets),
            plants=tuple(
                replace(plant, message=at[plant.message]) if plant.message >= 0 else plant
                for plant in session.plants
            ),
            cuts=tuple(
                replace(cut, messages=at[cut.messages] if cut.messages < end else len(messages))
                for cut in session.cuts
            ),
        )

        def index(place: _Place) -> int:
            return written[place.index] if place.written else at[place.index]

        return Grown(
            session=merged,
            checkpoints=tuple(
                Checkpoint(shown=tuple(map(index, places)), compactions=done)
                for places, done in self._checkpoints
            ),
            replies=tuple(replace(reply, message=at[reply.message]) for reply in self._replies),
            restated=(*sorted(written.values()), *(at[i] for i in replied)),
            failed=failed,
        )

    def _merged(self, session: Session) -> tuple[dict[int, int], list[Message], dict[int, int]]:
        """Where each message went, all messages, and where each written one went."""
        at: dict[int, int] = {}
        written: dict[int, int] = {}
        messages: list[Message] = []

        def put(before: int) -> None:
            for number, (place, turn) in enumerate(self._written):
                if place == before:
                    for half, message in enumerate(turn.messages):
                        written[2 * number + half] = len(messages)
                        messages.append(message)

        for index, message in enumerate(session.messages):
            put(index)
            at[index] = len(messages)
            messages.append(message)
        put(len(session.messages))
        return at, messages, written


@dataclass(frozen=True, slots=True)
class Scribe:
    """A model at hand for one conversation."""

    ask: Ask
    prompt: Callable[[str, int], Sequence[Message]]
    """The conversation with the instruction as its last message, room kept for an answer of so many
    tokens."""
    purpose: Purpose
    plug: object
    """Whose field `writer` may name another model."""

    async def write(self, instruction: str, /, *, max_tokens: int) -> str:
        """What the model writes."""
        written = await self.ask(
            self.prompt(instruction, max_tokens),
            purpose=self.purpose,
            writer=getattr(self.plug, "writer", None),
            max_tokens=max_tokens,
        )
        return written.text


def shown_view(
    policy: Policy, session: Session, shown: Sequence[int], question_tokens: int, budget_tokens: int
) -> View:
    """The policy's view of the messages that compactions left, as spans of the whole session.

    Args:
        policy: What the application does at the ceiling.
        session: The session with the texts of compactions among its messages.
        shown: Indexes of the messages that they left.
        question_tokens: What the question adds to the prompt.
        budget_tokens: Tokens that the prompt may have.
    """
    offsets = [0]
    for index in shown:
        size = session.offsets[index + 1] - session.offsets[index]
        offsets.append(offsets[-1] + size)
    history = History(
        messages=[session.messages[index] for index in shown],
        offsets=offsets,
        stop=len(shown),
        question_tokens=question_tokens,
    )
    view = policy.view(history, budget_tokens)
    kept = [index for span in view.spans for index in shown[span.start : span.stop]]
    spans: list[Span] = []
    for index in kept:
        if spans and spans[-1].stop == index:
            spans[-1] = Span(spans[-1].start, index + 1)
        else:
            spans.append(Span(index, index + 1))
    return View(tuple(spans), refused=view.refused)
