from __future__ import annotations

import pytest

from harness.core.errors import UsageError
from harness.core.memory import MemoryBill, MemoryChain, MemoryFaultError, MemoryView, day_of
from harness.core.messages import Message
from harness.sessions.memories import memories
from harness.sessions.memories.conformance import check_memory
from harness.sessions.memories.http import HttpMemory
from tests.support.memory_server import MemoryServer


@pytest.fixture(scope="module")
def server():
    with MemoryServer() as running:
        yield running


def said(*turns):
    messages = [Message("system", "You keep books."), *(Message("user", turn) for turn in turns)]
    return MemoryView(
        session_id="c/2", session_number=2, turn=1, date=day_of(2), messages=messages, fresh=1,
        ends=True,
    )  # fmt: skip


def opened(server, how, **options):
    bills = []
    plug = HttpMemory(url=server.address(how), **options)
    return plug.open(MemoryChain(id="c", writer=None, bill=bills.append)), bills


@pytest.mark.parametrize("ask", [True, False])
async def test_a_service_keeps_the_contract_of_memories(server, ask):
    await check_memory(HttpMemory(url=server.address("well"), ask=ask))


async def test_a_service_is_told_what_is_new_of_a_session_with_its_day_and_a_user_of_its_own(
    server,
):
    session, bills = opened(server, "well")
    assert await session.write(said("The ink is green.")) == ["The ink is green."]
    assert await session.inject("Which ink?") == "The ink is green."
    other, _ = opened(server, "well")
    assert await other.inject("Which ink?") == ""
    await session.close()
    await other.close()
    (first, *_), *_ = [calls for calls in server.told.values() if calls[0].get("session") == 2][-1:]
    assert first["user"].startswith("c-")
    assert {name: first[name] for name in first if name != "user"} == {
        "call": "write",
        "session": 2,
        "turn": 1,
        "date": "2025-01-07",
        "ends": True,
        "messages": [{"role": "user", "content": "The ink is green."}],
    }
    assert bills == [MemoryBill(prompt_tokens=100, completion_tokens=10, cost_usd=0.002)]


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ("raises", "it answers with status 500: out of order"),
        ("moves", "it answers with status 307"),
        ("latin", "it answers what is no text of UTF-8"),
        ("html", "it answers what is no JSON: <html>"),
        ("list", "it answers a list; expected an object of JSON"),
        ("number", "its 'text' is a number; expected a text, '' for nothing"),
        ("huge", "it answers with more than 16,000,000 bytes"),
        ("bills", "its 'usage' is no object with prompt_tokens, completion_tokens and cost_usd"),
        ("hangs", "no answer within 0.3 s"),
    ],
)
async def test_a_service_that_misbehaves_is_told_by_what_it_did(server, how, problem):
    session, _ = opened(server, how, timeout=5.0 if how != "hangs" else 0.3)
    with pytest.raises(MemoryFaultError) as error:
        await session.inject("Which ink?")
    await session.close()
    assert str(error.value).startswith(problem)


async def test_notes_that_are_no_list_of_texts_are_refused_and_a_dead_address_too(server):
    session, _ = opened(server, "number")
    with pytest.raises(MemoryFaultError, match="its 'notes' are no list of texts"):
        await session.write(said("One."))
    await session.close()
    dead = HttpMemory(url="http://127.0.0.1:9").open(MemoryChain(id="c", writer=None))
    with pytest.raises(MemoryFaultError, match="Cannot connect"):
        await dead.inject("Which ink?")
    await dead.close()


async def test_a_token_is_sent_and_never_told_again(server, monkeypatch):
    plug = HttpMemory(url=server.address("raises"), token_env="MEMORY_TOKEN")  # noqa: S106 -- its name
    with pytest.raises(MemoryFaultError, match="variable MEMORY_TOKEN is not set"):
        plug.open(MemoryChain(id="c", writer=None))
    monkeypatch.setenv("MEMORY_TOKEN", "s3cret-t0ken")
    session = plug.open(MemoryChain(id="c", writer=None))
    with pytest.raises(MemoryFaultError, match=r"out of order Bearer \[token\]"):
        await session.inject("Which ink?")
    await session.close()
    assert server.headers[-1]["Authorization"] == "Bearer s3cret-t0ken"


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("http", "url is ''; expected http://HOST"),
        ("http?url=ftp://x", "url is 'ftp://x'; expected http://HOST"),
        ("http?url=http://me:pw@x", "url holds a user or a password"),
        ("http?url=http://x&timeout=0", "timeout is 0; expected seconds"),
    ],
)
def test_an_address_that_cannot_work_is_refused_before_anything_is_sent(spec, problem):
    with pytest.raises(UsageError) as error:
        memories.resolve(spec)
    assert problem in str(error.value)
    assert "pw" not in str(error.value)
