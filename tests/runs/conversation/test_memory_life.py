"""What becomes of a run whose memories fail, and of what clients told them."""

from __future__ import annotations

import asyncio
import json
import time
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.errors import ModelError
from harness.core.memory import MemoryChain, MemoryView, day_of
from harness.core.messages import Message
from harness.runs.conversation.memory_life import MemoryLife
from harness.sessions.memories import memories
from tests.support.chains import records_of, run_chain, write_chain
from tests.support.command import harness, the_run
from tests.support.memory_server import USAGE, MemoryServer


@pytest.fixture(scope="module")
def server():
    with MemoryServer() as running:
        yield running


@pytest.fixture(scope="module")
def mixed(tmp_path_factory, server):
    """One run under services that fail in every way, beside one that works and one of ours."""
    folder = tmp_path_factory.mktemp("mixed")
    ways = ["well", "raises", "hangs", "half", "long"]
    limits = {"hangs": "&timeout=0.2"}
    services = [f"http?url={server.address(way)}{limits.get(way, '')}" for way in ways]
    result = harness(
        "run", write_chain(folder), "-m", "reference/perfect", "-w", "4k", "--seeds", 2,
        "--memory", ",".join(["transcript", *services]), "--no-controls", "-q",
        "--out", folder / "out",
    )  # fmt: skip
    return result, the_run(folder / "out")


@pytest.mark.parametrize(
    ("way", "status", "problem"),
    [
        ("raises", "error", "fails in 'write': it answers with status 500"),
        ("hangs", "error", "fails in 'write': no answer within 0.2 s"),
        ("half", "error", "fails in 'write': it returns no sequence of texts"),
        ("long", "overflow", "characters, and the window has 4,000 tokens"),
    ],
)
def test_a_service_that_fails_leaves_its_own_chains_unmeasured(mixed, way, status, problem):
    _, folder = mixed
    found = [r for r in records_of(folder) if f"/{way}" in r["memory"]]
    asked = [r for r in found if r["session_number"] == 3]
    assert asked
    assert {(r["status"], r["score"], r["outcome"] == "lost_in_memory") for r in asked} == {
        (status, None, False)
    }
    for record in asked:
        assert problem in record["error"]
        assert f"/{way}" in record["error"]  # the memory's name holds its address


def test_the_others_go_on_and_a_service_that_works_is_measured(mixed):
    result, folder = mixed
    assert result.code == 6
    for memory in ("transcript", "/well"):
        found = [r for r in records_of(folder) if memory in r["memory"]]
        assert found
        assert {r["status"] for r in found} == {"ok"}
    crossed = [
        r for r in records_of(folder) if "/well" in r["memory"] and r["injected"] is not None
    ]
    assert {(r["written"], r["injected"], r["lost_at"]) for r in crossed} == {(True, True, None)}
    assert {r["memory_how"] for r in crossed} == {"a service over HTTP"}
    assert all(r["memory_read_s"] > 0 and r["memory_write_s"] > 0 for r in crossed)


def test_what_a_service_says_that_it_paid_is_counted_with_what_was_written(mixed):
    _, folder = mixed
    found = [
        r for r in records_of(folder, session_number=3)
        if "/well" in r["memory"] and r["status"] == "ok"
    ]  # fmt: skip
    assert {r["preparation_calls"] for r in found} == {2}
    assert {r["preparation_prompt_tokens"] for r in found} == {2 * USAGE["prompt_tokens"]}
    assert {r["preparation_cost_usd"] for r in found} == {2 * USAGE["cost_usd"]}


class Plug:
    """A memory that does what it is made with when it writes."""

    def __init__(self, does):
        self.does = does

    def open(self, _chain, /):
        return self

    async def write(self, _said, /):
        return await self.does() if asyncio.iscoroutinefunction(self.does) else self.does()

    async def inject(self, _question, /):
        return ""

    async def close(self):
        self.does = None


def leave():
    raise SystemExit("bye")


async def cancel():
    raise asyncio.CancelledError


def interrupt():
    raise KeyboardInterrupt


def hostile():
    raise ValueError("\ud83d" + "x" * 10_000_000)


@pytest.mark.parametrize(
    ("does", "problem"),
    [
        (leave, "it quits with SystemExit: bye"),
        (cancel, "it cancels itself"),
        (interrupt, "it quits with KeyboardInterrupt"),
        (hostile, "ValueError: "),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
    ],
)
async def test_a_memory_that_quits_ends_nothing_but_its_own_chain(does, problem):
    life = MemoryLife(Plug(does), "own:Plug", MemoryChain(id="c", writer=None), is_ours=False)
    with pytest.raises(ModelError) as error:
        await life.call("write", lambda session: session.write(None))
    assert f"memory 'own:Plug' fails in 'write': {problem}" in str(error.value)
    assert len(str(error.value).encode()) < 1_000
    assert await life.close() is None


