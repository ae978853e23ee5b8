"""Messages and turns: the only things that a model is ever handed."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from harness.core.draws import digest, text_digest
from harness.core.parts import ToolCall, ToolResult, content_to_json, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.core.parts import Content

Role = Literal["system", "user", "assistant", "tool"]

_CONTENT = attrgetter("content")


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it is sent.

    Raises:
        ValueError: A part stands where no provider takes it.
    """

    role: Role
    content: Content
    """Text, or parts: calls are the assistant's, and a tool's message is one result."""

    def __post_init__(self) -> None:
        if isinstance(self.content, str):
            if self.role == "tool":
                raise ValueError("a tool's message is text; expected one ToolResult")
            return
        if self.role != "assistant" and self.calls:
            raise ValueError(f"a message of role '{self.role}' calls a tool; only assistants do")
        results = sum(isinstance(part, ToolResult) for part in self.content)
        if self.role == "tool" and (results, len(self.content)) != (1, 1):
            raise ValueError(
                f"a tool's message has {len(self.content)} parts; expected one ToolResult"
            )
        if self.role != "tool" and results:
            raise ValueError(f"a message of role '{self.role}' holds a result; only tools' do")

    @property
    def text(self) -> str:
        """What a reader, a scorer, a leak check and a token counter see of it."""
        return self.content if isinstance(self.content, str) else text_of(self.content)

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The tools that it calls, in order."""
        if isinstance(self.content, str):
            return ()
        return tuple(part for part in self.content if isinstance(part, ToolCall))

    @property
    def result(self) -> ToolResult | None:
        """What it gives back, if it is a tool's."""
        first = self.content[0] if self.role == "tool" else None
        return first if isinstance(first, ToolResult) else None

    @property
    def hash(self) -> str:
        """The name under which `messages.jsonl` keeps this message."""
        content = self.content
        if isinstance(content, str):
            return text_digest(self.role, content)
        return digest([self.role, content_to_json(content)])


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says and what comes of it; sessions grow and shrink by turns.

    Raises:
        ValueError: It is empty, or a call and its result are not both in it, one behind the other.
    """

    messages: tuple[Message, ...]
    """As they are sent: mostly a user's and an assistant's, with calls and results between."""

    def __post_init__(self) -> None:
        if not self.messages:
            raise ValueError("a turn has no messages; expected one or more")
        broken = unpaired(self.messages)
        if broken is not None:
            raise ValueError(f"{broken}; a turn holds every call with its result")

    @classmethod
    def of(cls, user: str, assistant: str) -> Turn:
        """The usual turn: one message a side."""
        return cls((Message("user", user), Message("assistant", assistant)))

    @property
    def user(self) -> str:
        """The text of the first message of the user; empty where there is none."""
        return next((m.text for m in self.messages if m.role == "user"), "")

    @property
    def assistant(self) -> str:
        """The text of the answer that it ends with; empty where it ends without one."""
        return self.messages[-1].text if self.is_answered else ""

    @property
    def is_answered(self) -> bool:
        """Whether it ends with an answer: what a model under test says instead in a live run."""
        return self.messages[-1].role == "assistant"

    @property
    def prompt(self) -> tuple[Message, ...]:
        """What the answer answers: everything before it."""
        return self.messages[:-1] if self.is_answered else self.messages

    def answered(self, reply: str) -> Turn:
        """The same turn with another answer."""
        if not self.is_answered or reply == self.assistant:
            return self
        return Turn((*self.prompt, Message("assistant", reply)))


def text_length(messages: Iterable[Message]) -> int:
    """Characters of the texts of messages."""
    contents = [*map(_CONTENT, messages)]
    if _are_texts(contents):
        return sum(map(len, contents))
    return sum(len(text_of(content)) for content in contents)


def with_parts(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Those of the messages that are more than text: mostly none."""
    messages = tuple(messages)
    if _are_texts(map(_CONTENT, messages)):
        return ()
    return tuple(message for message in messages if not isinstance(message.content, str))


def _are_texts(contents: Iterable[Content]) -> bool:
    """Whether all of them are plain text, without a look at each: it is asked before each call."""
    return {*map(type, contents)} <= {str}


def unpaired(messages: Iterable[Message]) -> str | None:
    """What is wrong with the calls and results of some messages; None where each has its own.

    Providers take results only right behind the message that calls, one for each call.
    """
    waiting: dict[str, None] = {}
    for message in messages:
        if isinstance(message.content, str) and not waiting:
            continue  # nearly all of them
        result = message.result
        if result is not None:
            if result.call_id not in waiting:
                return f"result '{result.call_id}' answers no call right before it"
            del waiting[result.call_id]
            continue
        if waiting:
            break
        for call in message.calls:
            if call.id in waiting:
                return f"two calls have the id '{call.id}'"
            waiting[call.id] = None
    return f"call '{next(iter(waiting))}' has no result right behind it" if waiting else None


def turn_starts(messages: Sequence[Message]) -> list[int]:
    """Where turns begin: at a user's message that follows no other one.

    No turn begins between a call and the result that answers it.
    """
    starts: list[int] = []
    called: dict[str, int] = {}
    before = ""
    for index, message in enumerate(messages):
        if message.role == "user" and before != "user":
            starts.append(index)
        before = message.role
        if isinstance(message.content, str):
            continue
        for call in message.calls:
            called[call.id] = index
        if message.result is not None:
            since = called.get(message.result.call_id, index)
            while starts and starts[-1] > since:
                starts.pop()
    return starts
