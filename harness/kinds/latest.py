"""The kind `latest`: one thing is said over and over, each time otherwise; the last one counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harness.kinds.recall import RecallKind

if TYPE_CHECKING:
    from harness.core.scenario import Question

MOST = 200
"""Updates that one session holds at most."""


@dataclass(frozen=True, slots=True)
class LatestKind(RecallKind):
    """What holds after so many updates: interference from all that held before.

    Source: Wang and Sun, Unable to Forget: Proactive Interference Reveals Working Memory Limits in
    LLMs Beyond Context Length (2025), where recall falls with the logarithm of the updates.
    """

    waits: ClassVar[bool] = True

    of: int = 4
    """How often it is said, the first time included."""

    def __post_init__(self) -> None:
        if not 2 <= self.of <= MOST:  # noqa: PLR2004 -- one saying is no update
            raise ValueError(f"option 'of' is {self.of}; expected a number in [2, {MOST}]")

    def sayings(self, _facts: int, /) -> tuple[int, int]:
        """So many times."""
        return self.of, self.of

    def guess(self, _question: Question, /) -> float:
        """One in so many: any of the values that it had."""
        return 1.0 / self.of
