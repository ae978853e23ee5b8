"""A reference server that bills like a provider with a prefix cache. Real HTTP, on loopback.

Chat completions are cached by themselves, as at OpenAI: a prompt's longest known beginning costs
what the price list says, if it has 1,024 tokens or more, in steps of 128. The Messages API caches
as Anthropic does: a prompt is written up to its marks, which costs more, and read from the longest
beginning that was written and ends at a mark or in the 20 messages before it. A beginning is known
from the moment on at which a call that began so was answered: forks that go out together pay in
full.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
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
    from harness.models.reference.base import Answer

LEAST = 1024
STEP = 128
LOOKED_BACK = 20
"""Messages before a mark at which a beginning that was written is looked for."""


@dataclass
class Bill:
    """What a server has charged so far."""

    price: Price
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    written_tokens: int = 0
    """To the cache, where that is charged apart."""
    completion_tokens: int = 0

    @property
    def usd(self) -> float:
        """All of it, in dollars."""
        plain = self.prompt_tokens - self.cached_tokens - self.written_tokens
        write = self.price.cache_write_per_token
        return (
            plain * self.price.input_per_token
            + self.cached_tokens * self.price.cached_input_per_token
            + self.written_tokens * (self.price.input_per_token if write is None else write)
            + self.completion_tokens * self.price.output_per_token
        )

    def charge(self, *, prompt: int, cached: int, written: int, completion: int) -> None:
        """One call more."""
        self.calls += 1
        self.prompt_tokens += prompt
        self.cached_tokens += cached
        self.written_tokens += written
        self.completion_tokens += completion


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
        """One call of chat completions."""
        body = await request.json(loads=json.loads)
        messages = [Message(m["role"], m["content"]) for m in body["messages"]]
        names, sizes = self._beginnings(messages)
        held = [size for name, size in zip(names, sizes, strict=True) if name in self._known]
        cached = max(held, default=0)
        cached = cached // STEP * STEP if cached >= LEAST else 0
        said = await self._said(messages, body.get("max_completion_tokens"))
        self._known.update(names)
        prompt, completion = sizes[-1], said.completion_tokens or 0
        self.bill.charge(prompt=prompt, cached=cached, written=0, completion=completion)
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

    async def answer_marked(self, request: web.Request) -> web.Response:
        """One call of the Messages API."""
        body = await request.json(loads=json.loads)
        system = body.get("system") or []
        system = [{"type": "text", "text": system}] if isinstance(system, str) else system
        parts = [("system", system)] if system else []
        parts += [(one["role"], one["content"]) for one in body["messages"]]
        read = [_read(role, content) for role, content in parts]
        names, sizes = self._beginnings([message for message, _ in read])
        marks = [i for i, (_, marked) in enumerate(read) if marked and sizes[i] >= LEAST]
        looked_at = {i for mark in marks for i in range(max(mark - LOOKED_BACK, 0), mark + 1)}
        cached = max((sizes[i] for i in looked_at if names[i] in self._known), default=0)
        written = max((sizes[i] for i in marks), default=cached) - cached
        said = await self._said([message for message, _ in read], body.get("max_tokens"))
        self._known.update(names[i] for i in marks)
        prompt, completion = sizes[-1], said.completion_tokens or 0
        written = max(written, 0)
        self.bill.charge(prompt=prompt, cached=cached, written=written, completion=completion)
        usage = {
            "input_tokens": prompt - cached - written,
            "cache_read_input_tokens": cached,
            "cache_creation_input_tokens": written,
            "output_tokens": completion,
        }
        reason = "max_tokens" if said.finish_reason == "length" else "end_turn"
        return web.json_response(
            {"id": "x", "type": "message", "role": "assistant", "model": body["model"]}
            | {"content": [{"type": "text", "text": said.text}], "stop_reason": reason}
            | {"stop_sequence": None, "usage": usage}
        )

    async def _said(self, messages: list[Message], most: int | None) -> Answer:
        """What the law answers, a moment later."""
        said = laws.resolve(self.law).answer(messages, most)
        await asyncio.sleep(self.delay_s)
        return said

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
        app.router.add_post("/v1/messages", server.answer_marked)
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


def _read(role: str, content: str | list[dict[str, Any]]) -> tuple[Message, bool]:
    """A message of the Messages API, and whether the cache is to be written up to it."""
    if isinstance(content, str):
        return Message(role, content), False  # type: ignore[arg-type]  # one of three literals
    text = "\n".join(part["text"] for part in content)
    return Message(role, text), any("cache_control" in part for part in content)  # type: ignore[arg-type]  # the same
