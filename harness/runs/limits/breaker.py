"""When to leave a failing model alone, when to try it again, and when to give it up.

A circuit breaker: after a few failures in a row calls are held back and one at a time tries. So an
outage of a minute costs a few calls and no trial, and a dead provider costs seconds. Pure: the
clock is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass

OUTAGES = frozenset({"connection", "server", "timeout"})
"""Failures that say that nobody is there."""

_IN_A_ROW = 3
"""Rounds of failures after which calls are held back. Failures of calls that were in flight
together are one round."""

_FIRST_HOLD_S = 0.25
_LONGEST_HOLD_S = 10.0
"""Between two tries while calls are held back; it doubles."""

NEVER_ANSWERED = 1 / 12
"""Share of the patience for a model that has not answered once, ten seconds of two minutes: an
address is more often wrong than down."""

_FEWEST = 5
"""Failures in a row before a model is given up, however long they took."""


@dataclass(slots=True)
class Breaker:
    """The state of one model's line.

    Args:
        patience_s: How long every call may fail before the model is given up.
    """

    patience_s: float
    failures: int = 0
    """Failed calls since the last answer."""
    _rounds: int = 0
    _since_s: float = 0.0
    _counted_at_s: float = 0.0
    _hold_s: float = 0.0
    held_until_s: float = 0.0
    """While `holding`: when the next try may go out."""
    _answered: bool = False

    @property
    def holding(self) -> bool:
        """Whether calls are held back, but for one that tries."""
        return self._rounds >= _IN_A_ROW

    def answered(self) -> None:
        """The provider answered, if only with a refusal that is meant."""
        self._answered = True
        self.failures = self._rounds = 0
        self._hold_s = 0.0

    def failed(self, kind: str, *, sent_s: float, now_s: float, asked_s: float = 0.0) -> None:
        """A call failed in a way that may pass.

        Args:
            kind: As ModelError names it.
            sent_s: When the call went out.
            now_s: The time.
            asked_s: How long the provider asked to wait; it is not held against it.
        """
        if self.failures == 0:
            self._since_s = now_s
        self.failures += 1
        self._since_s += asked_s
        if kind in OUTAGES and (self._rounds == 0 or sent_s >= self._counted_at_s):
            self._rounds += 1
            self._counted_at_s = now_s
            if self.holding:
                self._hold_s = min(_LONGEST_HOLD_S, max(_FIRST_HOLD_S, 2 * self._hold_s))
                self.held_until_s = now_s + self._hold_s

    def dead(self, now_s: float) -> bool:
        """Whether the model is to be given up."""
        patience_s = self.patience_s * (1.0 if self._answered else NEVER_ANSWERED)
        return self.failures >= _FEWEST and now_s - self._since_s >= patience_s

    def silent_s(self, now_s: float) -> float:
        """How long every call has failed."""
        return now_s - self._since_s if self.failures else 0.0
