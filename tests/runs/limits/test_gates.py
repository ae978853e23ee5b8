import asyncio
import time

import pytest

from harness.core.errors import ModelError, UsageError
from harness.core.probe import Reply
from harness.models.retries import Patience, ask_patiently
from harness.runs.limits import Gates, Limits
from tests.support.fault_server import over_the_rate

OPTIONS = {"api_base": "http://one:1/v1"}
QUICK = Patience(max_wait_s=0.01)


class Caller:
    """Makes calls through gates, and notes when each one was on its way."""

    def __init__(self, gates, model="openai/x", options=OPTIONS, takes_s=0.0, tokens=None):
        self.gate = gates.gate(model, options)
        self.takes_s = takes_s
        self.tokens = tokens
        self.arrivals = []
        self.now = self.peak = 0
        self.fails = []

    async def call(self, _attempt):
        self.arrivals.append(time.perf_counter())
        self.now += 1
        self.peak = max(self.peak, self.now)
        try:
            await asyncio.sleep(self.takes_s)
            if self.fails:
                raise self.fails.pop(0)
        finally:
            self.now -= 1
        return Reply(text="x", finish_reason="stop", prompt_tokens=self.tokens, latency_s=0.0)

    async def ask(self, size=400, patience=QUICK):
        return await ask_patiently(self.call, gate=self.gate, size=size, patience=patience)

    async def ask_many(self, times, size=400):
        return await asyncio.gather(*(self.ask(size) for _ in range(times)), return_exceptions=True)


class Watcher:
    def __init__(self):
        self.calls = 0
        self.in_flight = 0
        self.notes = []

    def sent(self):
        self.calls += 1
        self.in_flight += 1

    def returned(self):
        self.in_flight -= 1

    def note(self, text):
        self.notes.append(text)


def failure(kind, **how):
    return ModelError("no", kind=kind, retryable=True, **how)


async def test_calls_in_flight_are_bounded_for_a_provider_and_not_for_each_model():
    gates = Gates(Limits(max_connections=3))
    one, two = (Caller(gates, f"openai/{name}", takes_s=0.01) for name in "ab")
    other = Caller(gates, "openai/a", {"api_base": "http://two:1/v1"}, takes_s=0.01)
    peaks = []

    async def watch():
        while True:
            peaks.append(one.now + two.now)
            await asyncio.sleep(0.001)

    watching = asyncio.ensure_future(watch())
    await asyncio.gather(one.ask_many(20), two.ask_many(20), other.ask_many(5))
    watching.cancel()
    assert max(peaks) == 3
    assert min(one.peak, two.peak) >= 1


async def test_text_in_flight_is_bounded_and_a_longer_call_goes_alone():
    caller = Caller(Gates(Limits(max_connections=4, max_bytes=1000)), takes_s=0.01)
    await caller.ask_many(8, size=400)
    assert caller.peak == 2
    caller.peak = 0
    await caller.ask_many(3, size=5000)
    assert caller.peak == 1


async def test_a_call_that_waits_for_its_next_attempt_holds_no_place():
    caller = Caller(Gates(Limits(max_connections=1)))
    caller.fails = [failure("server")]
    slow = asyncio.ensure_future(caller.ask(patience=Patience(max_wait_s=0.3)))
    await asyncio.sleep(0.01)
    await asyncio.wait_for(caller.ask(), 0.2)
    assert not slow.done()
    assert (await slow).text == "x"


async def test_calls_a_minute_are_kept_retries_included():
    caller = Caller(Gates(Limits(max_connections=50, rpm=6000)))
    caller.fails = [failure("server")] * 2
    await caller.ask_many(140)
    assert len(caller.arrivals) == 142
    assert over_the_rate(caller.arrivals, 100) <= 100 + 2
    assert caller.arrivals[-1] - caller.arrivals[0] >= 0.35


async def test_tokens_a_minute_are_kept_by_the_providers_own_count():
    # 400 characters are thought to be 120 tokens; the provider counts 500
    caller = Caller(Gates(Limits(max_connections=50, tpm=600_000)), tokens=500)
    await caller.ask_many(50)
    took_s = caller.arrivals[-1] - caller.arrivals[0]
    assert took_s >= (50 * 500 - 10_000 - 50 * 400) / 10_000
    await caller.ask_many(20)
    start = time.perf_counter()
    await caller.ask_many(10)
    assert time.perf_counter() - start >= 0.9 * 9 * 500 / 10_000


