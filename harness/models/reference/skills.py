"""How an exact reader answers: by what it finds in the conversation, in the order it was said.

Its one rule: it is handed the prompt and nothing else. What it says it has read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.models.reference.asking import Asking, asking_in
from harness.models.reference.chains import chain_to
from harness.models.reference.reader import ALIKE, ENOUGH, ReaderQuestion, dont_know, read_pages
from harness.models.reference.text import stems
from harness.models.reference.thesaurus import leading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.models.reference.asking import Skill
    from harness.models.reference.base import Prompt
    from harness.models.reference.reader import Found

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_DATE = re.compile(r"\b(\d{1,2} [A-Z][a-z]+ \d{4}|\d{4}-\d{2}-\d{2})\b")
_BACK = re.compile(
    r"\b(?:take|taking|took)s? (?:\w+ ){0,10}back\b|\btaken back\b|\bwithdraw\w*|\bno longer\b"
    r"|\bcancel\w*|\blift(?:ed|ing)?\b|\bscrap\w*|\brevoke\w*|\bforget\b|\bnever mind\b",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"\b(?:no|not|longer|off|back|lifted|gone|void)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Student:
    """One prompt, read for what its question wants done."""

    prompt: Prompt
    asking: Asking = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "asking", self._asking())

    def _asking(self) -> Asking:
        """What is asked; in another language than English, for one sentence."""
        words = self.prompt.question.words
        if self.prompt.question.language != "en":
            return Asking("find", words=words)
        messages = self.prompt.messages
        asked = asking_in(messages[len(self.prompt.pages)].text) if messages else Asking("find")
        if asked.skill == "count" and self._is_measured(asked):
            return replace(asked, skill="find")
        return asked

    @cached_property
    def alike(self) -> list[Found]:
        """The sentences of the user that answer the question equally well, in order."""
        return self._alike(self.asking.words, ALIKE)

    def found(self, words: Sequence[str], *, dated: bool = False) -> Found | None:
        """The sentence that holds most of the words, the earliest of equal ones.

        Args:
            words: Stems.
            dated: Only sentences that name a day.
        """
        told = self._user_sentences(words)
        if dated:
            told = [one for one in told if _DATE.search(one.text)]
        if not told:
            return None
        return max(told, key=lambda one: (one.worth, -one.message, -one.place))

    def place(self, option: str) -> tuple[int, int] | None:
        """Where an option was first said, as (message, sentence); None where it was not."""
        one = self.found(tuple(dict.fromkeys(stems(option))))
        return None if one is None else (one.message, one.place)

    def in_order(self) -> list[str]:
        """The options in the order in which they were said; those never said are left out."""
        places = {option: self.place(option) for option in self.asking.options}
        said = {option: place for option, place in places.items() if place is not None}
        return sorted(said, key=lambda option: said[option])

    def days(self) -> list[date]:
        """The days that the question is about, one for each end of a stretch."""
        ends = self.asking.ends
        wanted = [tuple(stems(end)) for end in ends] if any(ends) else [self.asking.words]
        dated = [self.found(tuple(dict.fromkeys(words)), dated=True) for words in wanted]
        return [_day_in(one.text) for one in dated if one is not None]

    def is_taken_back(self) -> bool | None:
        """Whether the last that was said of a rule takes it back; None where there is no rule."""
        told = self._alike(self.asking.words, ENOUGH)
        return bool(_BACK.search(told[-1].text)) if told else None

    def choice(self, *, stands: bool) -> str:
        """The option that says that a rule stands, or that it does not."""
        ranked = sorted(self.asking.options, key=lambda option: bool(_NEGATIVE.search(option)))
        return ranked[0] if stands else ranked[-1]

    def direct(self) -> str | None:
        """The sentence that holds nearly all of the question, the latest of equal ones."""
        reading = read_pages(self._question(self.asking.words), self.prompt.pages)
        if reading.found and reading.found[0].worth >= ALIKE * reading.total:
            return self.said(self.alike[-1]) if self.alike else reading.found[0].text
        return None

    def chained(self) -> str | None:
        """The sentence that a chain of names leads to from what the question describes."""
        found = chain_to(self.asking.words, self.prompt)
        return None if found is None else found[-1].text

    def led(self) -> str | None:
        """The sentence that other words for those of the question lead to."""
        reading = read_pages(self._question(self.asking.words), self.prompt.pages, leading=leading)
        best = reading.found[0] if reading.found else None
        return best.text if best is not None and reading.enough(best) else None

    def said(self, found: Found) -> str:
        """A sentence of the user with what the assistant answered to it."""
        after = self.prompt.messages[found.message + 1 : found.message + 2]
        reply = [message.text for message in after if message.role == "assistant"]
        return "\n".join([found.text, *reply])

    def unknown(self) -> str:
        """What it says when nothing answers."""
        return dont_know(self.prompt.question.language)

    def _question(self, words: Sequence[str]) -> ReaderQuestion:
        return ReaderQuestion(tuple(words), several=False, language=self.prompt.question.language)

    def _user_sentences(self, words: Sequence[str]) -> list[Found]:
        reading = read_pages(self._question(words), self.prompt.pages)
        roles = self.prompt.messages
        return [
            one
            for one in reading.found
            if roles[one.message].role == "user" and reading.enough(one)
        ]

    def _alike(self, words: Sequence[str], share: float) -> list[Found]:
        told = self._user_sentences(words)
        best = max((one.worth for one in told), default=0.0)
        kept = [one for one in told if one.worth >= share * best]
        one_each = {one.message: one for one in sorted(kept, key=lambda one: one.worth)}
        return [one_each[message] for message in sorted(one_each)]

    def _is_measured(self, asked: Asking) -> bool:
        """Whether what is counted is the unit of a number that a sentence gives: how many euros."""
        what = asked.words[0] if asked.words else ""
        best = self.found(asked.words)
        if best is None or not what:
            return False
        return any(
            before[:1].isdigit() and stems(word) == [what]
            for before, word in pairwise(best.text.split())
        )


def exactly(student: Student) -> str:
    """The right answer, as far as the prompt holds it."""
    return _EXACTLY[student.asking.skill](student) or student.unknown()


def _nth(student: Student) -> str | None:
    chosen = student.alike[student.asking.nth - 1 : student.asking.nth]
    return student.said(chosen[0]) if chosen else None


def _count(student: Student) -> str | None:
    return f"There were {len(student.alike)}." if student.alike else None


def _in_order(student: Student) -> str | None:
    order = student.in_order()
    if len(order) < len(student.asking.options):
        return None
    one = {"first": order[0], "last": order[-1]}
    return one.get(student.asking.skill, ", ".join(order))


def _stands(student: Student) -> str | None:
    back = student.is_taken_back()
    return None if back is None else student.choice(stands=not back)


def _find(student: Student) -> str | None:
    return student.direct() or student.chained() or student.led()


def _by_calendar(student: Student) -> str | None:
    days = student.days()
    if student.asking.skill == "weekday" and days:
        return WEEK[days[0].weekday()]
    if student.asking.skill == "days" and len(days) == 2:  # noqa: PLR2004 -- the two ends
        return f"{abs((days[1] - days[0]).days)} days."
    return None


def _day_in(text: str) -> date:
    found = _DATE.search(text)
    named = found[1] if found else ""
    if "-" in named:
        return date.fromisoformat(named)
    return datetime.strptime(named, "%d %B %Y").date()  # noqa: DTZ007 -- a day has no zone


_EXACTLY: dict[Skill, Callable[[Student], str | None]] = {
    "find": _find,
    "nth": _nth,
    "count": _count,
    "first": _in_order,
    "last": _in_order,
    "sequence": _in_order,
    "days": _by_calendar,
    "weekday": _by_calendar,
    "stands": _stands,
}
