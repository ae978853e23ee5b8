"""Servers with meters of their own, over the reference readers: one function a behaviour.

Each gives a `Meter`: what of a prompt reaches the reader, and what the usage says. The reader fills
its window by the server's own true count, so that a law which fades at 60 % fades at 60 % of what
an honest provider would have counted.

    server = ZooServer(httpserver, "fading?onset=0.6&limit=8000", template(constant=70))
"""

from __future__ import annotations

import json
import math
import re
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug import Response

from harness.core.errors import OverflowRefusedError
from harness.core.messages import Message
from harness.models.reference import laws
from harness.sessions.tokens import TokenCounter
from tests.support.openai_server import error_body

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_httpserver import HTTPServer
    from werkzeug import Request

    Usage = dict[str, Any]

_COUNT = TokenCounter()


@dataclass(frozen=True, kw_only=True)
class Tokenizer:
    """How the server counts: honestly, in tokens of its own."""

    constant: int = 3
    """Of an empty prompt."""
    per_message: float = 4
    ratio: float = 1.0
    """Own tokens for one of ours, of English prose."""
    codes: float = 1.0
    """The same of words with digits and capitals, over that of prose."""
    script: float = 1.0
    """The same of text in other scripts than Latin."""

    def text(self, content: str) -> float:
        """Own tokens of a text."""
        whole = _COUNT.count_text(content)
        if not content.isascii() and len(content.encode()) > 1.3 * len(content):
            return self.ratio * self.script * whole
        words = content.split(" ")
        odd = sum(bool(re.search(r"\d|[A-Z]{2}", word)) for word in words)
        share = odd / max(1, len(words))
        return self.ratio * whole * (1 + (self.codes - 1) * share)

    def count(self, messages: Sequence[Message]) -> int:
        """Own tokens of a prompt."""
        texts = sum(self.text(message.content) for message in messages)
        return math.ceil(round(self.constant + self.per_message * len(messages) + texts, 6))


class Keep(Protocol):
    """What of a prompt reaches the reader."""

    def __call__(
        self, messages: Sequence[Message], count: Callable[[Sequence[Message]], int], /
    ) -> Sequence[Message]: ...


class Report(Protocol):
    """What the usage says of a prompt: its tokens, and those of them that the cache held."""

    def __call__(self, tokens: int, cached: int, /) -> Usage | None: ...


def everything(
    messages: Sequence[Message], _count: Callable[[Sequence[Message]], int], /
) -> Sequence[Message]:
    """All of it."""
    return messages


def plainly(tokens: int, cached: int, /) -> Usage | None:
    """As OpenAI does it: all tokens, and the cached ones among them."""
    return {"prompt_tokens": tokens, "prompt_tokens_details": {"cached_tokens": cached}}


@dataclass(frozen=True, kw_only=True)
class Meter:
    """A behaviour."""

    tokenizer: Tokenizer = field(default_factory=Tokenizer)
    keep: Keep = everything
    report: Report = plainly
    block: int = 16
    """Tokens that a prefix cache holds or lacks together."""
    drops: bool = False
    """Whether text is dropped: such servers are to be accused, and no others."""


def honest(ratio: float = 1.0) -> Meter:
    """Counts and reads everything, in tokens of its own."""
    return Meter(tokenizer=Tokenizer(ratio=ratio))


def template(constant: int = 70, per_message: float = 5, ratio: float = 1.0) -> Meter:
    """A chat template that costs a constant, and a few tokens a message."""
    return Meter(tokenizer=Tokenizer(constant=constant, per_message=per_message, ratio=ratio))


def by_kind(codes: float = 2.0, script: float = 1.8, ratio: float = 0.95) -> Meter:
    """A tokenizer that likes prose and dislikes codes, numbers and other scripts."""
    return Meter(
        tokenizer=Tokenizer(constant=30, per_message=5, ratio=ratio, codes=codes, script=script)
    )


