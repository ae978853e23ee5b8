"""The messages of one conversation while they are read, and the count of what is left out of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.core.messages import Message
from harness.core.parts import TextPart, ToolCall, ToolResult
from harness.core.transcript import Mended, Skipped
from harness.scenarios.importers.saying import joined_messages
from harness.scenarios.importers.values import named_thing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.transcript import Remark
    from harness.scenarios.importers.saying import Saying

EMPTY = "empty message"
BRANCH = "message of an abandoned branch"


@dataclass(slots=True)
class Script:
    """The messages of one conversation while they are read."""

    messages: list[Message] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    mended: dict[str, int] = field(default_factory=dict)
    _tools: dict[str, str] = field(default_factory=dict)
    """The name of the tool of each call."""
    _open: list[str] = field(default_factory=list)
    """The calls that have not been answered yet."""

    def role(self, who: str, roles: Mapping[str, Role]) -> Role | None:
        """The role of whoever speaks; None for anybody else, who is counted by name.

        Args:
            who: The name of the speaker in the format.
            roles: The names of the sides of a conversation.
        """
        if who in roles:
            return roles[who]
        self.skip(named_thing("message of role", who) if who else "message without a role")
        return None

    def say(self, role: Role, saying: Saying, *, same_turn: bool = False) -> int | None:
        """Add what is said, and count what it left out; what says nothing is no message.

        Args:
            role: Who says it.
            saying: What: texts and calls make one message, and each result one of its own.
            same_turn: Whether it goes on with the message before, if that has the same role.

        Returns:
            The index of its first message with text, or of its first; None when there is none.
        """
        for what in saying.skipped:
            self.skip(what)
        before = len(self.messages)
        texts: list[str] = []
        calls: list[ToolCall] = []
        at: int | None = None
        for item in [*saying.items, None]:
            if isinstance(item, str):
                texts.append(item)
                continue
            if isinstance(item, ToolCall):
                calls.append(self._called(item))
                continue
            place = self._flush(role, joined_messages(texts), tuple(calls), same_turn=same_turn)
            at = place if at is None else at
            texts, calls = [], []
            if item is not None:
                self._answer(item)
        if at is None and len(self.messages) > before:
            at = before
        if at is None and not saying.skipped:
            self.skip(EMPTY)
        return at

    def _called(self, call: ToolCall) -> ToolCall:
        """The call with an id, by which its answer can name it."""
        call = call if call.id else replace(call, id=f"call-{len(self._tools) + 1}")
        self._tools[call.id] = call.name
        self._open.append(call.id)
        return call

    def _answer(self, result: ToolResult) -> None:
        same = [id_ for id_ in self._open if self._tools[id_] == result.name]
        id_ = result.call_id or next(iter(same or self._open), "")
        if id_ in self._open:
            self._open.remove(id_)
        name = result.name or self._tools.get(id_, "")
        self.messages.append(Message("tool", (ToolResult(id_, result.text, name),)))

    def _flush(
        self, role: Role, said: str, calls: tuple[ToolCall, ...], *, same_turn: bool
    ) -> int | None:
        """Add a message, or what it says to the one before."""
        if not said and not calls:
            return None
        last = self.messages[-1] if self.messages else None
        fresh = bool(self.breaks) and self.breaks[-1] == len(self.messages)
        if same_turn and not fresh and last is not None and last.role == role:
            earlier = last.calls
            if not earlier or not said:
                spoken = _spoken(last)
                both = f"{spoken}\n\n{said}" if spoken and said else spoken or said
                self.messages[-1] = _message(role, both, (*earlier, *calls))
                return len(self.messages) - 1
        self.messages.append(_message(role, said, calls))
        return len(self.messages) - 1

    def skip(self, what: str, count: int = 1) -> None:
        """Count something that is left out."""
        if count:
            self.skipped[what] = self.skipped.get(what, 0) + count

    def mend(self, what: str, count: int = 1) -> None:
        """Count something that is taken over otherwise than it stood."""
        if count:
            self.mended[what] = self.mended.get(what, 0) + count

    def fields(self, record: Mapping[str, object], known: frozenset[str]) -> None:
        """Count the fields of a record that nobody here knows, and that say something."""
        for key, value in record.items():
            if key not in known and isinstance(value, str | list | dict) and value:
                self.skip(named_thing("field", key))

    def cut(self) -> None:
        """The next message begins a new session; before the first there is nothing to cut."""
        at = len(self.messages)
        if at and (not self.breaks or self.breaks[-1] != at):
            self.breaks.append(at)

    def ends(self) -> tuple[int, ...]:
        """The breaks that a message follows."""
        return tuple(at for at in self.breaks if at < len(self.messages))

    def leavings(self) -> Iterator[Remark]:
        """What was counted, by reason."""
        for what, count in self.skipped.items():
            yield Skipped(what=what, count=count)
        for what, count in self.mended.items():
            yield Mended(what=what, count=count)


def _spoken(message: Message) -> str:
    """What a message says beside its calls."""
    if isinstance(message.content, str):
        return message.content
    return "\n\n".join(part.text for part in message.content if isinstance(part, TextPart))


def _message(role: Role, said: str, calls: tuple[ToolCall, ...]) -> Message:
    if not calls:
        return Message(role, said)
    # Only an assistant calls; whoever else does in a file speaks for it.
    return Message("assistant", (TextPart(said), *calls) if said else calls)
