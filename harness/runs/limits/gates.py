"""The gates that the calls of a run go through, one for each model; lanes are shared by provider.

A gate owns everything that makes a call wait: the rates of its model, the room on its provider's
lane, a wait that the provider asked for, and an outage. A call that waits for its next attempt is
outside the gate: it holds no place.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from harness.core.errors import ModelError
from harness.models.call_options import CallOptions
from harness.runs.limits.breaker import Breaker
from harness.runs.limits.lane import Lane
from harness.runs.limits.rates import Rates

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping

    from harness.core.probe import Reply
    from harness.runs.limits.limits import Limits

_TOKENS_A_CHARACTER = 0.3
"""Before a provider's own count is known; English has a quarter of a token a character."""

_WEIGHT = 0.2
"""Of the newest reply in the running ratio of tokens to characters."""

_WORTH_SAYING_S = 10.0
"""A wait that a provider asks for and that is longer than this is told to the user."""

_TOO_MUCH = frozenset({"rate_limit", "timeout"})
"""Failures that say that fewer calls should be in flight."""


class Watcher(Protocol):
    """Is told what goes through the gates."""

    def sent(self) -> None:
        """A call goes out."""

    def returned(self) -> None:
        """A call is over."""

    def note(self, text: str) -> None:
        """Something that the user should know now."""


class Gates:
    """The gates of one run.

    Args:
        limits: What is allowed at most.
        watcher: Is told what goes through.
    """

    def __init__(self, limits: Limits, watcher: Watcher | None = None) -> None:
        self.limits = limits
        self._watcher = watcher
        self._lanes: dict[str, Lane] = {}
        self._gates: dict[str, ModelGate] = {}
        self.stopped: dict[str, str] = {}
        """Models that were given up, and why."""

    def gate(self, model: str, options: Mapping[str, object]) -> ModelGate:
        """The gate of a model; models of one provider at one address share a lane."""
        key = _provider(model, options)
        lane = self._lanes.setdefault(key, Lane(self.limits))
        if model not in self._gates:
            self._gates[model] = ModelGate(model, lane, self.limits, self._stop, self._watcher)
        return self._gates[model]

    def note(self, text: str) -> None:
        """Hand on what the user should know now."""
        if self._watcher is not None:
            self._watcher.note(text)

    def stop_all(self, models: Iterable[str], why: str, *, close: bool) -> None:
        """Give up every model.

        Args:
            models: Their names; those without a gate too.
            why: What is told of it.
            close: Whether calls that wait at their gate must not go out any more either.
        """
        for name in models:
            self.stopped.setdefault(name, why)
        for gate in self._gates.values() if close else ():
            gate.close(why)
            gate.lane.wake()

    def stop(self, model: str, why: str) -> None:
        """Give up one model, as was decided elsewhere: what waits at its gate does not go out."""
        self.stopped.setdefault(model, why)
        gate = self._gates.get(model)
        if gate is not None:
            gate.close(why)
            gate.lane.wake()

    def _stop(self, gate: ModelGate, why: str, *, all_on_lane: bool) -> None:
        """Give up a model; where nobody is at home, those of the same address that fail too."""
        for other in self._gates.values():
            failing = all_on_lane and other.lane is gate.lane and other.failing
            if other is gate or failing:
                self.stopped.setdefault(other.model, why)
                other.close(why)
        gate.lane.wake()


