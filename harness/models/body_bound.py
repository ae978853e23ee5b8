"""A bound on the bodies that litellm's clients read: an answer that does not end is none.

litellm itself reads on for as long as something comes, into memory. Each client that it makes is
given a hook of httpx's, which counts what is read.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MOST_BYTES = 16_000_000
"""An answer that is longer is none."""


class EndlessBodyError(Exception):
    """A response is longer than any answer."""


def bound_bodies(handlers: Any, openai: Any) -> None:
    """Bound every body that clients of these two classes read.

    Args:
        handlers: litellm's `AsyncHTTPHandler`, whose `create_client` makes clients.
        openai: litellm's `BaseOpenAILLM`, which makes those of the SDK.
    """
    create, make = handlers.create_client, openai._get_async_http_client

    @wraps(create)
    def created(*args: Any, **kwargs: Any) -> Any:
        return _bounded(create(*args, **kwargs))

    @wraps(make)
    def made(*args: Any, **kwargs: Any) -> Any:
        client = make(*args, **kwargs)
        return client if client is None else _bounded(client)

    handlers.create_client = created
    openai._get_async_http_client = staticmethod(made)


def _bounded(client: Any) -> Any:
    """The client, with a count of what it reads of each response."""
    hooks = client.event_hooks
    client.event_hooks = {**hooks, "response": [*hooks.get("response", ()), _count]}
    return client


async def _count(response: Any) -> None:
    """Have the response count what is read of it, unpacked."""
    read = response.aiter_bytes

    async def counted(chunk_size: int | None = None) -> AsyncIterator[bytes]:
        total = 0
        async for chunk in read(chunk_size):
            total += len(chunk)
            if total > MOST_BYTES:
                raise EndlessBodyError("the answer does not end")
            yield chunk

    response.aiter_bytes = counted
