"""One session while it lives: live replies, compactions and notes are made as it grows.

Its one rule: a failed call ends the session where it stands; the checkpoints that it reached hold.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.errors import ModelError, OverflowRefusedError
from harness.core.memory import Compaction, LiveReply
from harness.core.messages import Message, Turn
from harness.core.protocols import NamesWriter
from harness.core.window import History
from harness.runs.conversation.compaction import Inserted, MessageRef, Point, grown
from harness.runs.conversation.generated_text import ModelWriter
from harness.sessions.policies import clearing, compacting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from harness.core.protocols import Policy
    from harness.core.window import Window
    from harness.runs.conversation.compaction import LivedSession
    from harness.runs.conversation.generated_text import Ask
    from harness.sessions.builder import Builder
    from harness.sessions.tokens import TokenCounter


class LiveSession:
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
        tick: Callable[[int, LiveSession], Awaitable[None]] | None = None,
    ) -> None:
        self._builder = builder
        self._policy = policy
        self._window = window
        self._ask = ask
        self._counter = counter
        self._live = live
        self._compacting = compacting(policy) if compacts else None
        self._clearing = clearing(policy) if compacts else None
        self._tick = tick
        self._shown: list[MessageRef] = []
        self._offsets = [0]
        self._taken = 0
        self._inserted: list[Inserted] = []
        self._cleared = 0
        self._written: list[tuple[Inserted, Message]] = []
        self._compactions: list[Compaction] = []
        self._points: list[Point] = []
        self._replies: list[LiveReply] = []

    async def live(self) -> LivedSession:
        """The session, lived through from its first message to its last."""
        failed: ModelError | None = None
        try:
            await self._grow()
        except ModelError as error:
            failed = error
        self._take()
        return grown(
            self._builder.session(),
            self._inserted,
            points=self._points if self._compacting or self._clearing else (),
            compactions=self._compactions,
            replies=self._replies,
            counter=self._counter,
            failed=failed,
        )

    async def _grow(self) -> None:
        growth = self._builder.grow()
        turns = 0
        step = next(growth, None)
        while step is not None:
            self._take()
            self._clear()
            await self._compact()
            if isinstance(step, Turn):
                if turns and self._tick is not None:
                    await self._tick(turns, self)
                turns += 1
                answer = await self._answer(step, turns)
            else:
                point = Point(tuple(self._shown), len(self._compactions), self._cleared)
                self._points.append(point)
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
        budget = self._window.budget
        if max_tokens is not None:
            budget = min(budget, replace(self._window, reserve=max_tokens).budget)
        return self._sent([Message("user", question)], budget)

    def _sent(self, asked: Sequence[Message], budget: int) -> list[Message]:
        """What the application would send now, with these as its last messages."""
        shown = [self._message(place) for place in self._shown]
        history = self._history(shown, asked)
        view = self._policy.view(history, budget)
        if view.refused is not None:
            raise OverflowRefusedError(f"not sent: {view.refused}")
        kept = [m for span in view.spans for m in shown[span.start : span.stop]]
        return [*kept, *asked]

    def _take(self) -> None:
        """Show what the builder has added."""
        new = range(self._taken, len(self._builder.messages))
        for index in new:
            self._shown.append(MessageRef(index))
            size = self._counter.message(self._builder.messages[index])
            self._offsets.append(self._offsets[-1] + size)
        self._taken = len(self._builder.messages)

    def _message(self, place: MessageRef) -> Message:
        if not place.written:
            return self._builder.messages[place.index]
        return self._written[place.index][1]

    def _history(self, shown: Sequence[Message], asked: Sequence[Message] = ()) -> History:
        tokens = self._counter.count(asked) if asked else 0
        return History(
            messages=shown, offsets=self._offsets, stop=len(shown), question_tokens=tokens
        )

    async def _answer(self, turn: Turn, number: int) -> str:
        """What is answered to a turn."""
        if not self._live or not turn.is_answered:
            return turn.assistant
        sent = self._sent(turn.prompt, self._window.budget)
        written = await self._ask(sent, purpose="reply")
        self._replies.append(
            LiveReply(
                asked=len(self._builder.messages),
                message=len(self._builder.messages) + len(turn.prompt),
                turn=number,
                session_number=self._builder.number,
                text=written.text,
                sent=tuple(sent),
                sent_tokens=self._counter.count(sent),
                prompt_tokens=written.prompt_tokens,
                completion_tokens=written.completion_tokens,
                cost_usd=written.cost_usd,
                finish_reason=written.finish_reason,
                compactions=len(self._compactions),
            )
        )
        return written.text

    def _clear(self) -> None:
        """Empty old messages, where the policy says that it is time."""
        policy = self._clearing
        if policy is None:
            return
        history = self._history([self._message(place) for place in self._shown])
        found = policy.clears(history, self._window.budget)
        for index in found:
            place = self._shown[index]
            if place.written:
                continue  # a summary is no tool's result
            emptied = policy.cleared(self._builder.messages[place.index])
            self._shown[index] = MessageRef(len(self._written), written=True)
            self._insert(Inserted(place.index + 1, (emptied,), clears=place.index))
            self._cleared += 1
        if found:
            self._recount()

    def _insert(self, inserted: Inserted) -> None:
        self._inserted.append(inserted)
        self._written += ((inserted, message) for message in inserted.messages)

    def _recount(self) -> None:
        """The length of what is shown, after some of it was put in place of other messages."""
        self._offsets = [0]
        for place in self._shown:
            size = self._counter.message(self._message(place))
            self._offsets.append(self._offsets[-1] + size)

    async def _compact(self) -> None:
        """Replace older turns by a text, where the policy says that it is time."""
        policy = self._compacting
        if policy is None:
            return
        shown = [self._message(place) for place in self._shown]
        history = self._history(shown)
        stop = policy.compacts(history, self._window.budget)
        if stop <= history.system:
            return
        replaced = shown[:stop]

        def prompt(instruction: str, _max_tokens: int) -> list[Message]:
            return [*replaced, Message("user", instruction)]

        named = policy.writer if isinstance(policy, NamesWriter) else None
        turn = await policy.compact(ModelWriter(self._ask, prompt, "summary", named))
        # It stands where the last message that it replaces stood, or the summary before it.
        last = self._shown[stop - 1]
        before = self._written[last.index][0].before if last.written else last.index + 1
        new = range(len(self._written), len(self._written) + len(turn.messages))
        through = self._origin(self._shown[stop])
        self._insert(Inserted(before, turn.messages))
        self._shown[history.system : stop] = [MessageRef(index, written=True) for index in new]
        self._recount()
        self._compactions.append(
            Compaction(
                before_tokens=history.prompt_tokens,
                after_tokens=self._offsets[-1],
                through=through,
                written=tuple(new),
            )
        )

    def _origin(self, place: MessageRef) -> int:
        """Index of the message that stood there when it was said."""
        if not place.written:
            return place.index
        clears = self._written[place.index][0].clears
        return self._written[place.index][0].before if clears is None else clears
