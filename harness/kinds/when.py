"""The kind `when`: how long lies between two days that were said, or which day of the week one is.

Its one rule: the day is read off the values, so each of them is a date: a generated one, or one
that is spelled 2027-03-14, at least under `accept`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal

from harness.core.scenario import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Counts, Question
    from harness.core.session import Plant

_UNITS = ("days", "weekday")
_WEEK = 7


@dataclass(frozen=True, slots=True)
class WhenKind:
    """Two facts whose values are dates, and the days between; or one, and its day of the week."""

    facts: ClassVar[tuple[int, int | None]] = (1, 2)
    counts: ClassVar[Counts] = "recall"
    waits: ClassVar[bool] = True

    unit: Literal["days", "weekday"] = "days"
    """days: between two facts; weekday: of one, and the question's `values` name the seven days
    from Monday on."""

    def __post_init__(self) -> None:
        if self.unit not in _UNITS:
            raise ValueError(f"option 'unit' is '{self.unit}'; expected days or weekday")

    @property
    def score(self) -> str:
        """A number, or one of seven."""
        return "number" if self.unit == "days" else "choice"

    def sayings(self, _facts: int, /) -> tuple[int, int]:
        """Once each."""
        return 1, 1

    def needs(self, _question: Question, said: Sequence[Plant], /) -> Sequence[Plant]:
        """All of them."""
        return said

    def expected(
        self, question: Question, said: Sequence[Plant], drawn: Mapping[str, Sequence[Value]], /
    ) -> Sequence[Value]:
        """What the calendar says of the days that were said."""
        self._check(question)
        values = [plant.value for plant in said] or [v for f in question.about for v in drawn[f]]
        days = [day_of(value) for value in values]
        if len(days) != len(question.about):
            return ()
        if self.unit == "weekday":
            return [question.values[days[0].weekday()]]
        return [Value(str(abs((days[1] - days[0]).days)))]

    def others(self, question: Question, right: Sequence[Value], /) -> Sequence[Value]:
        """The other days of the week."""
        return [value for value in question.values if value not in right]

    def guess(self, _question: Question, /) -> float:
        """One day in seven; a number of days is not guessed."""
        return 1.0 / _WEEK if self.unit == "weekday" else 0.0

    def _check(self, question: Question) -> None:
        """The number of facts and of values fits what is asked for.

        Raises:
            ValueError: It does not.
        """
        wanted = (1, _WEEK) if self.unit == "weekday" else (2, 0)
        if (len(question.about), len(question.values)) != wanted:
            seven = "and lists the seven days from Monday on as its 'values'"
            raise ValueError(
                f"a question of kind when?unit={self.unit} is about {wanted[0]}"
                f" fact{'s' * (wanted[0] > 1)} {seven if wanted[1] else 'and has no values'}"
            )


def day_of(value: Value) -> date:
    """The day that a value names.

    Raises:
        ValueError: None of its spellings is a date as ISO 8601 has it.
    """
    for spelling in value.spellings:
        try:
            return date.fromisoformat(spelling.strip())
        except ValueError:
            continue
    raise ValueError(
        f"'{value.text}' is no date: use {{generate: date}}, or write it as"
        ' {value: "14 March 2027", accept: ["2027-03-14"]}'
    )
