"""The kind `count`: how many there were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harness.core.scenario import Value
from harness.kinds.open_question import refuse_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Counts, Question
    from harness.core.session import Plant

MOST = 60
"""Things that one session has to count at most."""


@dataclass(frozen=True, slots=True)
class CountKind:
    """One fact that is said several times with another value each time; how often is asked.

    How often differs from seed to seed, and seeds take turns, so that no constant answer is right
    more often than by chance.
    """

    facts: ClassVar[tuple[int, int | None]] = (1, 1)
    score: ClassVar[str] = "number"
    counts: ClassVar[Counts] = "recall"
    waits: ClassVar[bool] = True

    least: int = 3
    """How many there are at least."""
    most: int = 12
    """And at most."""

    def __post_init__(self) -> None:
        if not 1 <= self.least < self.most <= MOST:
            raise ValueError(
                f"options 'least' and 'most' are {self.least} and {self.most}; expected two"
                f" numbers in [1, {MOST}], the larger one last"
            )

    def sayings(self, _facts: int, /) -> tuple[int, int]:
        """Up to the most."""
        return self.most, self.most

    def fewest(self, _most: int, /) -> int:
        """From the least."""
        return self.least

    def needs(self, _question: Question, said: Sequence[Plant], /) -> Sequence[Plant]:
        """All of them."""
        return said

    def expected(
        self, question: Question, said: Sequence[Plant], drawn: Mapping[str, Sequence[Value]], /
    ) -> Sequence[Value]:
        """How many were said so far."""
        refuse_values(question)
        return [Value(str(len(said) or len(drawn[question.about[0]])))]

    def others(self, _question: Question, _right: Sequence[Value], /) -> Sequence[Value]:
        """None is listed: the scorer reads every number."""
        return ()

    def guess(self, _question: Question, /) -> float:
        """One of the numbers that it may be."""
        return 1.0 / (self.most - self.least + 1)
