"""The kind `recall`: what a fact said; of a fact that was said several times, what it said last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harness.kinds.open_question import refuse_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Counts, Question, Value
    from harness.core.session import Plant


@dataclass(frozen=True, slots=True)
class RecallKind:
    """One fact, said once; its value is asked for."""

    facts: ClassVar[tuple[int, int | None]] = (1, 1)
    score: ClassVar[str] = "contains"
    counts: ClassVar[Counts] = "recall"

    def sayings(self, _facts: int, /) -> tuple[int, int]:
        """Once."""
        return 1, 1

    def needs(self, _question: Question, said: Sequence[Plant], /) -> Sequence[Plant]:
        """The latest plant."""
        return said[-1:]

    def expected(
        self, question: Question, said: Sequence[Plant], drawn: Mapping[str, Sequence[Value]], /
    ) -> Sequence[Value]:
        """What the latest plant said."""
        refuse_values(question)
        return [plant.value for plant in said[-1:]] or drawn[question.about[0]][:1]

    def guess(self, _question: Question, /) -> float:
        """Nothing: the question names no answers, and no two seeds share one."""
        return 0.0