class ModelGate:
    """Where the calls to one model wait until they may go out."""

    def __init__(
        self,
        model: str,
        lane: Lane,
        limits: Limits,
        stop: Callable[..., None],
        watcher: Watcher | None,
    ) -> None:
        self.model = model
        self.lane = lane
        self._rates = Rates(limits.rpm, limits.tpm)
        self._rated = limits.rpm is not None or limits.tpm is not None
        self._breaker = Breaker(limits.give_up_after_s)
        self._stop = stop
        self._watcher = watcher
        self._turnstile = asyncio.Lock()
        self._ratio = _TOKENS_A_CHARACTER
        self._paused_until_s = 0.0
        self._trying = False
        self._tried = asyncio.Event()
        self._closed = asyncio.Event()
        self._why = ""

    @property
    def failing(self) -> bool:
        """Whether the last call failed."""
        return self._breaker.failures > 0

    def close(self, why: str) -> None:
        """Let nothing through any more."""
        self._why = why
        self._closed.set()
        self._tried.set()

    @asynccontextmanager
    async def passage(self, size: int, /) -> AsyncIterator[Callable[[Reply], None]]:
        """The time of one call; entered when it may go out, and told the reply.

        Args:
            size: Characters of the prompt.

        Raises:
            ModelError: The model was given up (kind `stopped`).
        """
        tokens = size * self._ratio
        trying = False
        async with self._turnstile:  # so that no rate is used up by calls that cannot go yet
            await self._clear_of_waits()
            if self._rated:
                await self._unless_closed(self._rates.take(tokens))
            number = await self.lane.enter(size, self._check)
            self._trying = trying = self._breaker.holding
        sent_s = _now_s()
        if self._watcher is not None:
            self._watcher.sent()
        try:
            replies: list[Reply] = []
            yield replies.append
            self._answered(number, size, tokens, replies[-1])
        except ModelError as error:
            self._failed(number, sent_s, error)
            raise
        finally:
            self.lane.leave(size)
            if trying:
                self._trying = False
                self._tried.set()
            if self._watcher is not None:
                self._watcher.returned()

    async def wait(self, seconds: float, /) -> None:
        """A pause of that length, or until the model is given up."""
        await _within(self._closed.wait(), seconds)

    async def _clear_of_waits(self) -> None:
        """Wait until neither the provider's word nor an outage is in the way."""
        while True:
            self._check()
            now_s = _now_s()
            until_s = self._paused_until_s
            if self._breaker.holding:
                if self._trying:
                    self._tried.clear()
                    await self._tried.wait()
                    continue
                until_s = max(until_s, self._breaker.held_until_s)
            if until_s <= now_s:
                return
            await _within(self._closed.wait(), until_s - now_s)

    async def _unless_closed(self, work: Awaitable[None]) -> None:
        """Wait for something, but no longer than the model is worth waiting for."""
        waiting = asyncio.ensure_future(work)
        closed = asyncio.ensure_future(self._closed.wait())
        try:
            await asyncio.wait({waiting, closed}, return_when=asyncio.FIRST_COMPLETED)
            self._check()
            await waiting
        finally:
            waiting.cancel()
            closed.cancel()

    def _check(self) -> None:
        if self._closed.is_set():
            raise ModelError(f"not sent, the model was given up: {self._why}", kind="stopped")

    def _answered(self, number: int, size: int, tokens: float, reply: Reply) -> None:
        self.lane.congestion.answered(number, latency_s=reply.latency_s or 0.0, size=size)
        self._breaker.answered()
        if reply.prompt_tokens is not None and size:
            self._rates.correct(reply.prompt_tokens - tokens)
            self._ratio += _WEIGHT * (reply.prompt_tokens / size - self._ratio)

    def _failed(self, number: int, sent_s: float, error: ModelError) -> None:
        now_s = _now_s()
        if error.kind in _TOO_MUCH and error.retryable:
            self.lane.congestion.throttled(number)
        if error.stops:
            self._stop(self, f"{error.kind}: {error}", all_on_lane=False)
        elif not error.retryable:
            self._breaker.answered()
        else:
            asked_s = self._pause(error.retry_after_s or 0.0, now_s)
            self._breaker.failed(error.kind, sent_s=sent_s, now_s=now_s, asked_s=asked_s)
            if self._breaker.dead(now_s):
                self._give_up(error, now_s)

    def _pause(self, asked_s: float, now_s: float) -> float:
        """Hold back every call of the model while the provider asks for it; what that adds."""
        before_s = max(self._paused_until_s, now_s)
        added_s = now_s + asked_s - before_s
        if added_s <= 0.0:
            return 0.0
        self._paused_until_s = now_s + asked_s
        if added_s > _WORTH_SAYING_S and self._watcher is not None:
            self._watcher.note(f"{self.model}: waiting {asked_s:.0f} s, as the provider asks")
        return added_s

    def _give_up(self, error: ModelError, now_s: float) -> None:
        silent_s, calls = self._breaker.silent_s(now_s), self._breaker.failures
        why = (
            f"no answer for {silent_s:.0f} s, {calls} calls in a row failed,"
            f" the last with {error.kind}: {error}"
        )
        self._stop(self, why, all_on_lane=error.kind == "connection")


def _provider(model: str, options: Mapping[str, object]) -> str:
    """Who answers: the provider in a model's name, at the address where it is asked."""
    at = CallOptions.of(options).address(model) or ""
    return f"{model.partition('/')[0]} {urlsplit(at).netloc}"


async def _within(work: Awaitable[object], seconds: float) -> None:
    """Wait for something, or for so long."""
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        return


def _now_s() -> float:
    return asyncio.get_running_loop().time()
