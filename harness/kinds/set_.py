"""The kind `set`: everything that was said is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harness.kinds.open_question import refuse_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Counts, Question, Value
    from harness.core.session import Plant

USUAL, MOST = 3, 20
"""Values that one fact says in a session: unless told otherwise, and at most."""


@dataclass(frozen=True, slots=True)
class SetKind:
    """One fact that is said several times with another value each time, or several facts."""

    facts: ClassVar[tuple[int, int | None]] = (1, None)
    score: ClassVar[str] = "set"
    counts: ClassVar[Counts] = "recall"

    def sayings(self, facts: int, /) -> tuple[int, int]:
        """Three times unless the file says otherwise; facts that make a set together once each."""
        return (USUAL if facts == 1 else 1), MOST

    def needs(self, _question: Question, said: Sequence[Plant], /) -> Sequence[Plant]:
        """All of them."""
        return said

    def expected(
        self, question: Question, said: Sequence[Plant], drawn: Mapping[str, Sequence[Value]], /
    ) -> Sequence[Value]:
        """Everything that was said so far."""
        refuse_values(question)
        return [plant.value for plant in said] or [
            v for fact in question.about for v in drawn[fact]
        ]

    def guess(self, _question: Question, /) -> float:
        """Nothing: the question names no answers, and no two seeds share one."""
        return 0.0
