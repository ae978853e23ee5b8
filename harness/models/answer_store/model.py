"""Models whose answers are kept: one that asks once for each call, and one that is never called.

What is kept is what was handed on, so that a run that keeps and a run that is given what was kept
say the same. A cassette needs neither key nor network.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakValueDictionary

from harness.core.errors import ModelError
from harness.models.answer_store.call import call, from_line, to_line
from harness.models.call_options import CallOptions
from harness.models.catalog import known_limit
from harness.models.redaction import secrets_in_env

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.errors import AnsweredBy
    from harness.core.messages import Message
    from harness.core.probe import Reply
    from harness.core.protocols import Model
    from harness.models.answer_store.call import Call
    from harness.models.answer_store.cassette import Cassette


class Shelf(Protocol):
    """Keeps results by call."""

    def find(self, call: Call, /) -> Mapping[str, Any] | None:
        """What was kept for this call, or None."""

    def keep(self, call: Call, data: Mapping[str, Any], /) -> None:
        """Keep the result of this call."""


class CachedModel:
    """A model that is asked only what its shelf does not hold.

    Two calls that are the same are made once: the second waits for the first. Answers to one
    prompt that should differ are told apart by `repeat`.

    Args:
        name: The model's name.
        options: Parameters of every call, as the model itself was given them.
        inner: Who is asked.
        shelf: What is kept.
        source: How an answer from the shelf is marked.
    """

    def __init__(
        self,
        name: str,
        options: Mapping[str, object],
        inner: Model,
        shelf: Shelf,
        *,
        source: AnsweredBy,
    ) -> None:
        self._name = name
        self._options = CallOptions.of(options)
        self._inner = inner
        self._shelf = shelf
        self._source: AnsweredBy = source
        self._secrets = (*self._options.secrets, *secrets_in_env(os.environ))
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def limit(self) -> int | None:
        """Tokens of the context window; None where they are not known."""
        return self._inner.limit()

    def sent_parameters(self, options: Mapping[str, object], /) -> dict[str, object]:
        """The parameters that a call with these options sends, secrets masked."""
        return self._inner.sent_parameters(options)

    async def ask(
        self, messages: Sequence[Message], options: Mapping[str, object], /, *, repeat: int = 0
    ) -> Reply:
        """The kept answer, or else the model's own, which is kept from now on.

        Raises:
            ModelError: The call failed, or had been refused when it was made.
        """
        asked = call(self._name, self._options | options, messages, repeat)
        async with self._asking.setdefault(asked.key, asyncio.Lock()):
            data = self._shelf.find(asked)
            if data is not None:
                return unwrap(from_line(data, self._source))
            try:
                reply = await self._inner.ask(messages, options, repeat=repeat)
            except ModelError as error:
                refused = to_line(error, self._secrets)
                if refused is not None:
                    self._shelf.keep(asked, refused)
                raise
            data = to_line(reply, self._secrets)
            assert data is not None  # noqa: S101 -- a reply is always a result
            self._shelf.keep(asked, data)
            return replace(reply, text=data["reply"], thinking=data.get("thinking", ""))

    async def close(self) -> None:
        """Close the connections of the model behind this one."""
        await self._inner.close()


def unwrap(result: Reply | ModelError) -> Reply:
    """The reply; a refusal is raised as it was when the call was made."""
    if isinstance(result, ModelError):
        raise result
    return result


class CassetteModel:
    """A model whose answers were recorded.

    Args:
        name: The model's name.
        options: Parameters of every call, as the model itself would be given them.
        cassette: The answers.
    """

    def __init__(self, name: str, options: Mapping[str, object], cassette: Cassette) -> None:
        self._name = name
        self._options = CallOptions.of(options)
        self._cassette = cassette

    def limit(self) -> int | None:
        """Tokens of the context window; None where they are not known."""
        return known_limit(self._name)

    def sent_parameters(self, _options: Mapping[str, object], /) -> dict[str, object]:
        """The parameters that went out when the cassette was recorded."""
        return dict(self._cassette.sent.get(self._name, {}))

    async def ask(
        self, messages: Sequence[Message], options: Mapping[str, object], /, *, repeat: int = 0
    ) -> Reply:
        """The recorded answer.

        Raises:
            CassetteMissError: There is none for this call.
            ModelError: The call had been refused.
        """
        asked = call(self._name, self._options | options, messages, repeat)
        data = self._cassette.find(asked)
        if data is None:
            raise self._cassette.miss(asked)
        return unwrap(from_line(data, "cassette"))

    async def close(self) -> None:
        """Nothing: nothing was opened."""
