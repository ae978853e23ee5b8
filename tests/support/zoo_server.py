"""A loopback server that answers by a reference law, in whatever way one behaviour has it.

A behaviour is a function from a call to what goes out: a `Sent`, or the bytes of a whole response
where that is no HTTP. What it misbehaves in is its only business; the law reads the messages.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from harness.core.draws import digest
from harness.core.errors import OverflowRefusedError
from harness.core.messages import Message
from harness.models.reference import laws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from harness.models.reference.base import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A response in HTTP."""

    body: Mapping[str, Any] | str | bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        """As it goes over the wire."""
        body = self.body
        if not isinstance(body, bytes):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        told = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        lines = [f"{name}: {value}" for name, value in {**told, **self.headers}.items()]
        head = "\r\n".join([f"HTTP/1.1 {self.status} -", *lines])
        return head.encode() + b"\r\n\r\n" + body


CHAT = "/chat/completions"
NOT_THERE = Sent(body={"error": {"message": "Not Found", "code": 404}}, status=404)
"""What is said of every other address: this server counts no prompts beforehand."""


@dataclass(frozen=True)
class Call:
    """One call to the server."""

    body: Mapping[str, Any]
    law: str
    number: int
    """How often this very prompt has come, counted from 1."""

    @cached_property
    def messages(self) -> list[Message]:
        """The prompt."""
        return [Message(m["role"], m["content"]) for m in self.body["messages"]]

    @property
    def max_tokens(self) -> int | None:
        """What the answer may have, under either name."""
        return self.body.get("max_tokens", self.body.get("max_completion_tokens"))

    @cached_property
    def answer(self) -> Answer:
        """What the law says, without a limit.

        Raises:
            OverflowRefusedError: The prompt is past the law's window.
        """
        return laws.resolve(self.law).answer(self.messages, None)

    def reply(
        self,
        message: Mapping[str, Any] | None = None,
        *,
        completion: int | None = None,
        **more: Any,
    ) -> Sent:
        """The law's answer in OpenAI's form, changed.

        Args:
            message: Fields of the message, in place of the law's content.
            completion: Tokens of the answer, in place of its own.
            more: Fields of the choice.
        """
        prompt = self.answer.prompt_tokens or 0
        spent = (self.answer.completion_tokens or 0) if completion is None else completion
        said = {"role": "assistant", "content": self.answer.text, **(message or {})}
        choice = {"index": 0, "finish_reason": "stop", "message": said, **more}
        usage = {"prompt_tokens": prompt, "completion_tokens": spent}
        return Sent(
            body={
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 0,
                "model": "zoo",
                "choices": [choice],
                "usage": usage | {"total_tokens": prompt + spent},
            }
        )

    def refused(
        self,
        message: str,
        status: int = 400,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Sent:
        """An error in OpenAI's form."""
        error = {"message": message, "type": "error", "param": None, "code": None, **more}
        return Sent(body={"error": error}, status=status, headers=headers or {})


@dataclass
class ZooServer:
    """The server, in a thread of its own; `with` starts and stops it."""

    behaviour: Callable[[Call], Sent | bytes | Iterator[bytes]]
    law: str = "perfect"
    calls: list[Call] = field(default_factory=list)
    """Every call that came in."""
    bytes_sent: int = 0
    port: int = 0
    _seen: Counter[str] = field(default_factory=Counter)

    @property
    def options(self) -> dict[str, str]:
        """What a model needs to be told to come here."""
        return {"api_base": f"http://127.0.0.1:{self.port}/v1", "api_key": "x"}

    @property
    def flags(self) -> list[str]:
        """The same on the command line."""
        return [part for name, value in self.options.items() for part in ("-M", f"{name}={value}")]

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self, ready: threading.Event) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(ready))

    async def _serve(self, ready: threading.Event) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stop.wait()
        server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.decode("latin-1").split("\r\n")
                path = lines[0].split(" ")[1]
                named = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
                raw = await reader.readexactly(int(named.get("content-length", "0")))
                if not path.endswith(CHAT):
                    writer.write(NOT_THERE.raw())
                    await writer.drain()
                elif not await self._answer(raw, writer):
                    return
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer(self, raw: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer one call; whether the connection stays open."""
        body = json.loads(raw)
        name = digest(body["messages"])
        self._seen[name] += 1
        call = Call(body, self.law, self._seen[name])
        self.calls.append(call)
        try:
            found = self.behaviour(call)
        except OverflowRefusedError as error:
            found = call.refused(str(error), code="context_length_exceeded")
        pieces = iter([found.raw()]) if isinstance(found, Sent) else found
        for piece in iter([pieces]) if isinstance(pieces, bytes) else pieces:
            writer.write(piece)
            self.bytes_sent += len(piece)
            await writer.drain()
        return isinstance(found, Sent)
