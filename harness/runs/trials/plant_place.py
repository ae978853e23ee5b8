"""Where a session said a fact, told from the message that says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.parts import ToolCall

if TYPE_CHECKING:
    from harness.core.messages import Message
    from harness.core.scenario import SaidIn


def place_of(message: Message, value: str) -> SaidIn | None:
    """By the user, by the assistant, in a tool's result, or in a call; None by nobody of these.

    Args:
        message: The message that says it.
        value: What it says.
    """
    if message.role == "tool":
        return "tool_result"
    if message.role == "assistant":
        parts = () if isinstance(message.content, str) else message.content
        said = [part for part in parts if not isinstance(part, ToolCall)]
        called = bool(message.calls) and not any(
            value in getattr(part, "text", "") for part in said
        )
        return "tool_call" if called else "assistant"
    return "user" if message.role == "user" else None
