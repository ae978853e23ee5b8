"""What the formats share: reading values of unknown type, and texts made of parts.

The one rule: a value of the wrong type is as good as none; it never raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from harness.core.messages import Message
from harness.core.transcript import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.transcript import Row

IMAGE, AUDIO, FILE = "image", "audio", "file"
TOOL_CALL, TOOL_OUTPUT, REASONING = "tool call", "tool output", "reasoning"
EMPTY = "empty message"
BRANCH = "message of an abandoned branch"
STRANGER = "message of an unknown role"
SHAPE = "record of another shape"

_KINDS = {
    "image": IMAGE, "image_url": IMAGE, "input_image": IMAGE, "image_file": IMAGE,
    "input_audio": AUDIO, "audio": AUDIO, "video": "video",
    "file": FILE, "input_file": FILE, "document": FILE, "container_upload": FILE, "data": FILE,
    "tool_use": TOOL_CALL, "server_tool_use": TOOL_CALL, "tool_call": TOOL_CALL,
    "mcp_tool_use": TOOL_CALL, "function_call": TOOL_CALL,
    "tool_result": TOOL_OUTPUT, "web_search_tool_result": TOOL_OUTPUT,
    "mcp_tool_result": TOOL_OUTPUT, "function_call_output": TOOL_OUTPUT,
    "thinking": REASONING, "redacted_thinking": REASONING, "reasoning": REASONING,
}  # fmt: skip
_TEXTS = {"text": "text", "input_text": "text", "output_text": "text", "refusal": "refusal"}
_UNKNOWN = "part of an unknown type"


def obj(value: object) -> Mapping[str, object]:
    """The value where it is an object, else an empty one."""
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def seq(value: object) -> list[object]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """The value where it is text, else nothing; halves of a character become U+FFFD."""
    if not isinstance(value, str):
        return ""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def spelled(value: object) -> str:
    """Text, or a number as it is written; nothing for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return text(value).strip()
    return str(value)


@dataclass(slots=True)
class Saying:
    """A text put together from parts, and what could not be part of it."""

    texts: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The texts, a blank line between; a single one as it came."""
        if len(self.texts) == 1:
            return self.texts[0] if self.texts[0].strip() else ""
        return "\n\n".join(part for part in self.texts if part.strip()).strip()

    def add(self, content: object) -> Saying:
        """Take in content as the chat APIs write it: text, or a list of typed parts."""
        if isinstance(content, str):
            self.texts.append(text(content))
        elif isinstance(content, list):
            for part in content:
                self._part(part)
        elif content is not None:
            self.skipped.append("content that is no text")
        return self

    def _part(self, part: object) -> None:
        if isinstance(part, str):
            self.texts.append(text(part))
            return
        kind = obj(part).get("type")
        if isinstance(kind, str) and kind in _TEXTS:
            self.texts.append(text(obj(part).get(_TEXTS[kind])))
        else:
            self.skipped.append(_KINDS.get(kind, _UNKNOWN) if isinstance(kind, str) else _UNKNOWN)


@dataclass(slots=True)
class Script:
    """The messages of one conversation while they are read."""

    messages: list[Message] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)

    def role(
        self, who: str, roles: Mapping[str, Role], tools: Mapping[str, str] | None = None
    ) -> Role | None:
        """The role of whoever speaks; None for anybody else, who is counted.

        Args:
            who: The name of the speaker in the format.
            roles: The names of the sides of a conversation.
            tools: The names of what is no side, and what its messages are.
        """
        if who in roles:
            return roles[who]
        self.skip((tools or {}).get(who, STRANGER))
        return None

    def say(self, role: Role, saying: Saying, *, same_turn: bool = False) -> int | None:
        """Add a message, and count what it left out; a message without text is none.

        Args:
            role: Who says it.
            saying: What.
            same_turn: Whether it goes on with the message before, if that has the same role.

        Returns:
            The index of the message, or None when there is nothing to add.
        """
        for what in saying.skipped:
            self.skip(what)
        said = saying.text
        if not said:
            if not saying.skipped:
                self.skip(EMPTY)
            return None
        last = self.messages[-1] if self.messages else None
        fresh = self.breaks and self.breaks[-1] == len(self.messages)
        if same_turn and last is not None and last.role == role and not fresh:
            self.messages[-1] = Message(role, f"{last.text}\n\n{said}")
        else:
            self.messages.append(Message(role, said))
        return len(self.messages) - 1

    def skip(self, what: str, count: int = 1) -> None:
        """Count something that is left out."""
        if count:
            self.skipped[what] = self.skipped.get(what, 0) + count

    def cut(self) -> None:
        """The next message begins a new session; before the first there is nothing to cut."""
        at = len(self.messages)
        if at and (not self.breaks or self.breaks[-1] != at):
            self.breaks.append(at)

    def ends(self) -> tuple[int, ...]:
        """The breaks that a message follows."""
        return tuple(at for at in self.breaks if at < len(self.messages))

    def leavings(self) -> Iterator[Skipped]:
        """What was counted, by reason."""
        for what, count in self.skipped.items():
            yield Skipped(what=what, count=count)


def shapeless(row: Row, expected: str) -> Skipped:
    """A record that lacks what makes it a conversation."""
    value = row.value
    if isinstance(value, dict):
        keys = ", ".join(f"'{text(key)[:30]}'" for key in list(value)[:6]) or "none"
        came = f"an object with the keys {keys}" if value else "an empty object"
    else:
        names = {list: "a list", str: "text", bool: "true or false", type(None): "null"}
        came = names.get(type(value), "a number")
    detail = f"record {row.number} is {came}; expected {expected}"
    return Skipped(what=SHAPE, where=row.where, detail=detail, broken=True)


def path_to(leaf: str, parent_of: Mapping[str, str]) -> list[str]:
    """The way from the root of a tree to a leaf; a cycle ends where it closes.

    Args:
        leaf: Where to start.
        parent_of: The parent of each node; of a root anything that is no node.
    """
    way: dict[str, None] = {}
    node = leaf
    while node in parent_of and node not in way:
        way[node] = None
        node = parent_of[node]
    return list(reversed(way))


def first_text(values: Iterable[object]) -> str:
    """The first of the values that is some text."""
    return next((found for value in values if (found := text(value).strip())), "")
