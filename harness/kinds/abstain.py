"""The kind `abstain`: what nobody said is asked for, and the right answer is to say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harness.kinds.open_question import refuse_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Counts, Question, Value
    from harness.core.session import Plant


@dataclass(frozen=True, slots=True)
class AbstainKind:
    """Something that is never said."""

    facts: ClassVar[tuple[int, int | None]] = (0, 1)
    score: ClassVar[str] = "abstain"
    counts: ClassVar[Counts] = "abstain"

    def sayings(self, _facts: int, /) -> tuple[int, int]:
        """Never."""
        return 0, 0

    def needs(self, _question: Question, _said: Sequence[Plant], /) -> Sequence[Plant]:
        """None."""
        return ()

    def expected(
        self, question: Question, _said: Sequence[Plant], _drawn: Mapping[str, Sequence[Value]], /
    ) -> Sequence[Value]:
        """No value: the right answer is that it was never said."""
        refuse_values(question)
        return ()

    def guess(self, _question: Question, /) -> float:
        """Nothing: who guesses does not abstain."""
        return 0.0
