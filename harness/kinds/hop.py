"""The kind `hop`: a fact about a fact. What is asked for is told of somebody whom another names."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from harness.kinds.open_question import refuse_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Counts, Fact, Question, Value, Wording
    from harness.core.session import Plant

MOST = 8
"""Hops of one question."""


@dataclass(frozen=True, slots=True)
class HopKind:
    """Chains of n facts, one after the other in `about`; the first chain is asked for.

    Within a chain each fact names the value of the one before as `{id}`. The other chains say the
    same of others, so that what is asked for cannot be found by its own words.
    """

    facts: ClassVar[tuple[int, int | None]] = (2, None)
    score: ClassVar[str] = "contains"
    counts: ClassVar[Counts] = "recall"
    waits: ClassVar[bool] = True

    n: int = 2
    """Facts in a row."""

    def __post_init__(self) -> None:
        if not 2 <= self.n <= MOST:  # noqa: PLR2004 -- one fact is recall
            raise ValueError(f"option 'n' is {self.n}; expected a number in [2, {MOST}]")

    def sayings(self, _facts: int, /) -> tuple[int, int]:
        """Once each."""
        return 1, 1

    def needs(self, question: Question, said: Sequence[Plant], /) -> Sequence[Plant]:
        """Every fact of the chain, once all of it was said."""
        chain = question.about[: self.n]
        told = {plant.fact for plant in said}
        whole = all(fact in told for fact in chain)
        return [plant for plant in said if plant.fact in chain] if whole else ()

    def expected(
        self, question: Question, said: Sequence[Plant], drawn: Mapping[str, Sequence[Value]], /
    ) -> Sequence[Value]:
        """What the last fact of the chain said."""
        refuse_values(question)
        if len(question.about) % self.n:
            raise ValueError(
                f"a question of kind hop?n={self.n} is about chains of {self.n} facts, and 'about'"
                f" lists {len(question.about)}"
            )
        if not said:
            return drawn[question.about[self.n - 1]][:1]
        return [p.value for p in self.needs(question, said) if p.fact == question.about[self.n - 1]]

    def demand(self, question: Question, facts: Sequence[Fact], _wording: Wording, /) -> None:
        """Each fact of a chain but its first names the one before."""
        for place, (before, fact) in enumerate(pairwise(facts), start=1):
            name = f"{{{before.id}}}"
            for text in (*fact.say, *fact.amend) if place % self.n else ():
                if name not in text:
                    raise ValueError(
                        f"'say' of fact '{fact.id}' does not hold {name}, the fact before it in"
                        f" 'about' of question '{question.id}'; say whom it is about so"
                    )

    def guess(self, question: Question, /) -> float:
        """One in so many chains."""
        return min(1.0, self.n / len(question.about))
