"""Policy `clear_tool_results`: old results of tools are emptied, and the calls stay to be read.

This is what context editing does: the conversation keeps its shape, every call keeps a result as
providers demand, and what an old result said is gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.messages import Message
from harness.core.parts import ToolResult
from harness.sessions.policies.drop_oldest import DropOldest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.window import History, View

CLEARED = "[The result of this call was cleared to save room.]"
_BETWEEN = re.compile(r"[,+]")


@dataclass(frozen=True, slots=True)
class ClearToolResults:
    """Past a share of the budget all results but the newest are emptied."""

    keep: int = 3
    """How many of the newest results stay; those of excluded tools are not counted."""
    exclude: str = ""
    """Names of tools whose results always stay, joined by `+`."""
    at: float = 0.5
    """Share of the budget from which on results are cleared, in [0, 1]; 0: from the beginning."""
    threshold: float | None = None
    """Another name of `at`."""
    tokens: int | None = None
    """Budget of the application where it is smaller than the window's, question included."""

    def __post_init__(self) -> None:
        if self.threshold is not None:
            object.__setattr__(self, "at", self.threshold)
        if self.keep < 0:
            raise ValueError(f"keep is {self.keep}; expected 0 or more results")
        if not 0.0 <= self.at <= 1.0:
            raise ValueError(f"at is a share of the budget, in [0, 1]; got {self.at}")

    def view(self, history: History, budget_tokens: int, /) -> View:
        """What clearing left; where even that is too long, its oldest turns go."""
        return DropOldest(self.tokens).view(history, budget_tokens)

    def clears(self, history: History, budget_tokens: int, /) -> Sequence[int]:
        """Indexes of the results that are emptied now, oldest first."""
        budget = budget_tokens if self.tokens is None else min(self.tokens, budget_tokens)
        if history.prompt_tokens <= self.at * budget:
            return ()
        stays = frozenset(_BETWEEN.split(self.exclude))
        called: dict[str, str] = {}
        found: list[int] = []
        for index in range(history.stop):
            message = history.messages[index]
            called |= {call.id: call.name for call in message.calls}
            result = message.result
            if result is None or (result.name or called.get(result.call_id, "")) in stays:
                continue
            found.append(index)
        old = found[: len(found) - self.keep]
        return [index for index in old if history.messages[index].text != CLEARED]

    def cleared(self, message: Message, /) -> Message:
        """The result without what it said; still the answer to its call."""
        result = message.result
        if result is None:
            raise ValueError(f"a message of role '{message.role}' is no result of a tool")
        return Message("tool", (ToolResult(result.call_id, CLEARED, result.name),))