async def test_a_prompt_longer_than_a_minutes_tokens_goes_and_is_paid_off_after():
    caller = Caller(Gates(Limits(tpm=60_000)), tokens=1200)
    await caller.ask(size=4000)
    start = time.perf_counter()
    await caller.ask(size=4000)
    assert 0.1 <= time.perf_counter() - start < 30


async def test_a_wait_that_the_provider_asks_for_holds_back_every_call_to_the_model():
    watcher = Watcher()
    caller = Caller(Gates(Limits(), watcher))
    caller.fails = [failure("rate_limit", retry_after_s=0.3)]
    start = time.perf_counter()
    first = asyncio.ensure_future(caller.ask())
    await asyncio.sleep(0.05)
    await caller.ask()
    assert time.perf_counter() - start >= 0.3
    await first
    assert (watcher.calls, watcher.in_flight) == (3, 0)


async def test_a_long_wait_that_the_provider_asks_for_is_told_once():
    watcher = Watcher()
    caller = Caller(Gates(Limits(), watcher))
    caller.fails = [failure("rate_limit", retry_after_s=30.0)] * 3
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(caller.ask_many(3), 0.1)
    assert watcher.notes == ["openai/x: waiting 30 s, as the provider asks"]


@pytest.mark.parametrize("kind", ["auth", "not_found", "quota"])
async def test_what_every_call_would_meet_stops_the_model_and_no_other(kind):
    gates = Gates(Limits(max_connections=1))
    caller, other = Caller(gates, takes_s=0.01), Caller(gates, "openai/y")
    caller.fails = [ModelError("no", kind=kind, stops=True)]
    found = await caller.ask_many(20)
    assert len(caller.arrivals) == 1
    assert gates.stopped == {"openai/x": f"{kind}: no"}
    assert [error.kind for error in found] == [kind] + ["stopped"] * 19
    assert [error.attempts for error in found] == [1] + [0] * 19
    assert (await other.ask()).text == "x"


async def test_an_outage_costs_a_few_calls_and_no_trial():
    caller = Caller(Gates(Limits(max_connections=8)))
    await caller.ask_many(8)
    down = True

    async def call(attempt):
        if down:
            caller.arrivals.append(0.0)
            raise failure("connection")
        return await caller.call(attempt)

    patience = Patience(max_attempts=6, max_wait_s=0.01)
    asked = [
        asyncio.ensure_future(ask_patiently(call, gate=caller.gate, size=400, patience=patience))
        for _ in range(40)
    ]
    await asyncio.sleep(1.2)
    down = False
    found = await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), 5)
    assert caller.arrivals.count(0.0) < 40
    assert sum(isinstance(reply, ModelError) for reply in found) <= 1


async def test_a_dead_provider_is_given_up_with_all_its_failing_models_and_one_reason():
    gates = Gates(Limits(max_connections=4, give_up_after_s=0.5))
    dead = [Caller(gates, f"openai/{name}") for name in "ab"]
    alive = Caller(gates, "openai/c", {"api_base": "http://two:1/v1"})
    for caller in dead:
        caller.fails = [failure("connection")] * 1000
    asked = [caller.ask_many(100) for caller in dead]
    found = await asyncio.wait_for(asyncio.gather(*asked, alive.ask_many(100)), 10)
    assert set(gates.stopped) == {"openai/a", "openai/b"}
    assert len(set(gates.stopped.values())) == 1
    assert "calls in a row failed, the last with connection: no" in gates.stopped["openai/a"]
    assert sum(len(caller.arrivals) for caller in dead) < 60
    assert [reply.text for reply in found[2]] == ["x"] * 100


async def test_a_cancelled_call_gives_its_place_back():
    caller = Caller(Gates(Limits(max_connections=1)), takes_s=5.0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(caller.ask(), 0.02)
    caller.takes_s = 0.0
    await asyncio.wait_for(caller.ask(), 0.5)


def test_limits_are_divided_between_workers_and_kept_together():
    whole = Limits(max_connections=9, rpm=100, tpm=1000, max_bytes=10)
    part = whole.divided(4)
    assert (part.max_connections, part.rpm, part.tpm, part.max_bytes) == (2, 25, 250, 2)
    assert part.give_up_after_s == whole.give_up_after_s
    with pytest.raises(UsageError, match="2 connections cannot be divided between 3 workers"):
        Limits(max_connections=2).divided(3)
    assert Limits(max_connections=2).divided(1).rpm is None


@pytest.mark.parametrize("wrong", [{"rpm": 0}, {"max_connections": -1}, {"tpm": float("nan")}])
def test_limits_are_above_zero(wrong):
    (name,) = wrong
    with pytest.raises(UsageError, match=f"{name} is .*; expected a number above 0"):
        Limits(**wrong)