def cached_left_out_told(constant: int = 12) -> Meter:
    """Tokens that the cache held are told beside the count, not in it, as Anthropic does it."""

    def report(tokens: int, cached: int, /) -> Usage | None:
        return {"prompt_tokens": tokens - cached, "cache_read_input_tokens": cached}

    return Meter(tokenizer=Tokenizer(constant=constant), report=report)


def cached_left_out_in_details(constant: int = 12) -> Meter:
    """The same in the field in which others tell what is among the count."""

    def report(tokens: int, cached: int, /) -> Usage | None:
        return {
            "prompt_tokens": tokens - cached,
            "prompt_tokens_details": {"cached_tokens": cached},
        }

    return Meter(tokenizer=Tokenizer(constant=constant), report=report)


def cached_left_out(block: int = 16, tokenizer: Tokenizer | None = None) -> Meter:
    """Tokens that the cache held are left out, and nobody says so."""

    def report(tokens: int, cached: int, /) -> Usage | None:
        return {"prompt_tokens": tokens - cached}

    return Meter(tokenizer=tokenizer or Tokenizer(), report=report, block=block)


def zero_on_a_hit() -> Meter:
    """0 whenever the cache held most of the prompt."""

    def report(tokens: int, cached: int, /) -> Usage | None:
        return {"prompt_tokens": 0 if cached > tokens / 2 else tokens}

    return Meter(report=report)


def without_usage() -> Meter:
    """No usage at all."""

    def report(_tokens: int, _cached: int, /) -> Usage | None:
        return None

    return Meter(report=report)


def rounded(to: int = 100) -> Meter:
    """Counts in whole hundreds, or what else it is."""

    def report(tokens: int, _cached: int, /) -> Usage | None:
        return {"prompt_tokens": to * round(tokens / to)}

    return Meter(tokenizer=Tokenizer(constant=40, per_message=5), report=report)


def stuck(at: int = 3000) -> Meter:
    """A count that grows to a cap, while everything is read."""

    def report(tokens: int, _cached: int, /) -> Usage | None:
        return {"prompt_tokens": min(tokens, at)}

    return Meter(report=report)


def newest(num_ctx: int = 4096, *, to: float = 1.0, constant: int = 3) -> Meter:
    """Ollama: past `num_ctx` the first system message and the newest messages are kept.

    Args:
        num_ctx: The server's ceiling.
        to: The share of it that is kept then; some versions keep half.
        constant: Tokens of the chat template.
    """

    def keep(
        messages: Sequence[Message], count: Callable[[Sequence[Message]], int], /
    ) -> Sequence[Message]:
        if count(messages) <= num_ctx:
            return messages
        system = [message for message in messages[:1] if message.role == "system"]
        start = len(system)
        while start < len(messages) - 1 and count([*system, *messages[start:]]) > to * num_ctx:
            start += 1
        return [*system, *messages[start:]]

    return Meter(tokenizer=Tokenizer(constant=constant), keep=keep, drops=True)


def middle_out(most: int = 4000, head: float = 0.5) -> Meter:
    """Past its ceiling a server keeps both ends."""

    def keep(
        messages: Sequence[Message], count: Callable[[Sequence[Message]], int], /
    ) -> Sequence[Message]:
        if count(messages) <= most:
            return messages
        first = _as_many(messages, head * most, count)
        last = _as_many(messages[::-1], most - count(messages[:first]), count)
        return [*messages[:first], *messages[max(first, len(messages) - last) :]]

    return Meter(keep=keep, drops=True)


def oldest(most: int = 4000) -> Meter:
    """Past its ceiling a server keeps the start of the session, and the question."""

    def keep(
        messages: Sequence[Message], count: Callable[[Sequence[Message]], int], /
    ) -> Sequence[Message]:
        if count(messages) <= most:
            return messages
        first = _as_many(messages, most - count(messages[-1:]), count)
        return [*messages[:first], messages[-1]]

    return Meter(keep=keep, drops=True)


def _as_many(
    messages: Sequence[Message], most: float, count: Callable[[Sequence[Message]], int]
) -> int:
    """How many messages from the beginning fit."""
    low, high = 0, len(messages)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(messages[:middle]) <= most else (low, middle - 1)
    return low


