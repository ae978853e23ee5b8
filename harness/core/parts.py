"""What a message is made of where it is more than text: calls of tools, results, opaque blocks."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from harness.core.errors import nearest
from harness.core.shapes import json_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What an assistant asks a tool to do."""

    id: str
    """Names the call for the result that answers it."""
    name: str
    """Of the tool."""
    arguments: str
    """JSON, as the model wrote it."""

    @property
    def text(self) -> str:
        """The call as it is read and counted: `name(arguments)`."""
        return f"{self.name}({self.arguments})"


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back."""

    call_id: str
    """The call that it answers."""
    text: str
    name: str = ""
    """Of the tool, where it is said again."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A block that only its provider can read: a picture, a signed train of thought."""

    kind: str
    """What the provider calls such a block."""
    data: str
    """The whole block as JSON, as it is sent."""

    def __post_init__(self) -> None:
        try:
            json_of(self.data)
        except ValueError as error:
            raise ValueError(f"the data of a block '{self.kind}' is not JSON: {error}") from None

    @property
    def text(self) -> str:
        """The block as it is sent; a value that stands in it is found there."""
        return self.data

    @property
    def is_sealed(self) -> bool:
        """Whether it stands for older turns, and nobody but its provider can read it."""
        return self.kind == "compaction" and "encrypted_content" in json.loads(self.data)


Part: TypeAlias = TextPart | ToolCall | ToolResult | Opaque
Content: TypeAlias = str | tuple[Part, ...]
"""What a message holds. Text alone is a string and never a single part."""

_KINDS: dict[str, type[Part]] = {
    "text": TextPart,
    "tool_call": ToolCall,
    "tool_result": ToolResult,
    "opaque": Opaque,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def text_of(content: Content) -> str:
    """What a reader, a scorer, a leak check and a token counter see of it.

    Words come before calls, as providers render them, a line a part.
    """
    if isinstance(content, str):
        return content
    said = [part.text for part in content if not isinstance(part, ToolCall)]
    called = [part.text for part in content if isinstance(part, ToolCall)]
    return "\n".join(text for text in (*said, *called) if text)


def content_to_json(content: Content) -> str | list[dict[str, str]]:
    """Content as files of ours and hashes hold it: text, or a list of typed parts."""
    if isinstance(content, str):
        return content
    return [{"type": _NAMES[type(part)], **asdict(part)} for part in content]


def content_from_json(value: str | list[Mapping[str, object]]) -> Content:
    """The content that `content_to_json` wrote.

    Raises:
        ValueError: A part is none.
    """
    if isinstance(value, str):
        return value
    return tuple(_part(held, f"content[{index}]") for index, held in enumerate(value))


def _part(held: Mapping[str, object], name: str) -> Part:
    kind = held.get("type")
    part = _KINDS.get(kind) if isinstance(kind, str) else None
    if part is None:
        raise ValueError(f"'{name}.type' is '{kind}': {nearest(str(kind), _KINDS)}")
    expected = [field.name for field in fields(part)]
    texts = {key: held.get(key) for key in expected}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError(f"'{name}' lacks a text; a {kind} has {', '.join(expected)}")
    return part(**cast("Any", texts))


def opaque(block: Mapping[str, object], kind: str) -> Opaque:
    """A provider's block as a part; its keys keep their order."""
    return Opaque(kind, json.dumps(block, ensure_ascii=False, separators=(",", ":")))
