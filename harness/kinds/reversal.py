"""The kind `reversal`: a rule that was given, and may have been taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Counts, Fact, Question, Value, Wording
    from harness.core.session import Plant

_ANSWERS = 2


@dataclass(frozen=True, slots=True)
class ReversalKind:
    """One fact; its `amend` takes back what its `say` gave, in every other seed.

    The question's `values` are two: the answer where the rule stands, and where it does not.
    """

    facts: ClassVar[tuple[int, int | None]] = (1, 1)
    score: ClassVar[str] = "choice"
    counts: ClassVar[Counts] = "recall"
    waits: ClassVar[bool] = True

    def sayings(self, _facts: int, /) -> tuple[int, int]:
        """Given, and taken back."""
        return 2, 2

    def fewest(self, _most: int, /) -> int:
        """Given, and left."""
        return 1

    def needs(self, _question: Question, said: Sequence[Plant], /) -> Sequence[Plant]:
        """What was said last: the rule, or that it is taken back."""
        return said[-1:]

    def expected(
        self, question: Question, said: Sequence[Plant], _drawn: Mapping[str, Sequence[Value]], /
    ) -> Sequence[Value]:
        """Whether it stands; nothing where it was never given."""
        if len(question.values) != _ANSWERS:
            raise ValueError(
                "a question of kind reversal has two 'values': the answer where the rule stands,"
                f" and the one where it was taken back; it has {len(question.values)}"
            )
        if not said:
            return ()
        return [question.values[len(said) - 1]]

    def demand(self, question: Question, facts: Sequence[Fact], _wording: Wording, /) -> None:
        """Words that take it back."""
        if facts and not facts[0].amend:
            raise ValueError(
                f"fact '{question.about[0]}' is never taken back; add 'amend', the words that do"
            )

    def guess(self, _question: Question, /) -> float:
        """One of two."""
        return 1.0 / _ANSWERS
