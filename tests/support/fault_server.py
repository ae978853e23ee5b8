"""A server that throttles, fails, hangs up, stalls and lies, over real HTTP, repeatably.

What befalls a call is drawn from its body and from how often that body has come: the same run
meets the same faults. Alone it is a program, for benchmarks that must not count its CPU:

    python -m tests.support.fault_server --law perfect --faults
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from aiohttp import web

from harness.core.draws import unit
from harness.core.errors import OverflowRefusedError
from harness.core.messages import Message
from harness.models.reference import laws

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Shares of the calls, in [0, 1]; the rest is answered."""

    rate_limited: float = 0.0
    server_error: float = 0.0
    dropped: float = 0.0
    stalled: float = 0.0
    malformed: float = 0.0
    empty: float = 0.0

    def draw(self, *names: object) -> str | None:
        """What befalls a call."""
        left = unit("fault", *names)
        for share in fields(self):
            left -= getattr(self, share.name)
            if left < 0:
                return share.name
        return None


ALL = Faults(
    rate_limited=0.10, server_error=0.05, dropped=0.05, stalled=0.02, malformed=0.02, empty=0.01
)
"""A quarter of the calls: a bad day of a provider."""


@dataclass
class FaultServer:
    """The server, in a thread of its own; `with` starts and stops it."""

    law: str = "perfect"
    """The reference law that answers; `fixed` answers the same to everything, at no cost."""
    faults: Faults = field(default_factory=Faults)
    retry_after_s: float = 0.05
    stall_s: float = 2.0
    delay_s: float = 0.0
    """Of every answer."""
    most_at_once: int | None = None
    """Calls that are answered at once; more are refused with 429."""
    port: int = 0
    arrivals: list[float] = field(default_factory=list)
    """When each call came in, in seconds."""
    calls: Counter[str] = field(default_factory=Counter)
    """How often each body came in, by its hash."""
    given: Counter[str] = field(default_factory=Counter)
    """How often each fault was given, and `answered`."""
    peak: int = 0
    """Most calls that were in flight together."""
    peak_bytes: int = 0
    """Most bytes of bodies that were in flight together."""
    _now: int = 0
    _now_bytes: int = 0

    @property
    def api_base(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    def _serve(self, ready: threading.Event) -> None:
        self._loop.run_until_complete(self.serve(ready.set))

    async def serve(self, ready: Any) -> None:
        """Serve until stopped."""
        self._stop = asyncio.Event()
        app = web.Application(client_max_size=1 << 28)
        app.router.add_post("/v1/chat/completions", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, backlog=4096)
        await site.start()
        self.port = runner.addresses[0][1]
        ready()
        await self._stop.wait()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.arrivals.append(time.perf_counter())
        raw = await request.read()
        self._now += 1
        self._now_bytes += len(raw)
        self.peak = max(self.peak, self._now)
        self.peak_bytes = max(self.peak_bytes, self._now_bytes)
        try:
            return await self._answer(request, raw)
        finally:
            self._now -= 1
            self._now_bytes -= len(raw)

    async def _answer(self, request: web.Request, raw: bytes) -> web.StreamResponse:
        name = hashlib.blake2b(raw, digest_size=16).hexdigest()
        self.calls[name] += 1
        fault = self.faults.draw(name, self.calls[name])
        if self.most_at_once is not None and self._now > self.most_at_once:
            fault = "rate_limited"
        self.given[fault or "answered"] += 1
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if fault == "rate_limited":
            headers = {"Retry-After": f"{self.retry_after_s:g}"}
            return _error(429, "Rate limit reached for requests", headers)
        if fault == "server_error":
            return _error(500, "The server had an error")
        if fault == "dropped":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if fault == "stalled":
            await asyncio.sleep(self.stall_s)
        if fault == "malformed":
            return web.Response(
                text='{"choices": [{"message": {"cont', content_type="application/json"
            )
        if self.law == "fixed":
            text, prompt, spent, reason = "I do not know.", len(raw) // 4, 5, "stop"
        else:
            body = json.loads(raw)
            messages = [Message(m["role"], m["content"]) for m in body["messages"]]
            try:
                answer = laws.resolve(self.law).answer(messages, body.get("max_tokens"))
            except OverflowRefusedError as error:
                return _error(400, str(error))
            text, reason = answer.text, answer.finish_reason
            prompt, spent = answer.prompt_tokens or 0, answer.completion_tokens or 0
        message = {"role": "assistant", "content": "" if fault == "empty" else text}
        usage = {"prompt_tokens": prompt, "completion_tokens": spent}
        return web.json_response(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 0,
                "model": "served",
                "choices": [{"index": 0, "finish_reason": reason, "message": message}],
                "usage": usage | {"total_tokens": prompt + spent},
            }
        )


def over_the_rate(arrivals: list[float], rate_s: float) -> float:
    """By how many calls the arrivals were ahead of a steady rate, at most.

    It is the size of the smallest bucket that would have let all of them through.
    """
    level = most = 0.0
    last = None
    for at in sorted(arrivals):
        level = max(0.0, level - (0.0 if last is None else (at - last) * rate_s)) + 1
        most, last = max(most, level), at
    return most


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    body = {"error": {"message": message, "type": "error", "param": None, "code": None}}
    return web.json_response(body, status=status, headers=headers)


def main() -> None:
    """Serve until killed; the first line on stdout is the address."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--law", default="fixed")
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--stall", type=float, default=5.0)
    asked = parser.parse_args()
    server = FaultServer(asked.law, ALL if asked.faults else Faults(), stall_s=asked.stall)
    asyncio.run(server.serve(lambda: print(server.api_base, flush=True)))  # noqa: T201  # read by who started it


if __name__ == "__main__":
    main()
