"""A turn as a script writes it out: what is said, the calls of tools and what they gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.messages import Message, Turn
from harness.core.parts import TextPart, ToolCall, ToolResult

if TYPE_CHECKING:
    from harness.core.scenario import Step

UNANSWERED = "(The model under test answers here.)"
"""Stands in for a reply that only a live run has, wherever lengths are planned."""


def script_turn(said: Step, step: int) -> Turn:
    """The turn of a step.

    Args:
        said: What the script says there.
        step: Its number, counted from 0: calls of tools are named by it.
    """
    asked = () if said.user is None else (Message("user", said.user.strip()),)
    answer = (said.assistant or "").strip()
    if not said.calls:
        return Turn((*asked, Message("assistant", answer or UNANSWERED)))
    ids = [f"call-{step + 1}-{number}" for number, _ in enumerate(said.calls, 1)]
    called = zip(ids, said.calls, strict=True)
    parts = tuple(ToolCall(id_, call.name, call.arguments) for id_, call in called)
    words = (TextPart(answer),) if answer else ()
    results = zip(ids, said.calls, strict=True)
    return Turn(
        (
            *asked,
            Message("assistant", (*words, *parts)),
            *(Message("tool", (ToolResult(i, call.result, call.name),)) for i, call in results),
        )
    )
