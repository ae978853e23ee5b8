"""CPU of one call by the length of its prompt, and what latency is told under load.

Raw aiohttp with the body prepared is the floor; `litellm.acompletion` as it comes is what a
program without a transport of its own pays. All against one loopback server, in one run.

Goal: at most a tenth of plain litellm at 200,000 tokens.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
from typing import TYPE_CHECKING

import aiohttp
from goals import told
from loopback import serving

from harness.core.messages import Message
from harness.models import make_model
from harness.runs.limits import Gates, Limits

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from harness.core.protocols import Model

    Call = Callable[[], Awaitable[object]]

SIZES = ((8_000, 40), (32_000, 100), (128_000, 300), (200_000, 500))
"""Tokens and messages."""

WORDS = "the meeting about the new office was moved to another day because of the weather"
AT_ONCE = 64
RAW, OURS = "raw aiohttp, prepared", "harness, own server"
BY_LITELLM, PLAIN = "harness, by litellm", "litellm, as it comes"
SWITCH = "EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER"
OPTIONS = {"max_tokens": "16", "temperature": "0"}


def prompt(tokens: int, messages: int) -> list[Message]:
    """About so many tokens of English in so many messages."""
    words = WORDS.split()
    each = tokens // messages
    roles = ("user", "assistant")
    return [
        Message(roles[i % 2], " ".join(words[(i + j) % len(words)] for j in range(each)))  # type: ignore[arg-type]  # one of two literals
        for i in range(messages)
    ]


async def cpu_ms(call: Call, times: int) -> float:
    """CPU of one call in milliseconds, the first left out."""
    await call()
    start = time.process_time()
    for _ in range(times):
        await call()
    return (time.process_time() - start) / times * 1e3


async def main() -> None:
    """Print the table, then latency under load."""
    with serving() as at:
        gates = Gates(Limits(max_connections=AT_ONCE))
        given: dict[str, object] = {"api_base": at, "api_key": "x", **OPTIONS}
        ours = make_model("openai/x", given, gates.gate("openai/x", given))
        through: dict[str, object] = {**given, "via": "litellm"}
        by_litellm = make_model("openai/x", through, gates.gate("by litellm", through))
        async with aiohttp.ClientSession() as session:
            await table(session, at, ours, by_litellm)
            await latency(session, at, {OURS: ours, BY_LITELLM: by_litellm})
        await ours.close()
        await by_litellm.close()


async def table(session: aiohttp.ClientSession, at: str, ours: Model, by_litellm: Model) -> None:
    """CPU a call by each way."""
    import litellm

    print(f"{'CPU ms a call':<24}" + "".join(f"{tokens:>10,}" for tokens, _ in SIZES))
    rows: dict[str, list[float]] = {}
    for tokens, count in SIZES:
        messages = prompt(tokens, count)
        payload = [{"role": m.role, "content": m.text} for m in messages]
        body = json.dumps({"model": "x", "messages": payload}).encode()

        async def raw(body: bytes = body) -> None:
            async with session.post(f"{at}/chat/completions", data=body) as response:
                await response.read()

        async def plain(payload: list[dict[str, str]] = payload) -> None:
            await litellm.acompletion(
                model="openai/x", messages=payload, api_base=at, api_key="x", max_tokens=16,
                max_retries=0,
            )  # fmt: skip

        ways: dict[str, Call] = {
            RAW: raw,
            OURS: lambda m=messages: ours.ask(m, {}),  # type: ignore[misc]  # a default binds the loop's value
            BY_LITELLM: lambda m=messages: by_litellm.ask(m, {}),  # type: ignore[misc]  # the same
            PLAIN: plain,
        }
        for name, call in ways.items():
            os.environ[SWITCH] = "false" if name == PLAIN else "true"
            rows.setdefault(name, []).append(await cpu_ms(call, 10 if name == PLAIN else 30))
    for name, values in rows.items():
        print(f"{name:<24}" + "".join(f"{value:>10.2f}" for value in values))
    told("call-raw", rows[OURS][-1], rows[RAW][-1])
    told("call-litellm", rows[OURS][-1], rows[PLAIN][-1])


async def latency(session: aiohttp.ClientSession, at: str, models: dict[str, Model]) -> None:
    """Median latency as it is told, with many long calls at once and a server that is instant."""
    messages = prompt(*SIZES[-1])
    payload = [{"role": m.role, "content": m.text} for m in messages]
    body = json.dumps({"model": "x", "messages": payload}).encode()

    async def raw() -> float:
        start = time.perf_counter()
        async with session.post(f"{at}/chat/completions", data=body) as response:
            await response.read()
        return time.perf_counter() - start

    os.environ[SWITCH] = "true"
    told = {RAW: await asyncio.gather(*(raw() for _ in range(AT_ONCE)))}
    for name, model in models.items():
        replies = await asyncio.gather(*(model.ask(messages, {}) for _ in range(AT_ONCE)))
        told[name] = [reply.latency_s or 0.0 for reply in replies]
    print(f"\nlatency told, {AT_ONCE} calls of 200,000 tokens at once, median")
    for name, values in told.items():
        print(f"{name:<24}{statistics.median(values) * 1e3:>8.0f} ms")


if __name__ == "__main__":
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    asyncio.run(main())
