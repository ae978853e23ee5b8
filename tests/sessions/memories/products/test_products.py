"""The real products, end to end on this machine, with a reference model as the model at hand.

They run where they are installed (`pip install 'session-harness[mem0,langmem]'`), and in CI once a
week; elsewhere they are skipped.
"""

from __future__ import annotations

import json
import socket

import pytest

from harness.core.memory import MemoryChain, MemoryView, day_of
from harness.core.messages import Message
from harness.models.reference import laws
from harness.scoring.holds import holds
from harness.sessions.memories import memories
from harness.sessions.memories.conformance import check_memory
from tests.support.chains import records_of, run_chain, write_chain

pytestmark = [pytest.mark.products, pytest.mark.filterwarnings("ignore")]
PRODUCTS = ("mem0", "mem0?infer=false", "langmem")
PACKAGES = {"mem0": "mem0", "langmem": "langmem"}


@pytest.fixture(params=PRODUCTS)
def product(request, monkeypatch, tmp_path_factory):
    """The name of a product that is installed; nothing leaves this machine while it is used."""
    monkeypatch.setenv("MEM0_DIR", str(tmp_path_factory.mktemp("mem0")))
    pytest.importorskip(PACKAGES[request.param.partition("?")[0]])
    connect = socket.socket.connect

    def only_here(self, address):
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {
            "127.0.0.1", "::1", "localhost",
        }:  # fmt: skip
            raise AssertionError(f"{request.param} calls {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)
    return request.param


class AtHand:
    """A reference model, and all that it was asked."""

    def __init__(self, law="perfect"):
        self.law = laws.resolve(law)
        self.asked = []

    async def ask(self, messages, /, *, max_tokens):
        self.asked.append(tuple(message.text for message in messages))
        return self.law.answer(messages, max_tokens).text

    async def write(self, instruction, /, *, max_tokens):
        return await self.ask([Message("user", instruction)], max_tokens=max_tokens)


SAID = ("The ink of the poster is green. We print 700 copies.", "The ink is now violet.")


def session(number, text):
    messages = [Message("user", text), Message("assistant", "Noted.")]
    return MemoryView(
        session_id=f"c/{number}", session_number=number, turn=1, date=day_of(number),
        messages=messages, fresh=0, ends=True,
    )  # fmt: skip


async def lived(product, chain="c", law="perfect"):
    """A life with two sessions: what it listed after each, and what it gave back."""
    writer = AtHand(law)
    life = memories.resolve(product).open(MemoryChain(id=chain, writer=writer))
    listed = [list(await life.write(session(n, text))) for n, text in enumerate(SAID, start=1)]
    given = await life.inject("What is the ink of the poster?")
    return life, writer, listed, given


async def test_a_product_keeps_the_contract_of_memories(product):
    await check_memory(memories.resolve(product))


async def test_what_a_product_lists_is_what_its_store_holds_fact_by_fact(product):
    life, _, listed, given = await lived(product)
    if product == "langmem":
        held = [
            item.value["content"]["content"] for item in await life.store.asearch(("memories",))
        ]
    else:
        points, _ = life.memory.vector_store.client.scroll("chain", limit=100)
        held = [point.payload["data"] for point in points]
    assert sorted(listed[-1]) == sorted(held)
    assert {line.removeprefix("- ") for line in given.splitlines()} <= set(held)
    assert any("green" in text for text in held)
    assert any("violet" in text for text in listed[1])
    assert not any("violet" in text for text in listed[0])
    await life.close()


async def test_the_same_sessions_give_the_same_prompts_on_any_day(product):
    prompts, notes = [], []
    for _ in range(2):
        life, writer, listed, given = await lived(product)
        prompts.append(writer.asked)
        notes.append((listed, given))
        await life.close()
    assert prompts[0] == prompts[1]
    assert notes[0] == notes[1]
    if product == "mem0":
        assert f"## Current Date\n{day_of(2).isoformat()}" in prompts[0][1][-1]
    assert bool(prompts[0]) == (product != "mem0?infer=false")


async def test_nothing_of_one_client_of_a_product_reaches_the_other(product):
    first, _, _, given = await lived(product, "ana")
    other = memories.resolve(product).open(MemoryChain(id="ben", writer=AtHand()))
    assert "green" in given
    assert await other.inject("What is the ink of the poster?") == ""
    await other.write(session(1, "The paper of the poster is thick."))
    assert "green" not in await other.inject("What is the ink of the poster?")
    await first.close()
    await other.close()


def test_a_run_says_of_each_fact_what_the_product_held_and_what_it_rests_on(product, tmp_path):
    folder = run_chain(
        write_chain(tmp_path), tmp_path / "out", "--memory", product, "--seeds", 2,
        "--no-controls", model="reference/notes?miss=0.3",
    )  # fmt: skip
    found = [r for r in records_of(folder, session_number=3) if r["written"] is not None]
    assert len(found) == 6
    for record in found:
        lines = (folder / record["store"]).read_text("utf-8").splitlines()
        notes: list[str] = []
        for line in map(json.loads, lines):
            if "notes" in line:
                notes = notes[: line["keeps"]] + line["notes"]
        value = type(
            "Value", (), {"text": record["expected"][0], "spellings": record["expected"]}
        )()
        assert record["written"] == holds("\n".join(notes), value, record["question"])
        assert "embeddings by hashing" in record["memory_how"]
        assert (record["lost_at"] == "written") == (not record["written"])
    if product != "langmem":
        from mem0.memory import main, telemetry

        assert (main.MEM0_TELEMETRY, telemetry.MEM0_TELEMETRY) == (False, False)
