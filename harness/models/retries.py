"""How often a call is made, and how long is waited in between: the one owner of retries.

stamina says how long: exponential, capped. What the provider asks for goes before it. The waiting
is done at the gate, so that it ends when the run does.
"""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import ModelError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from harness.core.probe import Reply
    from harness.core.run_protocols import CallGate

OURS = frozenset({"max_attempts", "max_wait_s", "max_retry_after_s", "via"})
"""Options that are for the harness and never sent."""

# retries are told by `attempts`; without a handler Python would print a line for each
logging.getLogger("stamina").addHandler(logging.NullHandler())

_FIRST_WAIT_S = 0.5
_JITTER_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a call is made for one reply, and how long is waited in between."""

    max_attempts: int = 6
    max_wait_s: float = 60.0
    """Longest wait of our own between two calls, in seconds."""
    max_retry_after_s: float = 600.0
    """Longest wait that a provider may ask for. It is waited out in full, past `max_wait_s` too; a
    model that asks for more is given up for now."""

    @staticmethod
    def of(options: Mapping[str, object]) -> Patience:
        """What the options of a call ask for.

        Raises:
            UsageError: One of them is no number above 0.
        """
        usual = Patience()
        return Patience(
            max_attempts=int(_positive(options, "max_attempts", usual.max_attempts)),
            max_wait_s=_positive(options, "max_wait_s", usual.max_wait_s),
            max_retry_after_s=_positive(options, "max_retry_after_s", usual.max_retry_after_s),
        )

    def judge_error(self, error: ModelError) -> ModelError:
        """The error, and whether it asks for more patience than there is."""
        asked_s = error.retry_after_s
        if not error.retryable or asked_s is None or asked_s <= self.max_retry_after_s:
            return error
        return ModelError(
            f"{error} (asks to wait {asked_s:,.0f} s, longer than max_retry_after_s ="
            f" {self.max_retry_after_s:,.0f}: go on later)",
            kind=error.kind,
            retry_after_s=asked_s,
            stops=True,
        )


class OpenGate:
    """Lets every call out at once."""

    @asynccontextmanager
    async def passage(self, _size: int, /) -> AsyncIterator[Callable[[Reply], None]]:
        """The time of one call."""
        yield _ignore

    async def wait(self, seconds: float, /) -> None:
        """A pause of that length."""
        await asyncio.sleep(seconds)


def _ignore(_reply: Reply) -> None:
    """Nothing."""


async def ask_patiently(
    call: Callable[[int], Awaitable[Reply]], *, gate: CallGate, size: int, patience: Patience
) -> Reply:
    """The reply of the first call that gives one.

    Each attempt goes through the gate anew, and holds no place there while it waits for the next.

    Args:
        call: Makes the n-th call, counted from 1.
        gate: Says when a call may go out.
        size: Characters of the prompt.
        patience: How many calls, and how long in between.

    Raises:
        ModelError: The call failed for good, or too often.
    """
    tries = _Tries(call, gate, size, patience)
    first_s = min(_FIRST_WAIT_S, patience.max_wait_s)
    try:
        return await tries.call(1)
    except ModelError as error:
        if not tries.may_go_on(error, 1):
            raise
        import stamina  # here: a run in which all goes well never needs it

        await tries.wait(error, first_s)
    async for attempt in stamina.retry_context(
        on=_again,
        attempts=patience.max_attempts - 1,
        timeout=None,
        wait_initial=min(2 * first_s, patience.max_wait_s),
        wait_max=patience.max_wait_s,
    ):
        with attempt:
            number = attempt.num + 1
            try:
                return await tries.call(number)
            except ModelError as error:
                if tries.may_go_on(error, number):
                    await tries.wait(error, attempt.next_wait)
                raise
    raise AssertionError("unreachable")  # stamina raises after the last attempt


class _Tries:
    """The tries of one call.

    Args:
        call: Makes the n-th call, counted from 1.
        gate: Says when a call may go out.
        size: Characters of the prompt.
        patience: How many calls, and how long in between.
    """

    def __init__(
        self, call: Callable[[int], Awaitable[Reply]], gate: CallGate, size: int, patience: Patience
    ) -> None:
        self._call = call
        self._gate = gate
        self._size = size
        self._patience = patience
        self._last: ModelError | None = None

    async def call(self, number: int) -> Reply:
        """The n-th try.

        Raises:
            ModelError: It failed.
        """
        try:
            async with self._gate.passage(self._size) as answered:
                reply = await _looked_at(self._call(number), self._patience)
                answered(reply)
                return reply
        except ModelError as error:
            if error.kind == "stopped":
                raise _as_it_stood(error, self._last) from None
            error.attempts = number
            self._last = error
            raise

    def may_go_on(self, error: ModelError, number: int) -> bool:
        """Whether another try is worth its wait after the n-th."""
        return error.retryable and number < self._patience.max_attempts

    async def wait(self, error: ModelError, own_s: float) -> None:
        """Wait for the next try, as the provider asks or for so long and some more.

        At the gate, which opens early where nothing is worth waiting for any more.
        """
        most_s = self._patience.max_wait_s
        jitter_s = random.uniform(0, min(_JITTER_S, most_s))
        asked_s = error.retry_after_s
        await self._gate.wait(min(own_s + jitter_s, most_s) if asked_s is None else asked_s)


async def _looked_at(call: Awaitable[Reply], patience: Patience) -> Reply:
    """The reply of a call; the gate sees its failure as patience does."""
    try:
        return await call
    except ModelError as error:
        raise patience.judge_error(error) from None


def _again(error: Exception) -> float | bool:
    """Whether stamina tries again; at once, for what is to be waited for has been."""
    return 0.0 if isinstance(error, ModelError) and error.retryable else False


def _as_it_stood(stopped: ModelError, last: ModelError | None) -> ModelError:
    """What is told of a call whose model was given up: its own last failure, if it has one."""
    if last is None:
        stopped.attempts = 0
        return stopped
    last.retryable = False
    return last


def _positive(options: Mapping[str, object], key: str, default: float) -> float:
    """One of our own options, which are all numbers above zero."""
    value = options.get(key, default)
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    raise UsageError(f"option '{key}' is {value!r}; expected a number above 0")
