"""Messages in the form of OpenAI's chat protocol, both ways.

Servers speak it, litellm takes it and turns it into every other provider's, and files of chats are
written in it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from harness.core.errors import nearest
from harness.core.messages import Message
from harness.core.parts import Opaque, TextPart, ToolCall, ToolResult, opaque
from harness.core.shapes import json_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.messages import Role
    from harness.core.parts import Part

ROLES: tuple[Role, ...] = ("system", "user", "assistant", "tool")

_THOUGHTS = ("thinking", "redacted_thinking")
"""Blocks that stand beside the content of a message, and not in it."""


class ChatFormError(ValueError):
    """It is no message; the text goes on from its name: `.role is null; expected text`."""


def to_chat(message: Message) -> dict[str, Any]:
    """A message as it goes to a provider."""
    if isinstance(message.content, str):
        return {"role": message.role, "content": message.content}
    result = message.result
    if result is not None:
        named = {"name": result.name} if result.name else {}
        return {
            "role": "tool", "tool_call_id": result.call_id, **named, "content": result.text
        }  # fmt: skip
    said = [part for part in message.content if isinstance(part, TextPart)]
    blocks = [part for part in message.content if isinstance(part, Opaque)]
    inside = [part for part in message.content if isinstance(part, TextPart) or _is_inside(part)]
    chat: dict[str, Any] = {"role": message.role}
    if len(inside) == len(said) < 2:  # noqa: PLR2004 - one text is text, and none is null
        chat["content"] = said[0].text if said else None
    else:
        chat["content"] = [_block(part) for part in inside]
    if len(blocks) + len(said) > len(inside):
        chat["thinking_blocks"] = [_block(part) for part in blocks if not _is_inside(part)]
    if message.calls:
        chat["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.calls
        ]
    return chat


def _is_inside(part: Part) -> bool:
    """Whether a part is a block that stands in the content."""
    return isinstance(part, Opaque) and part.kind not in _THOUGHTS


def _block(part: TextPart | Opaque | Part) -> object:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    return json.loads(cast("Opaque", part).data)


def from_chat(chat: object) -> Message:
    """The message that was written so; text alone, in parts or not, is text.

    Raises:
        ChatFormError: It is none.
    """
    if not isinstance(chat, dict):
        raise ChatFormError(f" is {part_kind_of(chat)}; expected an object")
    role = chat.get("role")
    for key in ("role", "content"):
        if key not in chat and not (key == "content" and chat.get("tool_calls")):
            raise ChatFormError(f" has no '{key}'")
    if not isinstance(role, str):
        raise ChatFormError(f".role is {part_kind_of(role)}; expected text")
    if role == "developer":  # OpenAI's newer name of it
        role = "system"
    if role not in ROLES:
        raise ChatFormError(f".role is '{role}': {nearest(role, ROLES)}")
    parts = [
        *_thoughts(chat),
        *_content(chat.get("content"), optional=bool(chat.get("tool_calls"))),
    ]
    if role == "tool":
        return Message("tool", (_result(chat, parts),))
    parts += _calls(chat, role)
    texts = [part.text for part in parts if isinstance(part, TextPart)]
    if len(texts) == len(parts) < 2:  # noqa: PLR2004 - text alone is text
        return Message(cast("Role", role), texts[0] if texts else "")
    return Message(cast("Role", role), tuple(parts))


def _content(content: object, *, optional: bool) -> list[Part]:
    """The parts of a content: text, blocks, or nothing beside a call."""
    if isinstance(content, str):
        return [TextPart(content)] if content else []
    if content is None and optional:
        return []
    if not isinstance(content, list):
        raise ChatFormError(f".content is {part_kind_of(content)}; expected text")
    parts: list[Part] = []
    for index, block in enumerate(content):
        name = f".content[{index}]"
        kind = _text(_object(block, name), "type", name)
        if kind == "text":
            parts.append(TextPart(_text(block, "text", name)))
        else:
            parts.append(opaque(block, kind))
    return parts


def _thoughts(chat: Mapping[str, object]) -> list[Part]:
    blocks = chat.get("thinking_blocks") or []
    if not isinstance(blocks, list):
        raise ChatFormError(f".thinking_blocks is {part_kind_of(blocks)}; expected a list")
    found: list[Part] = []
    for index, block in enumerate(blocks):
        name = f".thinking_blocks[{index}]"
        found.append(opaque(_object(block, name), _text(block, "type", name)))
    return found


def _calls(chat: Mapping[str, object], role: str) -> list[Part]:
    """The calls of a message."""
    calls = chat.get("tool_calls") or []
    if not isinstance(calls, list):
        raise ChatFormError(f".tool_calls is {part_kind_of(calls)}; expected a list")
    if calls and role != "assistant":
        raise ChatFormError(
            f".tool_calls stand in a message of role '{role}'; only assistants call"
        )
    return [_call(call, f".tool_calls[{index}]") for index, call in enumerate(calls)]


def _call(call: object, name: str) -> ToolCall:
    held = _object(call, name)
    if held.get("type", "function") != "function":
        raise ChatFormError(f'{name}.type is {json.dumps(held["type"])}; expected "function"')
    if "function" not in held:
        raise ChatFormError(f"{name} has no 'function'")
    inner = f"{name}.function"
    function = _object(held["function"], inner)
    arguments = function.get("arguments", "")
    if isinstance(arguments, dict):  # as some programs write them down
        arguments = json.dumps(arguments, ensure_ascii=False)
    if not isinstance(arguments, str):
        raise ChatFormError(
            f"{inner}.arguments is {part_kind_of(arguments)}; expected JSON as text"
        )
    try:
        json_of(arguments or "{}")
    except ValueError as error:
        raise ChatFormError(f"{inner}.arguments is not JSON: {error}") from None
    return ToolCall(_text(held, "id", name), _text(function, "name", inner), arguments or "{}")


def _result(chat: Mapping[str, object], parts: list[Part]) -> ToolResult:
    """What a tool gave back, as text."""
    if any(not isinstance(part, TextPart) for part in parts):
        raise ChatFormError(".content of a tool holds more than text; expected text")
    name = chat.get("name") or ""
    if not isinstance(name, str):
        raise ChatFormError(f".name is {part_kind_of(name)}; expected text")
    text = "\n".join(part.text for part in parts)
    return ToolResult(_text(chat, "tool_call_id", ""), text, name)


def _object(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ChatFormError(f"{name} is {part_kind_of(value)}; expected an object")
    return value


def _text(held: Mapping[str, object], key: str, name: str) -> str:
    """The text under a key of an object."""
    if key not in held:
        raise ChatFormError(f"{name} has no '{key}'")
    value = held[key]
    if not isinstance(value, str):
        raise ChatFormError(f"{name}.{key} is {part_kind_of(value)}; expected text")
    return value


def part_kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")