@pytest.mark.parametrize("hang", [lambda: time.sleep(3), lambda: asyncio.sleep(60)])  # noqa: TID251
async def test_nobody_waits_for_a_memory_that_blocks_its_thread(hang):
    class Slow(Plug):
        timeout = 0.1

        async def write(self, _said, /):
            done = hang()
            return await done if done is not None else ()

    slow = MemoryLife(Slow(None), "own:Slow", MemoryChain(id="a", writer=None), is_ours=False)
    other = MemoryLife(Plug(tuple), "own:Plug", MemoryChain(id="b", writer=None), is_ours=False)
    began = time.monotonic()
    ended, written = await asyncio.gather(
        slow.call("write", lambda session: session.write(None)),
        other.call("write", lambda session: session.write(None)),
        return_exceptions=True,
    )
    assert "memory 'own:Slow' fails in 'write': no answer within 0.1 s" in str(ended)
    assert written[0] == ()
    again = time.monotonic()
    with pytest.raises(ModelError, match="no answer within"):
        await slow.call("inject", lambda session: session.inject("?"))
    assert time.monotonic() - again < 1  # nobody waits a second time
    await slow.close()
    await other.close()
    assert time.monotonic() - began < 2.5


async def test_a_memory_in_a_thread_of_its_own_has_the_model_at_hand():
    class Asking(Plug):
        def open(self, chain, /):
            self.writer = chain.writer
            return self

        async def write(self, _said, /):
            asked = await self.writer.ask([Message("user", "One?")], max_tokens=5)
            return [asked, await self.writer.write("Two?", max_tokens=5)]

    here = asyncio.get_running_loop()

    async def ask(messages, /, *, max_tokens):
        assert asyncio.get_running_loop() is here
        return messages[-1].text

    async def write(instruction, /, *, max_tokens):
        return instruction

    writer = SimpleNamespace(ask=ask, write=write)
    chain = MemoryChain(id="c", writer=writer)
    life = MemoryLife(Asking(None), "own:Asking", chain, is_ours=False)
    found, took = await life.call("write", lambda session: session.write(None))
    assert found == ["One?", "Two?"]
    assert took > 0
    await life.close()


BUILT_IN = ["transcript", "full", "last-k?k=3", "facts?budget=60", "summary?budget=60",
            "retrieval?k=2", "lossy?read_loss=0.3&write_loss=0.3", "http"]  # fmt: skip


class Echo:
    """A model that repeats what it was told, so that what reached it is seen."""

    def __init__(self):
        self.heard = []

    async def write(self, _instruction, /, *, max_tokens):  # noqa: ARG002 -- a writer's
        await asyncio.sleep(0)
        return "\n".join(f"- {line}" for line in self.heard)

    async def ask(self, messages, /, *, max_tokens):  # noqa: ARG002 -- the same
        return messages[-1].text


@settings(max_examples=15, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(["write", "inject"])), min_size=4, max_size=24
    ),
    kinds=st.lists(st.sampled_from(BUILT_IN), min_size=3, max_size=3),
)
async def test_nothing_of_one_client_or_memory_reaches_another_chain(server, steps, kinds):
    """Three chains live side by side; each says words that no other says."""
    specs = [f"http?url={server.address('well')}" if k == "http" else k for k in kinds]
    writers = [Echo() for _ in specs]
    lives = [
        MemoryLife(
            memories.resolve(spec), spec, MemoryChain(id=f"client{i}", writer=writers[i]),
            is_ours=i != 1,
        )
        for i, spec in enumerate(specs)
    ]  # fmt: skip
    numbers = [0, 0, 0]
    given_back: list[list[str]] = [[], [], []]

    async def step(who, does):
        if does == "inject":
            text, _ = await lives[who].call("inject", lambda s: s.inject("What is the code?"))
            given_back[who].append(text)
            return
        numbers[who] += 1
        word = f"The code of client{who} is word{who}x{numbers[who]}."
        writers[who].heard.append(word)
        said = MemoryView(
            session_id=f"client{who}/{numbers[who]}", session_number=numbers[who], turn=1,
            date=day_of(numbers[who]), fresh=0, ends=True,
            messages=[Message("user", word), Message("assistant", "Noted.")],
        )  # fmt: skip
        notes, _ = await lives[who].call("write", lambda s: s.write(said))
        given_back[who].append("\n".join(notes))

    async def client(who):
        for whose, does in steps:
            if whose == who:
                await step(who, does)

    await asyncio.gather(*(client(who) for who in range(3)))
    for life in lives:
        await life.close()
    for who, texts in enumerate(given_back):
        for other in {0, 1, 2} - {who}:
            assert not any(f"client{other}" in text for text in texts)


def test_interleaved_chains_of_a_run_share_no_user_and_no_value(server, tmp_path):
    folder = run_chain(
        write_chain(tmp_path), tmp_path / "out", "--memory", f"http?url={server.address('well')}",
        "--seeds", 3, "--no-controls",
    )  # fmt: skip
    values = {
        r["seed"]: {v for r2 in records_of(folder, seed=r["seed"]) for v in r2["expected"]}
        for r in records_of(folder)
    }
    stores = {r["seed"]: r["store"] for r in records_of(folder) if r["store"]}
    assert len(set(stores.values())) == 3
    for seed, store in stores.items():
        text = (folder / store).read_text("utf-8")
        for other in values.keys() - {seed}:
            foreign = {v for v in values[other] - values[seed] if any(c.isdigit() for c in v)}
            assert foreign
            assert not any(json.dumps(value)[1:-1] in text for value in foreign)
