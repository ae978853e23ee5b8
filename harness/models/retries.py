"""How often a call is made, and how long is waited in between: the one owner of retries.

stamina does the waiting: exponential, jittered, capped. What the provider asks for, in its headers
or else in its words, goes before it; a wait that cannot be read is none, and never a guess.
"""

from __future__ import annotations

import email.utils
import logging
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import stamina

from harness.core.errors import ModelError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from harness.core.probe import Reply
    from harness.core.protocols import CallGate

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


def _ignore(_reply: Reply) -> None:
    """Nothing."""


async def ask(
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
    last: ModelError | None = None
    async for attempt in stamina.retry_context(
        on=_wait_of,
        attempts=patience.max_attempts,
        timeout=None,
        wait_initial=min(_FIRST_WAIT_S, patience.max_wait_s),
        wait_max=patience.max_wait_s,
        wait_jitter=min(_JITTER_S, patience.max_wait_s),
    ):
        with attempt:
            try:
                async with gate.passage(size) as answered:
                    reply = await _looked_at(call(attempt.num), patience)
                    answered(reply)
                    return reply
            except ModelError as error:
                if error.kind == "stopped":
                    raise _as_it_stood(error, last) from None
                error.attempts = attempt.num
                last = error
                raise
    raise AssertionError("unreachable")  # stamina raises after the last attempt


async def _looked_at(call: Awaitable[Reply], patience: Patience) -> Reply:
    """The reply of a call; the gate sees its failure as patience does."""
    try:
        return await call
    except ModelError as error:
        raise patience.judge_error(error) from None


def _wait_of(error: Exception) -> bool | float:
    """Whether stamina tries again, or after how many seconds."""
    if not isinstance(error, ModelError) or not error.retryable:
        return False
    return True if error.retry_after_s is None else error.retry_after_s


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


_WAIT = re.compile(
    r"""(?:try\ again\ in|retry\ (?:in|after)|retry[-_]?(?:after|delay)["']?\s*[:=]?)\s*["']?
        (?:(\d+)m(?!s))?\s*(?:(\d+(?:\.\d+)?)\s*(ms|s\b|sec|["'}]|$|,))?""",
    re.IGNORECASE | re.VERBOSE,
)
_MILLI = 1000.0


def retry_after_s(error: BaseException, text: str, now_s: float | None) -> float | None:
    """How long the provider asks to wait, in seconds; None where it does not say.

    Args:
        error: What the call raised.
        text: What it says.
        now_s: Seconds since the epoch, to read a header that is a date.
    """
    for headers in _headers(error):
        milliseconds = _number(headers.get("retry-after-ms"))
        if milliseconds is not None:
            return milliseconds / _MILLI
        told = headers.get("retry-after")
        seconds = _number(told)
        if seconds is None and told and now_s is not None:
            seconds = _until(str(told), now_s)
        if seconds is not None:
            return seconds
    found = _WAIT.search(text)
    if found is None or not (found[1] or found[2]):
        return None
    seconds = float(found[2] or 0)
    if (found[3] or "").lower() == "ms":
        seconds /= _MILLI
    return 60.0 * int(found[1] or 0) + seconds


def _headers(error: BaseException) -> list[Mapping[str, Any]]:
    """Every set of response headers that hangs on the error, names in lower case."""
    found: list[Mapping[str, Any]] = []
    for holder in (error, getattr(error, "response", None)):
        for name in ("headers", "litellm_response_headers"):
            headers = getattr(holder, name, None)
            if headers is not None and hasattr(headers, "items"):
                found.append({str(key).lower(): value for key, value in headers.items()})
    return found


def _number(value: object) -> float | None:
    """A header's value as a number that is no less than zero."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if 0.0 <= number < float("inf") else None


def _until(date: str, now_s: float) -> float | None:
    """Seconds from now to an HTTP date; 0 when it has passed."""
    try:
        then = email.utils.parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
    return max(0.0, then.timestamp() - now_s)
