"""A reference server that bills like a provider with a prefix cache. Real HTTP, on loopback.

A prompt's longest known beginning costs a tenth, if it has 1,024 tokens or more, in steps of 128. A
beginning is known from the moment on at which a call that began so was answered: forks that go out
together pay in full.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from harness.core.messages import Message
from harness.models.reference import laws
from harness.sessions.tokens import PRIMING, TokenCounter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.models.catalog import Price

LEAST = 1024
STEP = 128


@dataclass
class Bill:
    """What a server has charged so far."""

    price: Price
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0

    @property
    def usd(self) -> float:
        """All of it, in dollars."""
        return (
            (self.prompt_tokens - self.cached_tokens) * self.price.input_per_token
            + self.cached_tokens * self.price.cached_input_per_token
            + self.completion_tokens * self.price.output_per_token
        )


@dataclass
class BillingServer:
    """The server; `serve` starts it.

    Args:
        law: The reference law that answers.
        bill: What has been charged.
        delay_s: How long an answer takes, in seconds.
    """

    law: str
    bill: Bill
    delay_s: float = 0.005
    api_base: str = ""
    _known: set[bytes] = field(default_factory=set)
    _counter: TokenCounter = field(default_factory=TokenCounter)

    async def answer(self, request: web.Request) -> web.Response:
        """One call."""
        body = await request.json(loads=_loads)
        messages = [Message(m["role"], m["content"]) for m in body["messages"]]
        beginnings, sizes = self._beginnings(messages)
        cached = max(
            (size for name, size in zip(beginnings, sizes, strict=True) if name in self._known),
            default=0,
        )
        cached = cached // STEP * STEP if cached >= LEAST else 0
        said = laws.resolve(self.law).answer(messages, body.get("max_completion_tokens"))
        await asyncio.sleep(self.delay_s)
        self._known.update(beginnings)
        prompt, completion = sizes[-1], said.completion_tokens or 0
        self.bill.calls += 1
        self.bill.prompt_tokens += prompt
        self.bill.cached_tokens += cached
        self.bill.completion_tokens += completion
        usage = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": cached},
        }
        message = {"role": "assistant", "content": said.text}
        choice = {"index": 0, "finish_reason": said.finish_reason, "message": message}
        return web.json_response(
            {"id": "x", "object": "chat.completion", "created": 0, "model": body["model"]}
            | {"choices": [choice], "usage": usage}
        )

    def _beginnings(self, messages: list[Message]) -> tuple[list[bytes], list[int]]:
        """A name and a length in tokens for each beginning of a prompt, by whole messages."""
        whole, tokens = hashlib.blake2b(digest_size=16), PRIMING
        names, sizes = [], []
        for message in messages:
            whole.update(f"{message.role}\n{message.text}\n".encode())
            tokens += self._counter.message(message)
            names.append(whole.digest())
            sizes.append(tokens)
        return names, sizes


@contextmanager
def serve(law: str, price: Price, *, delay_s: float = 0.005) -> Iterator[BillingServer]:
    """A running server, in a thread of its own."""
    server = BillingServer(law=law, bill=Bill(price), delay_s=delay_s)
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def run(stop: asyncio.Event) -> None:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_post("/v1/chat/completions", server.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        (address, *_) = runner.addresses
        server.api_base = f"http://127.0.0.1:{address[1]}/v1"
        ready.set()
        await stop.wait()
        await runner.cleanup()

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(run(stop),), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def _loads(text: str) -> Any:
    import json

    return json.loads(text)
