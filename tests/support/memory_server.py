"""A memory service on the loopback: it keeps what each user said, and misbehaves where told to.

The first part of the address says how: `/well/write` is a good service, `/hangs/inject` one that
never answers. Everything it was told is kept, by user.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

USAGE = {"prompt_tokens": 100, "completion_tokens": 10, "cost_usd": 0.002}


class MemoryServer:
    """The service; `address("well")` is where it listens."""

    def __init__(self) -> None:
        self.told: dict[str, list[dict[str, Any]]] = defaultdict(list)
        """What each user was told, call by call."""
        self.headers: list[dict[str, str]] = []
        self.release = threading.Event()
        """Lets hanging calls end."""
        handler = type("Handler", (_Handler,), {"service": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    def address(self, how: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/{how}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, how: str, call: str, body: dict[str, Any]) -> bytes | int:
        """The body of a reply, or the status of a refusal."""
        self.told[body["user"]].append({"call": call, **body})
        texts = [
            message["content"]
            for one in self.told[body["user"]]
            if one["call"] == "write"
            for message in one["messages"]
            if message["role"] == "user"
        ]
        odd: dict[str, bytes | int] = {
            "raises": 500,
            "moves": 307,
            "latin": '{"text": "caf\xe9"}'.encode("latin-1"),
            "list": b"[]",
            "html": b"<html>",
            "number": b'{"text": 7, "notes": 7}',
            "half": b'{"text": "\\ud83d", "notes": ["\\ud83d"]}',
            "huge": b'{"text": "' + b"a" * 17_000_000 + b'"}',
            "bills": b'{"text": "", "notes": [], "usage": {"prompt_tokens": "many"}}',
        }
        if how == "hangs":
            self.release.wait(30)
        if how in odd:
            return odd[how]
        if call == "write":
            return json.dumps({"notes": texts, "usage": USAGE}).encode()
        many = 2_000_000 // max(1, len(" ".join(texts))) if how == "long" else 1
        return json.dumps({"text": "\n".join(texts * many)}).encode()


class _Handler(BaseHTTPRequestHandler):
    service: MemoryServer

    def do_POST(self) -> None:
        _, how, call = self.path.split("/")
        self.service.headers.append(dict(self.headers))
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.service.answer(how, call, body)
        try:
            if isinstance(answer, int):
                token = self.headers.get("Authorization", "")
                answer, status = f"out of order {token}".encode(), answer
            else:
                status = 200
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            if status == 307:
                self.send_header("Location", self.service.address("well"))
            self.end_headers()
            self.wfile.write(answer)
        except OSError:
            pass  # the client has gone, as it should

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""
