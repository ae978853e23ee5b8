"""Laws of skill: readers that count, put in order and follow a chain, up to where they no more do.

A reader that only finds sentences is the floor of every kind of question, an exact one its ceiling.
What lies between fails in a stated way with a stated probability, so that a study of it has a truth
to be compared with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.models.reference.base import Prompt, Reader, between, chance
from harness.models.reference.skills import WEEK, Student, exactly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.models.reference.reader import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactReader(Reader):
    """Does what the question wants done, without a fault."""

    def say(self, prompt: Prompt, reading: Reading) -> str:
        """The exact answer."""
        del reading
        return exactly(Student(prompt))


@dataclass(frozen=True, slots=True, kw_only=True)
class FinderReader(Reader):
    """Finds the sentences that hold the question's words, and takes any of them.

    It knows nothing of order, number or names; of answers that are offered it takes any.
    """

    def say(self, prompt: Prompt, reading: Reading) -> str:
        """One of what it found, by the draw of the prompt."""
        student = Student(prompt)
        asked, key = student.asking, prompt.key()
        if asked.skill == "sequence":
            return ", ".join(sorted(asked.options, key=lambda option: chance(key, option)))
        if asked.skill in {"first", "last", "stands"}:
            return _any(asked.options, key)
        if asked.skill == "weekday" and student.days():
            return _any(WEEK, key)
        if student.alike:
            return student.said(student.alike[int(chance(key, "one") * len(student.alike))])
        return reading.answer()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnskilledReader(Reader):
    """Exact up to the onset; beyond it the skill fails more often, each kind in its own way.

    It takes the first sibling for the one asked for (the last for the first), counts one too many
    or too few, is a day off, takes any of several for the first, holds that a rule stands, stops
    after one hop, and does not hear other words. A plain find is no skill and never fails.
    """

    onset: float = 0.6
    """Fill where the skill begins to fail."""
    slope: float = 2.0
    """Share of prompts more in which it fails, for one unit of fill beyond the onset."""

    def __post_init__(self) -> None:
        Reader.__post_init__(self)
        between("onset", self.onset, 0)
        between("slope", self.slope, 0)

    def recall(self, fill: float, position: float, /) -> float:
        """The probability that the skill is there: 1 - slope * (fill - onset) beyond the onset."""
        del position
        return max(0.0, 1.0 - self.slope * max(0.0, fill - self.onset))

    def say(self, prompt: Prompt, reading: Reading) -> str:
        """The exact answer, or the fault of its kind."""
        student, key = Student(prompt), prompt.key()
        if chance(key, "skill") < self.recall(prompt.fill, 0.0):
            return exactly(student)
        return _fault(student, key) or reading.answer()


@dataclass(frozen=True, slots=True, kw_only=True)
class InterferenceReader(Reader):
    """Takes an older value for the latest, more often the more there were.

    Source: Wang and Sun (2025): accuracy falls in a straight line with the logarithm of the number
    of updates.
    """

    slope: float = 0.12
    """Share of prompts more in which an older value is taken, for each doubling of the values."""

    def __post_init__(self) -> None:
        Reader.__post_init__(self)
        between("slope", self.slope, 0, 1)

    def holds(self, values: int, /) -> float:
        """The probability that the latest of so many values is given: 1 - slope * log2(values)."""
        return max(0.0, 1.0 - self.slope * math.log2(max(1, values)))

    def say(self, prompt: Prompt, reading: Reading) -> str:
        """The latest value, or one of those before it."""
        student, key = Student(prompt), prompt.key()
        alike = student.alike
        if student.asking.skill != "find" or not alike:
            return exactly(student) if alike else reading.answer()
        if len(alike) == 1 or chance(key, "latest") < self.holds(len(alike)):
            return student.said(alike[-1])
        older = alike[:-1]
        return student.said(older[int(chance(key, "older") * len(older))])


def _any(options: Sequence[str], key: bytes) -> str:
    return options[int(chance(key, "one") * len(options))]


def _fault(student: Student, key: bytes) -> str | None:
    """The wrong answer that a reader gives whose skill has failed; None where it takes none."""
    asked, alike = student.asking, student.alike
    more = 1 if chance(key, "more") < 0.5 else -1  # noqa: PLR2004 -- one of two ways
    wrong: str | None = student.unknown()
    if asked.skill == "sequence":
        wrong = ", ".join(sorted(asked.options, key=lambda option: chance(key, option)))
    elif asked.skill in {"first", "last"}:
        wrong = _any(asked.options, key)
    elif asked.skill == "stands":
        wrong = student.choice(stands=True)
    elif asked.skill in {"days", "weekday"}:
        wrong = _day_off(student, more)
    elif asked.skill == "count" and alike:
        wrong = f"There were {len(alike) + more}."
    elif asked.skill == "nth" and alike:
        wrong = student.said(alike[0 if asked.nth > 1 else -1])
    elif asked.skill == "find" and (direct := student.direct()):
        wrong = student.said(alike[0]) if alike else direct
    return wrong


def _day_off(student: Student, more: int) -> str | None:
    days = student.days()
    if not days:
        return None
    if student.asking.skill == "weekday":
        return WEEK[(days[0].weekday() + more) % len(WEEK)]
    return f"{abs((days[-1] - days[0]).days) + more} days."
