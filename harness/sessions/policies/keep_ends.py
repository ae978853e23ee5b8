"""Policy `keep_ends`: the opening of the session and its newest turns stay; the middle goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.window import View
from harness.sessions.policies.fitting import newest_turns, oldest, room, spans, too_small

if TYPE_CHECKING:
    from harness.core.window import History


@dataclass(frozen=True, slots=True)
class KeepEnds:
    """System messages, the oldest turns up to a share of the room, and the newest that fit."""

    head: float = 0.25
    """Share of the room that the oldest turns may take, in [0, 1]."""
    tokens: int | None = None
    """Budget of the application where it is smaller than the window's, question included."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.head <= 1.0:
            raise ValueError(f"head is a share of the room, in [0, 1]; got {self.head}")

    def view(self, history: History, budget_tokens: int, /) -> View:
        """The view; see law 9."""
        budget = budget_tokens if self.tokens is None else min(self.tokens, budget_tokens)
        refused = too_small(history, budget)
        if refused is not None:
            return refused
        free = room(history, budget)
        if history.tokens(history.system, history.stop) <= free:
            return View(spans((0, history.stop)))
        end = oldest(history, int(free * self.head))
        start = newest_turns(history, free - history.tokens(history.system, end), after=end)
        return View(spans((0, end), (start, history.stop)))
