"""What a run may spend, counting what is in flight: a call that might go past it is not made.

A call is let out when it still fits with everything that is spent and everything that is out, each
taken at the most that it may cost. While calls are out, the next one waits for them, since they
mostly cost less; when none is out and it still does not fit, the run stops.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import ModelError, UsageError
from harness.models.call_options import CallOptions
from harness.models.catalog import cost, price
from harness.models.usage import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from harness.core.messages import Message
    from harness.core.probe import Reply
    from harness.core.protocols import Model

_TOKENS_A_CHARACTER = 0.4
"""Before a provider's own count is known; dense text, so that a budget is kept from the start."""

_TELLING_CHARACTERS = 2000
"""Shorter prompts are mostly chat template, and say little about longer ones."""

_BILLED = frozenset({"timeout", "malformed", "empty", "broken_off", "content_filter"})
"""Failures of calls that a provider has worked on, and may well charge for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that a run may spend, in all of its parts; None for no end."""

    usd: float | None = None
    tokens: int | None = None
    """Prompt tokens, by the provider's count."""

    @property
    def bounded(self) -> bool:
        """Whether there is an end at all."""
        return self.usd is not None or self.tokens is not None

    def check(self, models: Iterable[str]) -> None:
        """See that it can be kept.

        Raises:
            UsageError: A model has no price, so dollars cannot be counted.
        """
        unknown = [name for name in models if price(name) is None]
        if self.usd is not None and unknown:
            raise UsageError(
                f"--budget-usd cannot be kept: the price of {', '.join(unknown)} is not known; use"
                " --budget-tokens"
            )


@dataclass(frozen=True, slots=True)
class Spent:
    """What something cost, or may cost at most."""

    usd: float
    tokens: int

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.usd + other.usd, self.tokens + other.tokens)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.usd - other.usd, self.tokens - other.tokens)


_NOTHING = Spent(0.0, 0)


class Purse:
    """The money of one run.

    Args:
        budget: The most that may be spent.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        """The most that may be spent."""
        self._spent = _NOTHING
        self._out = _NOTHING
        self._calls_out = 0
        self._changed = asyncio.Event()
        self.stopped: str | None = None
        """Why nothing more is sent, if so."""
        self.on_stop: Callable[[str], None] = lambda _: None
        """Is called with the reason when the budget is spent."""

    @property
    def spent(self) -> Spent:
        """By every call that is over."""
        return self._spent

    def charge(self, more: Spent) -> None:
        """Count what was spent without asking: before an interruption, or by a memory's service."""
        self._spent += more
        self._changed.set()

    @asynccontextmanager
    async def call(self, most: Spent) -> AsyncIterator[Callable[[Spent], None]]:
        """The time of one call; entered when it fits, and told what it cost.

        Args:
            most: What it may cost at most; also what is counted when it ends without a word.

        Raises:
            ModelError: The budget is spent (kind `stopped`).
        """
        await self._room(most)
        self._out += most
        self._calls_out += 1
        paid = [most]
        try:
            yield paid.append
        finally:
            self._out -= most
            self._calls_out -= 1
            self._spent += paid[-1]
            self._changed.set()

    async def _room(self, most: Spent) -> None:
        while True:
            if self.stopped is None and not self._fits(self._spent + self._out + most):
                if self._calls_out and self._fits(self._spent + most):
                    self._changed.clear()
                    await self._changed.wait()
                    continue
                self._stop(most)
            if self.stopped is None:
                return
            raise _not_sent(self.stopped)

    def _fits(self, sum_: Spent) -> bool:
        usd, tokens = self.budget.usd, self.budget.tokens
        return (usd is None or sum_.usd <= usd) and (tokens is None or sum_.tokens <= tokens)

    def _stop(self, most: Spent) -> None:
        usd, tokens = self.budget.usd, self.budget.tokens
        if tokens is not None and (self._spent + most).tokens > tokens:
            self.stopped = (
                f"the budget of {tokens:,} tokens is spent: {self._spent.tokens:,} so far, and the"
                f" next call may take {most.tokens:,}"
            )
        else:
            self.stopped = (
                f"the budget of ${usd:g} is spent: ${self._spent.usd:.4g} so far, and the next call"
                f" may cost ${most.usd:.2g}"
            )
        self._changed.set()
        self.on_stop(self.stopped)


class Budgeted:
    """A model whose calls are paid from a purse.

    Args:
        name: The model's name.
        options: Parameters of every call, as the model itself was given them.
        inner: Who is asked.
        purse: Who pays.
    """

    def __init__(
        self, name: str, options: Mapping[str, object], inner: Model, purse: Purse
    ) -> None:
        self._name = name
        self._options = CallOptions.of(options)
        self._inner = inner
        self._purse = purse
        self._ratio = _TOKENS_A_CHARACTER
        self._measured = False

    def limit(self) -> int | None:
        """Tokens of the context window; None where they are not known."""
        return self._inner.limit()

    def sent_parameters(self, options: Mapping[str, object], /) -> dict[str, object]:
        """The parameters that a call with these options sends, secrets masked."""
        return self._inner.sent_parameters(options)

    async def ask(
        self, messages: Sequence[Message], options: Mapping[str, object], /, *, repeat: int = 0
    ) -> Reply:
        """The model's reply, if it can be paid for.

        Raises:
            ModelError: The call failed, or the budget is spent (kind `stopped`).
        """
        size = sum(len(message.text) for message in messages)
        most = self._most(size, self._options | options)
        async with self._purse.call(most) as paid:
            try:
                reply = await self._inner.ask(messages, options, repeat=repeat)
            except ModelError as error:
                paid(most if error.kind in _BILLED else _NOTHING)
                raise
            self._learn(size, reply)
            tokens = most.tokens if reply.prompt_tokens is None else reply.prompt_tokens
            paid(Spent(most.usd if reply.cost_usd is None else reply.cost_usd, tokens))
            return reply

    async def close(self) -> None:
        """Close the connections of the model behind this one."""
        await self._inner.close()

    def _most(self, size: int, options: Mapping[str, object]) -> Spent:
        """What a prompt of so many characters may cost: none of it cached, the longest answer."""
        tokens = int(size * self._ratio) + 1
        answer = options.get("max_tokens")
        usage = Usage(
            prompt_tokens=tokens,
            written_tokens=tokens,
            completion_tokens=answer if isinstance(answer, int) else 0,
        )
        return Spent(cost(price(self._name, tokens), usage) or 0.0, tokens)

    def _learn(self, size: int, reply: Reply) -> None:
        """Tokens a character, as the provider counts: the most that was seen."""
        if size < _TELLING_CHARACTERS or reply.prompt_tokens is None:
            return
        ratio = reply.prompt_tokens / size
        self._ratio = max(self._ratio, ratio) if self._measured else ratio
        self._measured = True


def _not_sent(why: str) -> ModelError:
    error = ModelError(f"not sent: {why}", kind="stopped")
    error.attempts = 0
    return error
