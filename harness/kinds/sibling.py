"""The kind `sibling`: of several requests that are nearly the same, what came of the i-th."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harness.kinds.open_question import refuse_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Counts, Question, Value
    from harness.core.session import Plant

MOST = 64
"""Siblings that one session holds at most."""


@dataclass(frozen=True, slots=True)
class SiblingKind:
    """One fact that is said several times in the same way; one of the times is asked for.

    Source: Vodrahalli et al., Michelangelo: Long Context Evaluations Beyond Haystacks via Latent
    Structure Queries (2024), the task MRCR.
    """

    facts: ClassVar[tuple[int, int | None]] = (1, 1)
    score: ClassVar[str] = "contains"
    counts: ClassVar[Counts] = "recall"
    waits: ClassVar[bool] = True

    i: int = 1
    """Which of them is asked for, counted from 1."""
    of: int = 4
    """How many there are."""

    def __post_init__(self) -> None:
        if not 2 <= self.of <= MOST:  # noqa: PLR2004 -- one alone has no sibling
            raise ValueError(f"option 'of' is {self.of}; expected a number in [2, {MOST}]")
        if not 1 <= self.i <= self.of:
            raise ValueError(f"option 'i' is {self.i}; expected a number in [1, {self.of}]")

    def sayings(self, _facts: int, /) -> tuple[int, int]:
        """So many times."""
        return self.of, self.of

    def needs(self, _question: Question, said: Sequence[Plant], /) -> Sequence[Plant]:
        """All up to the i-th: nobody who has not seen the earlier ones can count to it."""
        return said[: self.i] if len(said) >= self.i else ()

    def expected(
        self, question: Question, said: Sequence[Plant], drawn: Mapping[str, Sequence[Value]], /
    ) -> Sequence[Value]:
        """What the i-th said."""
        refuse_values(question)
        if said:
            return [plant.value for plant in said[self.i - 1 : self.i]]
        return drawn[question.about[0]][self.i - 1 : self.i]

    def guess(self, _question: Question, /) -> float:
        """One in so many: any of the siblings."""
        return 1.0 / self.of
