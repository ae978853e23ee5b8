"""Law 9 as a check that anyone who adds a policy can run against it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.core.protocols import Clearing, Compacting, Policy
    from harness.core.window import History, View

CLEARED_TOKENS = 14
"""About what is left of a message that was emptied."""


def check_policy(
    policy: Policy, history: History, budget_tokens: int, *, sends_all: bool = False
) -> None:
    """Check one view against law 9, and against the view of the same session one turn shorter.

    Args:
        policy: The policy.
        history: Any session up to any cut.
        budget_tokens: Tokens that the prompt may have.
        sends_all: The policy ignores the budget by design.

    Raises:
        AssertionError: A clause of the law is broken; the message says which.
    """
    view = policy.view(history, budget_tokens)
    if view.refused is not None:
        _claim(not view.spans, "a refused view sends nothing")
        _claim(history.prompt_tokens > budget_tokens, "a history that fits is not refused")
        return
    kept = _kept(view)
    _claim(kept == sorted(set(kept)), "the view is a subsequence")
    _claim(not kept or kept[-1] < history.stop, "the view stops at the cut")
    _claim(kept[: history.system] == list(range(history.system)), "system messages stay")
    if sends_all:
        _claim(kept == list(range(history.stop)), "everything is sent")
        return
    size = sum(history.tokens(i, i + 1) for i in kept) + history.question_tokens
    _claim(size <= budget_tokens, "the view fits the budget")
    if history.prompt_tokens <= budget_tokens:
        _claim(kept == list(range(history.stop)), "what fits is sent whole")
    else:
        _claim(size + _next_turn(history, kept) > budget_tokens, "the view is maximal")
    _check_monotone(policy, history, budget_tokens, set(kept))


def check_compacting(
    policy: Compacting, history: History, budget_tokens: int, *, share: float
) -> int:
    """Check law 9 for a policy that replaces older turns by a text, before it is written.

    What is replaced lies between the system messages and a turn that is kept; the newest turn is
    kept, and nothing is replaced before the session has reached its share of the budget.

    Args:
        policy: The policy.
        history: Any session up to any cut, the question left out.
        budget_tokens: Tokens that the prompt may have.
        share: Of the budget, from which on the policy may replace turns.

    Returns:
        Index of the first message that is kept; 0 where nothing is replaced.

    Raises:
        AssertionError: A clause of the law is broken; the message says which.
    """
    stop = policy.compacts(history, budget_tokens)
    if not stop:
        return 0
    _claim(history.prompt_tokens > share * budget_tokens, "turns stay while there is room")
    _claim(history.system < stop < history.stop, "system messages and the newest turn stay")
    _claim(stop in history.turn_starts, "turns are replaced whole")
    _claim(policy.compacts(history, budget_tokens) == stop, "the same history is cut the same")
    return stop


def check_clearing(policy: Clearing, history: History, budget_tokens: int) -> History:
    """Check law 9 for a policy that empties old messages: what it leaves is the same conversation.

    Args:
        policy: The policy.
        history: Any session up to any cut, the question left out.
        budget_tokens: Tokens that the prompt may have.

    Returns:
        What it leaves: as many messages, of the same roles, calls and results.

    Raises:
        AssertionError: A clause of the law is broken; the message says which.
    """
    found = list(policy.clears(history, budget_tokens))
    _claim(found == sorted(set(found)), "what is cleared is named once, oldest first")
    _claim(all(history.system <= i < history.stop for i in found), "system messages stay")
    messages, offsets = list(history.messages), [0]
    for i in found:
        messages[i] = policy.cleared(history.messages[i])
        before, after = history.messages[i], messages[i]
        _claim(before.role == after.role, "a cleared message keeps its role")
        _claim(
            [call.id for call in before.calls] == [call.id for call in after.calls],
            "a cleared message keeps its calls",
        )
        if before.result is not None and after.result is not None:
            _claim(before.result.call_id == after.result.call_id, "a result answers its call")
    for i, message in enumerate(messages):
        size = history.tokens(i, i + 1)
        saved = i in found and message.text != history.messages[i].text
        offsets.append(offsets[-1] + (min(size, CLEARED_TOKENS) if saved else size))
    left = replace(history, messages=tuple(messages), offsets=tuple(offsets))
    _claim(not policy.clears(left, budget_tokens), "what is cleared stays cleared, once for all")
    shorter = max(history.turn_starts, default=0)
    if shorter > history.system:
        before_it = policy.clears(replace(history, stop=shorter), budget_tokens)
        _claim(
            set(before_it) <= set(found),
            "what is cleared of a shorter history is cleared of a longer one",
        )
    return left


def _check_monotone(policy: Policy, history: History, budget_tokens: int, kept: set[int]) -> None:
    """What a shorter history lost, a longer one does not bring back."""
    shorter = max(history.turn_starts, default=0)
    if shorter <= history.system:
        return
    before = policy.view(replace(history, stop=shorter), budget_tokens)
    if before.refused is None:
        lost = set(range(shorter)) - set(_kept(before))
        _claim(not (lost & kept), "a dropped turn does not come back as the session grows")


def _kept(view: View) -> list[int]:
    return [i for span in view.spans for i in range(span.start, span.stop)]


def _next_turn(history: History, kept: list[int]) -> int:
    """Size in tokens of the newest turn that was dropped."""
    dropped = sorted(set(range(history.stop)) - set(kept))
    stop = dropped[-1] + 1
    start = max((i for i in history.turn_starts if dropped[0] <= i < stop), default=dropped[0])
    return history.tokens(start, stop)


def _claim(holds: bool, law: str) -> None:
    if not holds:
        raise AssertionError(f"law 9 is broken: {law}")
