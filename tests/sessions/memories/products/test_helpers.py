"""What products lean on: hashed vectors, a thread that waits, and a reader of their prompts."""

from __future__ import annotations

import asyncio
import json
import math
import sys
import threading

import pytest

from harness.core.errors import UsageError
from harness.core.messages import Message
from harness.models.reference import laws
from harness.sessions.memories import memories
from harness.sessions.memories.products import langmem, mem0
from harness.sessions.memories.products.blocking import BlockingThread, BlockingWriter
from harness.sessions.memories.products.hashing import HashingEmbedder


def likeness(a, b):
    embedder = HashingEmbedder()
    return math.fsum(x * y for x, y in zip(embedder.vector(a), embedder.vector(b), strict=True))


def test_hashed_vectors_are_near_where_words_are_shared_and_the_same_everywhere():
    question = "Which colour has the ink of the poster?"
    assert likeness(question, "The colour of the poster's ink is green.") > 0.5
    assert likeness(question, "The invoices were printed twice.") < 0.2
    assert likeness(question, question) == pytest.approx(1.0)
    assert likeness("?!", "the of") == pytest.approx(1.0)  # no words, but a vector all the same
    assert HashingEmbedder(8).vector("ink") == HashingEmbedder(8).vectors(["ink"])[0]
    assert HashingEmbedder(4).vector("ink") == pytest.approx(INK)


INK = HashingEmbedder(4).vector("INK")


async def test_blocking_calls_keep_to_one_thread_in_order_and_fail_where_they_are_waited_for():
    thread = BlockingThread("one")
    seen = await asyncio.gather(*(thread.run(threading.get_ident) for _ in range(3)))
    assert len(set(seen)) == 1
    assert seen[0] != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        await thread.run(lambda: 1 / 0)
    with pytest.raises(RuntimeError, match="bye"):
        await thread.run(lambda: (_ for _ in ()).throw(RuntimeError("bye")))
    thread.stop()


async def test_a_blocking_product_has_the_model_at_hand():
    class Writer:
        async def ask(self, messages, /, *, max_tokens):
            return f"{messages[-1].text} {max_tokens}"

    thread = BlockingThread("two")
    writer = BlockingWriter(Writer(), asyncio.get_running_loop(), 7)
    assert await thread.run(lambda: writer.ask([Message("user", "hello")])) == "hello 7"
    thread.stop()


MEM0 = """## Summary


## Existing Memories
[]

## New Messages
user: The code of the gate is 4711K.
Please keep it.
assistant: Noted.

## Observation Date
2025-01-06

# Output:"""
LANGMEM = """Avoid duplicates.

<session_1-2>
================================ Human Message =================================

The code of the gate is 4711K. Please keep it.

================================== Ai Message ==================================

Noted.
</session_1-2>

[{"name": "Memory"}]
{"calls": [{"name": "...", "args": {...}}]}"""


@pytest.mark.parametrize(
    ("prompt", "facts"),
    [
        (MEM0, lambda answer: [one["text"] for one in answer["memory"]]),
        (LANGMEM, lambda answer: [one["args"]["content"] for one in answer["calls"]]),
    ],
)
def test_a_reference_model_lists_the_facts_that_a_product_asks_for(prompt, facts):
    asked = [Message("system", "Return JSON."), Message("user", prompt)]
    told = facts(json.loads(laws.resolve("perfect").answer(asked).text))
    assert "The code of the gate is 4711K." in told
    nothing = laws.resolve("notes?miss=1").answer(asked).text
    assert facts(json.loads(nothing)) == []


def test_a_prompt_that_only_looks_like_a_products_is_answered_as_any_other():
    said = Message("user", MEM0.replace("# Output:", "What is the code of the gate?"))
    assert not laws.resolve("perfect").answer([said]).text.startswith("{")


@pytest.mark.parametrize(("module", "name"), [(mem0, "mem0"), (langmem, "langmem")])
def test_a_product_that_is_not_installed_says_how_to_get_it(module, name, monkeypatch):
    module._product.cache_clear()
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(UsageError, match=rf"pip install 'session-harness\[{name}\]'"):
        memories.resolve(name)
    module._product.cache_clear()


@pytest.mark.parametrize("text", ["no JSON", '{"calls": 7}', '{"calls": [{"name": "x"}]}', "{"])
def test_an_answer_that_is_no_call_of_a_tool_calls_none(text):
    assert langmem._calls(text) == []


def test_calls_are_read_out_of_whatever_stands_around_them():
    (call,) = langmem._calls(
        'Sure: {"calls": [{"name": "Memory", "args": {"content": "a"}}]} Done.'
    )
    assert (call["name"], call["args"]) == ("Memory", {"content": "a"})


def test_identifiers_that_are_drawn_anew_get_the_same_names_and_come_back():
    names = langmem._Names()
    drawn = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert names.given(f"<session_{drawn}> {drawn} 12") == "<session_id1> id1 12"
    assert names.taken_back("remove id1, id2") == f"remove {drawn}, id2"
