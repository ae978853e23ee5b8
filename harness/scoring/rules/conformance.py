"""What every rule must keep, as a check that anyone who adds one can run against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.probe import Score
from harness.core.protocols import Settling
from harness.scoring.conformance import REPLIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.core.protocols import RuleCheck

_VERDICTS = (0.0, 1.0, None)


def check_rule(rule: RuleCheck, *, replies: Iterable[str] = REPLIES) -> None:
    """Check that a rule never raises, repeats itself, says yes or no, and settles nothing too soon.

    Args:
        rule: The rule.
        replies: Texts to check, beside every beginning of them.

    Raises:
        AssertionError: A clause of the contract is broken; the message says which.
    """
    for reply in replies:
        whole = _check_one(rule, reply)
        for size in sorted({len(reply) * part // 8 for part in range(1, 8)}):
            short = _check_one(rule, reply[:size])
            if isinstance(rule, Settling) and short.value is not None:
                holds = short.value == whole.value or not rule.settled(reply[:size], short.value)
                _claim(holds, f"a settled verdict changes with more text (reply {reply[:40]!a})")


def _check_one(rule: RuleCheck, reply: str) -> Score:
    about = f"(reply {reply[:40]!a})"
    try:
        score = rule.check(reply)
        again = rule.check(reply)
    except Exception as error:
        raise AssertionError(
            f"a rule raises on no text, but {type(error).__name__}: {error} {about}"
        ) from error
    _claim(isinstance(score, Score), f"a rule returns a Score, not {score!r} {about}")
    _claim(score.value in _VERDICTS, f"a rule is kept, broken or untold: {score.value} {about}")
    _claim(score == again, f"a rule gives one text one verdict, not {score} and {again} {about}")
    _claim(bool(score.why) and "\n" not in score.why, f"`why` is one sentence {about}")
    return score


def _claim(holds: bool, clause: str) -> None:
    if not holds:
        raise AssertionError(f"the contract of rules is broken: {clause}")
