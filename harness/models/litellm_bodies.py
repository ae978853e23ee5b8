"""What litellm's clients read: bodies bounded and kept as they came, and no redirect followed.

litellm itself reads on for as long as something comes, into memory, and drops what its own types
have no place for: parts of an answer, a refusal beside it, a fault inside a choice. Each client
that it makes is given a hook of httpx's, which counts what is read and hands it on. A redirect
would take the key along: httpx takes Authorization out of a request that goes on to another host,
and no other header that holds one.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

MOST_BYTES = 16_000_000
"""An answer that is longer is none."""

_heard: ContextVar[bytearray | None] = ContextVar("_heard", default=None)
"""The last body of the call that is being made."""


class EndlessBodyError(Exception):
    """A response is longer than any answer."""


@contextmanager
def hearing() -> Iterator[bytearray]:
    """The last body that is read while this is open, as it came."""
    body = bytearray()
    token = _heard.set(body)
    try:
        yield body
    finally:
        _heard.reset(token)


def choices_in(body: bytearray) -> dict[str, Any] | None:
    """The answer in OpenAI's form that a body holds; None for any other.

    >>> choices_in(bytearray(b'{"choices": []}')), choices_in(bytearray(b"{}"))
    (None, None)
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    has_choices = isinstance(answer, dict) and isinstance(answer.get("choices"), list)
    return answer if has_choices and answer["choices"] else None


def watch_bodies(handlers: Any, openai: Any) -> None:
    """Bound and keep every body that clients of these two classes read; they follow no redirect.

    Args:
        handlers: litellm's `AsyncHTTPHandler`, whose `create_client` makes clients.
        openai: litellm's `BaseOpenAILLM`, which makes those of the SDK.
    """
    create, make = handlers.create_client, openai._get_async_http_client  # noqa: SLF001 -- no public way

    @wraps(create)
    def created(*args: Any, **kwargs: Any) -> Any:
        return _watched(create(*args, **kwargs))

    @wraps(make)
    def made(*args: Any, **kwargs: Any) -> Any:
        client = make(*args, **kwargs)
        return client if client is None else _watched(client)

    handlers.create_client = created
    openai._get_async_http_client = staticmethod(made)  # noqa: SLF001


def _watched(client: Any) -> Any:
    """The client, with a count of what it reads of each response; it follows no redirect."""
    client.follow_redirects = False
    hooks = client.event_hooks
    client.event_hooks = {**hooks, "response": [*hooks.get("response", ()), _watch]}
    return client


async def _watch(response: Any) -> None:
    """Have a response count what is read of it, unpacked, and hand it on."""
    read = response.aiter_bytes

    async def counted(chunk_size: int | None = None) -> AsyncIterator[bytes]:
        body = _heard.get()
        if body is not None:
            body.clear()
        total = 0
        async for chunk in read(chunk_size):
            total += len(chunk)
            if total > MOST_BYTES:
                raise EndlessBodyError("the answer does not end")
            if body is not None:
                body += chunk
            yield chunk

    response.aiter_bytes = counted
