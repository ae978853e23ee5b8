"""The kind `order`: which of several things was said first, or last, or in which order all were."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Counts, Question, Value
    from harness.core.session import Plant

_WHICH = ("first", "last", "all")


@dataclass(frozen=True, slots=True)
class OrderKind:
    """Several facts; the question's `values` name them, in the order of `about`."""

    facts: ClassVar[tuple[int, int | None]] = (2, None)
    counts: ClassVar[Counts] = "recall"
    waits: ClassVar[bool] = True

    which: Literal["first", "last", "all"] = "first"
    """What is asked for: the one that was said first, the one that was last, or all in order."""

    def __post_init__(self) -> None:
        if self.which not in _WHICH:
            raise ValueError(f"option 'which' is '{self.which}'; expected first, last or all")

    @property
    def score(self) -> str:
        """One of the names is chosen, or all of them are put in order."""
        return "sequence" if self.which == "all" else "choice"

    def sayings(self, _facts: int, /) -> tuple[int, int]:
        """Once each."""
        return 1, 1

    def needs(self, _question: Question, said: Sequence[Plant], /) -> Sequence[Plant]:
        """All of them: what is first is told by what is not."""
        return said

    def expected(
        self, question: Question, said: Sequence[Plant], _drawn: Mapping[str, Sequence[Value]], /
    ) -> Sequence[Value]:
        """Their names as the session said them; none where it did not: no order is drawn."""
        if len(question.values) != len(question.about):
            raise ValueError(
                f"a question of kind order names each fact in 'about' by one of its 'values': there"
                f" are {len(question.about)} and {len(question.values)}"
            )
        names = [question.values[question.about.index(plant.fact)] for plant in said]
        if self.which == "all":
            return names
        return names[:1] if self.which == "first" else names[-1:]

    def guess(self, question: Question, /) -> float:
        """One in so many facts, or orders."""
        number = len(question.about)
        return 1.0 / (factorial(number) if self.which == "all" else number)
