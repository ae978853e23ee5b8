"""Filler from a file of real chats: JSON Lines, `{"messages": [{"role", "content"}, ...]}` a line.

Its one rule: the chats are used as they are, their tool calls and results in OpenAI's form too.
Only their order is drawn, and only what cannot be a turn of filler is left out: system messages,
empty texts, an answer without a question before it, a question without an answer behind it, and
the turn of a call whose result does not follow it. People and models repeat themselves, so a
message may come twice; a chat comes twice only where `repeat` asks for it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import jsonlines

from harness.core.chat_format import ChatFormError, from_chat, part_kind_of
from harness.core.draws import digest
from harness.core.errors import FileError, Where
from harness.core.messages import Message, Turn, turn_starts, unpaired
from harness.core.parts import TextPart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.core.draws import Draws
    from harness.core.parts import Part

_EXPECTED = 'expected {"messages": [{"role": ..., "content": ...}, ...]}'
_KEPT_FILES = 8


@dataclass(frozen=True, slots=True)
class Chats:
    """What a file holds."""

    digest: str
    """Hash of its bytes."""
    chats: tuple[tuple[Turn, ...], ...]


@dataclass(frozen=True, slots=True)
class FileFiller:
    """The chats of a file, in an order drawn by the seed; ends when all have been used."""

    path: str
    """A JSON Lines file."""
    repeat: bool = False
    """Whether the chats start again, in another order, when all have been used."""

    def turns(self, draws: Draws, /) -> Iterator[Turn]:
        """The turns of one seed.

        Raises:
            FileError: The file is missing or is not what it should be.
        """
        chats = self._chats().chats
        while chats:
            for chat in draws.shuffled(chats):
                yield from chat
            if not self.repeat:
                return

    def identity(self) -> str:
        """Hash of the content of the file and of `repeat`; its name is no part of it."""
        return digest(["file", self._chats().digest, self.repeat])

    def _chats(self) -> Chats:
        try:
            stat = Path(self.path).stat()
            return _load(self.path, stat.st_mtime_ns, stat.st_size)
        except OSError as error:
            raise FileError(
                Where(file=self.path), f"cannot read the chats: {error.strerror}; check the path"
            ) from error


@lru_cache(maxsize=_KEPT_FILES)
def _load(path: str, _modified_ns: int, _size: int) -> Chats:
    """The chats of a file; read again only when it has changed."""
    content = Path(path).read_bytes()
    # A chat that stands twice in the file is one chat.
    chats = dict.fromkeys(_turns(said) for said in _read(path, content))
    found = tuple(chat for chat in chats if chat)
    if not found:
        raise FileError(Where(file=path), f"holds no turn of a user and an assistant; {_EXPECTED}")
    return Chats(hashlib.blake2b(content, digest_size=16).hexdigest(), found)


def _read(path: str, content: bytes) -> Iterator[list[Message]]:
    """The messages of each chat, checked."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            chat = jsonlines.Reader([line], loads=json.loads).read(allow_none=True)
        except jsonlines.InvalidLineError as error:
            raise _broken(path, number, error) from error
        except RecursionError:
            where = Where(file=path, line=number)
            raise FileError(where, f"this is nested too deep to be read; {_EXPECTED}") from None
        yield _messages(chat, Where(file=path, line=number))


def _broken(path: str, line: int, error: jsonlines.InvalidLineError) -> FileError:
    cause = error.__cause__
    if isinstance(cause, json.JSONDecodeError):
        where = Where(file=path, line=line, column=cause.colno)
        return FileError(where, f"this is not JSON: {cause.msg}; {_EXPECTED}")
    if isinstance(cause, UnicodeDecodeError):
        where = Where(file=path, line=line, column=cause.start + 1)
        byte = cause.object[cause.start]
        return FileError(where, f"byte 0x{byte:02x} is not UTF-8; save the file as UTF-8")
    return FileError(Where(file=path, line=line), f"{error.args[0]}; {_EXPECTED}")


def _messages(chat: object, where: Where) -> list[Message]:
    """The messages of a line that has been read as JSON."""
    if not isinstance(chat, dict):
        raise FileError(where, f"got {part_kind_of(chat)}; {_EXPECTED}")
    if "messages" not in chat:
        keys = ", ".join(f"'{key}'" for key in chat) or "nothing"
        raise FileError(where, f"no key 'messages', only {keys}; {_EXPECTED}")
    messages = chat["messages"]
    if not isinstance(messages, list):
        raise FileError(
            where, f"'messages' is {part_kind_of(messages)}, expected a list; {_EXPECTED}"
        )
    return [_message(message, f"messages[{i}]", where) for i, message in enumerate(messages)]


def _message(message: object, name: str, where: Where) -> Message:
    try:
        return from_chat(message)
    except ChatFormError as error:
        raise FileError(where, f"{name}{error}") from error


def _turns(said: list[Message]) -> tuple[Turn, ...]:
    """The chat as turns: each begins with the user, ends with an answer, and is sent as it is."""
    merged = [
        message
        for role, group in groupby(filter(None, map(_kept, said)), key=lambda kept: kept.role)
        for message in (group if role == "tool" else [_joined(list(group))])
    ]
    ends = pairwise([*turn_starts(merged), len(merged)])
    stretches = [tuple(merged[start:stop]) for start, stop in ends]
    return tuple(
        Turn(stretch)
        for stretch in stretches
        if stretch[-1].role == "assistant" and unpaired(stretch) is None
    )


def _kept(message: Message) -> Message | None:
    """A message of filler, without white space around its text; None for what says nothing."""
    if message.role == "system":
        return None
    if not isinstance(message.content, str):
        return message
    text = message.content.strip()
    return Message(message.role, text) if text else None


def _joined(messages: list[Message]) -> Message:
    """What one side says in a row, as one message."""
    texts = [message.content for message in messages if isinstance(message.content, str)]
    role = messages[0].role
    if len(texts) == len(messages):
        return Message(role, "\n\n".join(texts))
    parts: list[Part] = []
    for message in messages:
        content = message.content
        parts += [TextPart(content)] if isinstance(content, str) else content
    return Message(role, tuple(parts))
