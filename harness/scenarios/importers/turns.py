"""A transcript as turns: what one side says and the other answers, session by session.

The one rule: nothing is lost. Messages of one side in a row are one message, a side that is silent
gets a few words in brackets, and calls stay calls: what the assistant goes on with after its tools
is a turn without a user.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.core.parts import ToolCall

if TYPE_CHECKING:
    from harness.core.messages import Message
    from harness.core.transcript import Transcript

NO_QUESTION, NO_ANSWER, NO_RESULT = "(no message)", "(no answer)", "(no result)"


@dataclass(slots=True)
class Exchange:
    """A turn, or what one goes on with after its tools, and the indexes of its messages."""

    user: list[str] = field(default_factory=list)
    assistant: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    """What the calls gave back, by their ids."""
    indexes: set[int] = field(default_factory=set)
    begins: bool = False
    """Whether a new session begins with it."""
    goes_on: bool = False
    """Whether the assistant goes on here after tools: nobody has said anything between."""

    @property
    def is_answered(self) -> bool:
        """Whether the assistant's side has anything."""
        return bool(self.assistant or self.calls)

    @property
    def step(self) -> dict[str, Any]:
        """The turn as a script has it."""
        said = "\n\n".join(self.assistant).strip()
        step: dict[str, Any] = {}
        if not self.goes_on:
            step["user"] = "\n\n".join(self.user).strip() or NO_QUESTION
        if said or not self.calls:
            step["assistant"] = said or NO_ANSWER
        if self.calls:
            step["calls"] = [
                {
                    "name": call.name.strip() or "tool",
                    "arguments": call.arguments,
                    "result": self.results.get(call.id, NO_RESULT),
                }
                for call in self.calls
            ]
        return step

    def takes(self, message: Message) -> bool:
        """Whether the message is the result of a call of this turn; then it is noted."""
        result = message.result
        waiting = {call.id for call in self.calls} - self.results.keys()
        if result is None or result.call_id not in waiting:
            return False
        self.results[result.call_id] = result.text
        return True


def exchanges(one: Transcript) -> tuple[str | None, list[Exchange], int]:
    """The system prompt that a transcript begins with, its turns, and how many later ones it has.

    System messages further on have no place in a turn: they are left out and counted. A result
    that answers no call before it is text of the assistant's side.
    """
    system: list[str] = []
    turns: list[Exchange] = []
    later = 0
    breaks = set(one.breaks)
    begins = False
    for index, message in enumerate(one.messages):
        begins = begins or index in breaks
        if message.role == "system":
            if turns:
                later += 1
            else:
                system.append(message.text)
            continue
        if not (turns and not begins and turns[-1].takes(message)):
            turn = _next(turns, message, begins=begins)
            begins = False
            turn.calls += message.calls
            text = _words(message)
            if text or not message.calls:
                (turn.user if message.role == "user" else turn.assistant).append(text)
        turns[-1].indexes.add(index)
    return "\n\n".join(system).strip() or None, turns, later


def _next(turns: list[Exchange], message: Message, *, begins: bool) -> Exchange:
    """The turn that a message belongs to, which is a new one where it cannot be the last."""
    last = turns[-1] if turns else None
    if last is None or begins or (message.role == "user" and last.is_answered):
        turns.append(Exchange(begins=begins and last is not None))
    elif last.calls:
        turns.append(Exchange(goes_on=True))
    return turns[-1]


def _words(message: Message) -> str:
    """What a message says beside its calls."""
    if isinstance(message.content, str) or not message.calls:
        return message.text
    return "\n\n".join(part.text for part in message.content if not isinstance(part, ToolCall))
