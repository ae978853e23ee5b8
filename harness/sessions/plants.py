"""The turn that says a fact, wherever it is said: by the user, the assistant or a tool."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.core.messages import Message, Turn
from harness.core.parts import ToolCall, ToolResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.core.scenario import Fact, SaidIn

SAYING: Mapping[SaidIn, int] = {"user": 0, "assistant": 1, "tool_call": 1, "tool_result": 2}
"""Which message of its turn says a fact."""


def json_text(text: str) -> str:
    r"""A text as it stands inside a string of JSON.

    >>> print(json_text('say "no"'))
    say \"no\"
    """
    return json.dumps(text, ensure_ascii=False)[1:-1]


def plant_turn(
    fact: Fact,
    ordinal: int,
    place: SaidIn,
    *,
    say: str,
    reply: str,
    request: str,
    fill: Callable[[str], str],
    fill_json: Callable[[str], str],
) -> Turn:
    """The turn.

    Args:
        fact: What is said.
        ordinal: How often it was said before.
        place: Where it is said.
        say: The sentence, filled in.
        reply: What the assistant answers in the end.
        request: What the user says where somebody else says the fact.
        fill: Puts the values into a text.
        fill_json: Puts them into a text of JSON.
    """
    if place == "user":
        return Turn.of(say, reply)
    if place == "assistant":
        return Turn.of(request, say)
    if place == "tool_result" and fact.tool_result is not None:
        used, arguments = fact.tool_result, fact.tool_result.arguments
        result = fill(used.result) or say
    elif fact.tool_call is not None:
        used, result = fact.tool_call, fact.tool_call.result
        usual = json.dumps({"path": f"notes/{fact.id}.md", "text": say}, ensure_ascii=False)
        arguments = fill_json(used.arguments) if used.arguments else usual
    else:
        raise ValueError(f"fact '{fact.id}' is said in a {place}, and has no such tool")
    name = f"call_{digest([fact.id, ordinal], size=6)}"
    return Turn(
        (
            Message("user", request),
            Message("assistant", (ToolCall(name, used.name, arguments),)),
            Message("tool", (ToolResult(name, result, used.name),)),
            Message("assistant", reply),
        )
    )
