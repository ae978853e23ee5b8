"""Messages as the JSON of a request, where the forks of one session share all but their question.

Its one rule: what it gives is the same whatever it remembers.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.chat_format import to_chat
from harness.core.files import text_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.messages import Message

KEPT_BYTES = 16_000_000
"""Of what is remembered: ten sessions of 400,000 tokens, or the last one where it is longer."""


@dataclass(frozen=True, slots=True)
class _Beginning:
    """All messages of a call but the last, and their JSON."""

    messages: tuple[Message, ...]
    body: bytes


class MessageWriter:
    """Writes the messages of calls, and of the last calls keeps what others may begin with.

    Args:
        kept_bytes: So much of it is kept.
    """

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._most_bytes = kept_bytes
        self._bytes = 0
        self._beginnings: OrderedDict[tuple[int, int], _Beginning] = OrderedDict()
        """By their last message, which they hold in memory, and their length; the one that was used
        last comes last."""

    def write(self, messages: Sequence[Message]) -> tuple[bytes, ...]:
        """The members of a JSON array of messages, in pieces: join them without a copy in between.

        Args:
            messages: The question last.
        """
        if len(messages) < 2:  # noqa: PLR2004 -- nothing stands before the question
            return (_written(messages),)
        return (self._beginning(tuple(messages[:-1])), b",", _written(messages[-1:]))

    def _beginning(self, messages: tuple[Message, ...]) -> bytes:
        """What comes before the question; only what no call before had in it is written anew."""
        known = self._longest(messages)
        if known is not None and len(known.messages) == len(messages):
            self._beginnings.move_to_end(_name(messages))
            return known.body
        size = 0 if known is None else len(known.messages)
        before = () if known is None else (known.body,)
        body = b",".join((*before, _written(messages[size:])))
        self._keep(_Beginning(messages, body))
        return body

    def _longest(self, messages: tuple[Message, ...]) -> _Beginning | None:
        """The longest known beginning of these messages."""
        for size in range(len(messages), 0, -1):
            known = self._beginnings.get((id(messages[size - 1]), size))
            if known is not None and known.messages == messages[:size]:
                return known
        return None

    def _keep(self, new: _Beginning) -> None:
        """Remember one more, and let go what was not used for longest."""
        name = _name(new.messages)
        before = self._beginnings.pop(name, None)
        self._beginnings[name] = new
        self._bytes += len(new.body) - (0 if before is None else len(before.body))
        while self._bytes > self._most_bytes and len(self._beginnings) > 1:
            _, oldest = self._beginnings.popitem(last=False)
            self._bytes -= len(oldest.body)


def _name(messages: tuple[Message, ...]) -> tuple[int, int]:
    return id(messages[-1]), len(messages)


def _written(messages: Sequence[Message]) -> bytes:
    try:
        return ",".join([_write(message) for message in messages]).encode()
    except UnicodeEncodeError:  # half a character, which some transcripts hold
        return b",".join([_whole(message) for message in messages])


def _write(message: Message) -> str:
    content = message.content
    if isinstance(content, str):  # nearly all of them
        return text_object(role=message.role, content=content)
    return json.dumps(to_chat(message), ensure_ascii=False, separators=(",", ":"))


def _whole(message: Message) -> bytes:
    """A message, as ASCII where it is not whole."""
    try:
        return _write(message).encode()
    except UnicodeEncodeError:
        return json.dumps(to_chat(message), separators=(",", ":")).encode()
