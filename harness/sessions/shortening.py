"""Cuts the output of tools in a turn that is too long for the room it has, as tools do themselves.

Its one rule: lines are left out of the middle of a result, and the result says how many. What the
user and the assistant say is never touched, and a call keeps its result.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from harness.core.messages import Message, Turn
from harness.core.parts import ToolResult

if TYPE_CHECKING:
    from collections.abc import Callable

_FEWEST = 3
"""Lines that a result keeps."""
_HEAD = 2 / 3
"""Share of the lines kept that stand before the gap."""


def shortened(turn: Turn, most: int, size: Callable[[Message], int]) -> Turn | None:
    """The turn with at most so many tokens.

    Args:
        turn: Any turn.
        most: Tokens that it may have as it is rendered.
        size: Tokens of a message as it is rendered.

    Returns:
        None where its tools gave back too little to be cut.
    """
    messages = list(turn.messages)
    sizes = [size(message) for message in messages]
    results = [at for at, message in enumerate(messages) if message.result is not None]
    for at in sorted(results, key=lambda at: -sizes[at]):
        room = most - (sum(sizes) - sizes[at])
        cut = _cut(messages[at], room, size)
        messages[at], sizes[at] = cut, size(cut)
        if sum(sizes) <= most:
            return Turn(tuple(messages))
    return None


def _cut(message: Message, room: int, size: Callable[[Message], int]) -> Message:
    """The longest cut of a result that fits; the shortest where none does."""
    result = message.result
    lines = message.text.split("\n")
    if result is None or len(lines) <= _FEWEST + 1:
        return message

    def keeping(count: int) -> Message:
        head = max(1, round(count * _HEAD))
        gap = f"[... {len(lines) - count:,} lines not shown ...]"
        text = "\n".join([*lines[:head], gap, *lines[len(lines) - (count - head) :]])
        return Message("tool", (ToolResult(result.call_id, text, result.name),))

    counts = range(_FEWEST, len(lines) - 1)
    fitting = bisect_right(counts, room, key=lambda count: size(keeping(count)))
    return keeping(counts[max(fitting - 1, 0)])
