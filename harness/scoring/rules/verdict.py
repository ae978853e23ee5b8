"""What a reply is worth under a rule, whatever became of the call.

Its one rule: a reply that was cut off is judged only where more text could not have changed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.protocols import Settling
from harness.scoring.normalise import answer
from harness.scoring.verdict import graded, not_graded

if TYPE_CHECKING:
    from harness.core.probe import Outcome, Score
    from harness.core.protocols import RuleCheck

_CUT_OFF = "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Whether a rule was kept, and if not, why not."""

    score: float | None
    """1.0 kept, 0.0 broken, None where it cannot be told."""
    outcome: Outcome | None
    why: str


def kept(rule: RuleCheck, reply: str, *, finish_reason: str | None, in_view: bool) -> Kept:
    """What a reply is worth under a rule.

    Args:
        rule: The check.
        reply: The whole reply; what a model thinks aloud is no part of what it says.
        finish_reason: Why the reply ended; `length` says that it was cut off.
        in_view: Whether the rule was among the messages sent: a rule that the application dropped
            is not one that the model broke.
    """
    said = answer(reply).strip()
    if not said:
        return Kept(score=None, outcome=None, why="The reply says nothing.")
    try:
        score = graded(rule.check(said))
        settled = finish_reason != _CUT_OFF or _settled(rule, said, score.value)
    except Exception as error:  # noqa: BLE001 -- one reply never ends a run, whoever wrote its rule
        return Kept(score=None, outcome=None, why=not_graded(error))
    if not settled:
        return Kept(score=None, outcome="output_truncated", why="The reply was cut off.")
    return Kept(score=score.value, outcome=_outcome(score, in_view=in_view), why=score.why)


def _settled(rule: RuleCheck, said: str, verdict: float | None) -> bool:
    return isinstance(rule, Settling) and verdict is not None and rule.settled(said, verdict)


def _outcome(score: Score, *, in_view: bool) -> Outcome | None:
    if score.value is None:
        return None
    if score.value >= 1:
        return "kept"
    return "broken" if in_view else "evicted"