BEHAVIOURS: Mapping[str, Meter] = {
    "honest": honest(1.3),
    "template": template(120, 7),
    "by kind": by_kind(),
    "cached, told": cached_left_out_told(),
    "cached, in details": cached_left_out_in_details(),
    "cached, untold": cached_left_out(),
    "cached, untold, template": cached_left_out(
        64, Tokenizer(constant=90, per_message=6, ratio=1.15)
    ),
    "zero on a hit": zero_on_a_hit(),
    "no usage": without_usage(),
    "rounded": rounded(100),
    "stuck": stuck(3000),
    "newest": newest(4096, constant=40),
    "newest, half": newest(4096, to=0.5),
    "middle-out": middle_out(4000),
    "keeps the start": oldest(4000),
}
"""By the name that a table has for them."""


class ZooServer:
    """An OpenAI-compatible server on loopback: a reference law behind a meter of its own.

    Args:
        server: The loopback server of pytest-httpserver.
        law: Which law answers, without its ratio.
        meter: How it counts and what it keeps.
    """

    def __init__(self, server: HTTPServer, law: str, meter: Meter) -> None:
        self.meter = meter
        self._law = laws.resolve(law)
        self._seen: dict[int, int] = {}
        self._lock = threading.Lock()
        self._sizes: dict[str, float] = {}
        self.sent: dict[tuple[int, str], int] = {}
        """True tokens of every prompt, by our tokens of it and its question."""
        server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(
            self._handle
        )
        self.api_base = server.url_for("/v1")
        self._server = server

    def count_before(self) -> None:
        """Count prompts exactly before they are sent, as vLLM does it."""

        def handle(request: Request) -> Response:
            said = json.loads(request.get_data())["messages"]
            counted = self.count([Message(m["role"], m["content"]) for m in said])
            return Response(json.dumps({"count": counted}), mimetype="application/json")

        self._server.expect_request("/tokenize", method="POST").respond_with_handler(handle)

    def count(self, messages: Sequence[Message]) -> int:
        """Own tokens of a prompt; each text is counted once."""
        own = self.meter.tokenizer
        for message in messages:
            if message.content not in self._sizes:
                self._sizes[message.content] = own.text(message.content)
        texts = sum(self._sizes[message.content] for message in messages)
        return math.ceil(round(own.constant + own.per_message * len(messages) + texts, 6))

    def _handle(self, request: Request) -> Response:
        body = json.loads(request.get_data())
        messages = [Message(m["role"], m["content"]) for m in body["messages"]]
        with self._lock:
            kept = self.meter.keep(messages, self.count)
            tokens, cached = self.count(kept), self._cached(kept)
            self.sent[_COUNT.count(messages), messages[-1].content] = self.count(messages)
        try:
            law = replace(self._law, ratio=tokens / _COUNT.count(kept), usage="none")  # type: ignore[type-var]  # all laws are dataclasses
            answer = law.answer(kept, body.get("max_tokens"))
        except OverflowRefusedError as error:
            refused = error_body(str(error), "context_length_exceeded")
            return Response(refused, 400, mimetype="application/json")
        usage = self.meter.report(tokens, cached)
        message = {"role": "assistant", "content": answer.text}
        choice = {"index": 0, "finish_reason": answer.finish_reason, "message": message}
        reply = {"object": "chat.completion", "model": body["model"], "choices": [choice]}
        if usage is not None:
            reply["usage"] = {"completion_tokens": _COUNT.count_text(answer.text), **usage}
        return Response(json.dumps(reply), mimetype="application/json")

    def _cached(self, messages: Sequence[Message]) -> int:
        """Tokens of the longest beginning that was sent before, in whole blocks; and note it."""
        longest, state, tokens = 0, 0, 0.0
        own = self.meter.tokenizer
        for message in messages[:-1]:
            state = hash((state, message))
            tokens += own.per_message + self._sizes[message.content]
            if state in self._seen:
                longest = int(tokens)
            self._seen[state] = 1
        return longest // self.meter.block * self.meter.block
