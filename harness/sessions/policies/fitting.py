"""Where a stretch of turns may begin or end so that it fits: shared by the policies that cut.

Turns are cut whole: a view never starts with an answer whose question is gone, which strict chat
templates refuse and lenient ones mend in ways of their own, nor with a result whose call is gone,
which providers refuse.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from harness.core.window import Span, View

if TYPE_CHECKING:
    from harness.core.window import History


def room(history: History, budget_tokens: int) -> int:
    """Tokens left for turns when the system messages and the question have theirs."""
    return budget_tokens - history.question_tokens - history.tokens(0, history.system)


def too_small(history: History, budget_tokens: int) -> View | None:
    """The refusal of a window that cannot even hold the system messages and the question."""
    if room(history, budget_tokens) >= 0:
        return None
    need = history.question_tokens + history.tokens(0, history.system)
    return View(
        (),
        refused=f"system message and question need {need} tokens; the budget is {budget_tokens}",
    )


def newest_turns(history: History, tokens: int, *, after: int) -> int:
    """Index at which the longest run of newest turns begins that has at most `tokens`.

    Args:
        history: The session up to the cut.
        tokens: Room for the run.
        after: The run begins here at the earliest.
    """
    end = history.offsets[history.stop]
    start = bisect_left(history.offsets, end - tokens, lo=after, hi=history.stop)
    if start == after:
        return start
    return next((begin for begin in history.turn_starts if begin >= start), history.stop)


def oldest(history: History, tokens: int) -> int:
    """Index before which the longest run of oldest turns ends that has at most `tokens`."""
    first = history.system
    limit = history.offsets[first] + tokens
    end = bisect_right(history.offsets, limit, lo=first, hi=history.stop + 1) - 1
    if not first < end < history.stop:
        return end
    return max((begin for begin in history.turn_starts if first < begin <= end), default=first)


def spans(*pairs: tuple[int, int]) -> tuple[Span, ...]:
    """The pairs as spans: empty ones left out, touching ones joined."""
    joined: list[Span] = []
    for start, stop in pairs:
        if start >= stop:
            continue
        if joined and joined[-1].stop == start:
            joined[-1] = Span(joined[-1].start, stop)
        else:
            joined.append(Span(start, stop))
    return tuple(joined)
