"""Messages as the JSON of a request, where the forks of one session share all but their question.

Its one rule: what it gives is the same whatever it remembers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.chat_format import to_chat
from harness.core.files import text_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.messages import Message

KEPT_BYTES = 16_000_000
"""Of what is remembered: ten sessions of 400,000 tokens, or the last one where it is longer."""
_MOST_KEPT = 64
"""Beginnings that are looked through."""


@dataclass(frozen=True, slots=True)
class _Beginning:
    """All messages of a call but the last, and their JSON."""

    messages: tuple[Message, ...]
    body: bytes

    def begins(self, messages: Sequence[Message]) -> bool:
        """Whether these messages go on from here."""
        size = len(self.messages)
        # of sessions that are alike in nothing this is told by one look at the last message
        return (
            size <= len(messages)
            and messages[size - 1] is self.messages[-1]
            and tuple(messages[:size]) == self.messages
        )


class MessageWriter:
    """Writes the messages of calls, and of the last calls keeps what others may begin with.

    Args:
        kept_bytes: So much of it is kept.
    """

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._most_bytes = kept_bytes
        self._beginnings: list[_Beginning] = []
        """The one that was used last comes first."""

    def write(self, messages: Sequence[Message]) -> tuple[bytes, ...]:
        """The members of a JSON array of messages, in pieces: join them without a copy in between.

        Args:
            messages: The question last.
        """
        if len(messages) < 2:  # noqa: PLR2004 -- nothing stands before the question
            return (_written(messages),)
        return (self._beginning(messages[:-1]), b",", _written(messages[-1:]))

    def _beginning(self, messages: Sequence[Message]) -> bytes:
        """What comes before the question; only what no call before had in it is written anew."""
        known = max(
            (one for one in self._beginnings if one.begins(messages)),
            key=lambda one: len(one.messages),
            default=None,
        )
        if known is not None and len(known.messages) == len(messages):
            self._beginnings.remove(known)
            self._beginnings.insert(0, known)
            return known.body
        size = 0 if known is None else len(known.messages)
        before = () if known is None else (known.body,)
        body = b",".join((*before, _written(messages[size:])))
        self._beginnings.insert(0, _Beginning(tuple(messages), body))
        self._forget()
        return body

    def _forget(self) -> None:
        """Let go what was not used for longest."""
        del self._beginnings[_MOST_KEPT:]
        held = sum(len(one.body) for one in self._beginnings)
        while held > self._most_bytes and len(self._beginnings) > 1:
            held -= len(self._beginnings.pop().body)


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
