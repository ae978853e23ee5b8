"""The names that programs and data sets give to the sides of a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.messages import Role

ROLES: Final[Mapping[str, Role]] = {
    **dict.fromkeys(
        ("user", "human", "customer", "client", "prompter", "person", "humanmessage",
         "humanmessagechunk", "user_message", "usermessage", "end_user", "enduser"),
        "user",
    ),
    **dict.fromkeys(
        ("assistant", "ai", "gpt", "bot", "model", "chatgpt", "chatbot", "agent", "llm", "claude",
         "gemini", "copilot", "bing", "bard", "llama", "mistral", "aimessage", "aimessagechunk",
         "assistant_message", "assistantmessage", "machine"),
        "assistant",
    ),
    **dict.fromkeys(("system", "developer", "systemmessage", "system_message"), "system"),
}  # fmt: skip
"""In lower case."""

RESULTS: Final = frozenset(
    ("tool", "function", "observation", "function_response", "tool_response", "tool_result",
     "tool_output", "toolmessage", "functionmessage", "ipython", "environment",
     "function_call_output")
)  # fmt: skip
"""Names under which a file has what a tool gave back."""

CALLS: Final = frozenset(("function_call", "tool_call", "tool_use", "function-call", "tool-call"))
"""Names under which a file has a call as a message of its own."""


def side(name: str) -> Role | None:
    """The role that a name means, if it means one."""
    return ROLES.get(name.strip().lower())


def is_speaker(name: str) -> bool:
    """Whether a name is that of a side, or of a tool."""
    plain = name.strip().lower()
    return plain in ROLES or plain in RESULTS or plain in CALLS
