"""Memory `http`: a memory behind an HTTP service, so that a product in any language is measured.

Two calls, both POST with JSON: `URL/write` when a session has ended, `URL/inject` when something is
to be given back; docs/memories.md shows them. Each life of a memory has a user of its own, so that
a service which keeps its store gives nothing of an earlier run back.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from harness.core.errors import UsageError
from harness.core.memory import MemoryBill, MemoryFaultError
from harness.core.printable import shown
from harness.core.shapes import json_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import ClientSession, StreamReader

    from harness.core.memory import MemoryChain, MemoryView
    from harness.core.memory_protocols import MemorySession

MOST_BYTES = 16_000_000
"""Of one reply; a service that sends more is broken."""
_OK = 200
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class HttpMemory:
    """A service that keeps the memory, by its address."""

    url: str = ""
    """Where it listens; `/write` and `/inject` are put behind it."""
    ask: bool = True
    """Whether it is asked for each question; else once, when a session begins."""
    timeout: float = 60.0
    """Seconds for one call."""
    token_env: str = ""
    """The environment variable that holds a token, sent as `Authorization: Bearer ...`."""

    how: ClassVar[str] = "a service over HTTP"

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"url is '{shown(self.url)}'; expected http://HOST... or https://...")
        if parts.username is not None or parts.password is not None:
            # not a ValueError, whose reader would be shown the whole name
            raise UsageError(
                "memory 'http': its url holds a user or a password, and records hold the name of a"
                " memory; put a token into an environment variable and name it: token_env=NAME"
            )
        if self.timeout <= 0:
            raise ValueError(f"timeout is {self.timeout:g}; expected seconds, more than 0")

    @property
    def asks_at_question(self) -> bool:
        """Whether it is asked for each question."""
        return self.ask

    def open(self, chain: MemoryChain, /) -> MemorySession:
        """A new user of the service.

        Raises:
            MemoryFaultError: The token is not there.
        """
        token = os.environ.get(self.token_env, "") if self.token_env else ""
        if self.token_env and not token:
            raise MemoryFaultError(f"the environment variable {self.token_env} is not set")
        user = f"{chain.id}-{secrets.token_hex(4)}"
        return _HttpSession(self, user=user, token=token, chain=chain)


class _HttpSession:
    """One user of the service."""

    def __init__(self, plug: HttpMemory, *, user: str, token: str, chain: MemoryChain) -> None:
        self._plug = plug
        self._user = user
        self._token = token
        self._chain = chain

    @cached_property
    def _client(self) -> ClientSession:
        import aiohttp  # here: a run without this memory does not pay for it

        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        return aiohttp.ClientSession(headers=headers)

    async def write(self, said: MemoryView, /) -> Sequence[str] | None:
        """Tell the service what was said.

        Raises:
            MemoryFaultError: It fails, or answers otherwise than it should.
        """
        answer = await self._post(
            "write",
            {
                "user": self._user,
                "session": said.session_number,
                "turn": said.turn,
                "date": said.date.isoformat(),
                "ends": said.ends,
                "messages": [
                    {"role": message.role, "content": message.text} for message in said.news
                ],
            },
        )
        notes = answer.get("notes")
        if notes is None:
            return None
        if not isinstance(notes, list) or not all(isinstance(note, str) for note in notes):
            raise MemoryFaultError("its 'notes' are no list of texts; expected that, or null")
        return notes

    async def inject(self, question: str, /) -> str:
        """What the service gives back.

        Raises:
            MemoryFaultError: It fails, or gives back no text.
        """
        answer = await self._post("inject", {"user": self._user, "question": question})
        text = answer.get("text")
        if not isinstance(text, str):
            raise MemoryFaultError(f"its 'text' is {_kind(text)}; expected a text, '' for nothing")
        return text

    async def close(self) -> None:
        """End the connections."""
        if "_client" in self.__dict__:
            await self._client.close()

    async def _post(self, call: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """What the service answers.

        Raises:
            MemoryFaultError: It does not, or what it says is no object of JSON.
        """
        import aiohttp

        address = f"{self._plug.url.rstrip('/')}/{call}"
        limit = aiohttp.ClientTimeout(total=self._plug.timeout)
        try:
            async with self._client.post(
                address, json=body, timeout=limit, allow_redirects=False
            ) as reply:
                raw = await _read(reply.content)
                status = reply.status
        except TimeoutError:
            raise MemoryFaultError(f"no answer within {self._plug.timeout:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise self._fault(f"{type(error).__name__}: {error}") from None
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise MemoryFaultError("it answers what is no text of UTF-8") from None
        if status != _OK:
            raise self._fault(f"it answers with status {status}: {text[:_SHOWN]}")
        answer = self._object(text)
        self._count(answer.get("usage"))
        return answer

    def _object(self, text: str) -> Mapping[str, object]:
        try:
            answer = json_of(text)
        except ValueError:
            raise self._fault(f"it answers what is no JSON: {text[:_SHOWN]}") from None
        if not isinstance(answer, dict):
            raise MemoryFaultError(f"it answers {_kind(answer)}; expected an object of JSON")
        return answer

    def _count(self, usage: object) -> None:
        """Count what the service says that it paid for.

        Raises:
            MemoryFaultError: It says it otherwise than it should.
        """
        if usage is None:
            return
        said = usage if isinstance(usage, dict) else {}
        tokens = [said.get(name, 0) for name in ("prompt_tokens", "completion_tokens")]
        usd = said.get("cost_usd")
        if said is not usage or not all(map(_is_count, tokens)) or not _is_price(usd):
            raise MemoryFaultError(
                "its 'usage' is no object with prompt_tokens, completion_tokens and cost_usd"
            )
        prompt, completion = tokens
        self._chain.bill(
            MemoryBill(prompt_tokens=prompt, completion_tokens=completion, cost_usd=usd)
        )

    def _fault(self, why: str) -> MemoryFaultError:
        """The failure in words, without the token wherever a service says it again."""
        told = why.replace(self._token, "[token]") if self._token else why
        return MemoryFaultError(shown(told, 2 * _SHOWN))


async def _read(content: StreamReader) -> bytes:
    """The body, as far as a body may go.

    Raises:
        MemoryFaultError: It goes further.
    """
    parts: list[bytes] = []
    size = 0
    async for part in content.iter_chunked(65_536):
        size += len(part)
        if size > MOST_BYTES:
            raise MemoryFaultError(f"it answers with more than {MOST_BYTES:,} bytes")
        parts.append(part)
    return b"".join(parts)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_price(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (number and 0 <= float(str(value)) < float("inf"))


def _kind(value: object) -> str:
    """What a value is, in the words of JSON."""
    words = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "missing" if value is None else words.get(type(value), "a number")
