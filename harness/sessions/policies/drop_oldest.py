"""Policy `drop_oldest`: the earliest turns go first, as most applications do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.window import View
from harness.sessions.policies.fitting import newest_turns, room, spans, too_small

if TYPE_CHECKING:
    from harness.core.window import History


@dataclass(frozen=True, slots=True)
class DropOldest:
    """System messages and the newest turns that fit."""

    tokens: int | None = None
    """Budget of the application where it is smaller than the window's, question included."""

    def view(self, history: History, budget_tokens: int, /) -> View:
        """The view; see law 9."""
        budget = budget_tokens if self.tokens is None else min(self.tokens, budget_tokens)
        refused = too_small(history, budget)
        if refused is not None:
            return refused
        start = newest_turns(history, room(history, budget), after=history.system)
        return View(spans((0, history.system), (start, history.stop)))
