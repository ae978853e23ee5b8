"""The scorer `number`: the reply gives the right number, however it is written, and no other.

60% is not 60, nor is 0.6: a share and a count are two answers. Only when the question asks for a
percentage does a bare number stand for one. $500 is not €500, but 500 is either. Ordinals, dates,
times and codes are not numbers here, so "on March 3rd, 15" names 15 alone.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from harness.core.probe import Score
from harness.core.quantities import MONTH, ORDINAL
from harness.core.text import read, words
from harness.scoring.mentions import named
from harness.scoring.negation import asks_for_a_denial, is_denied, taken_back
from harness.scoring.normalise import answer
from harness.scoring.verdict import NOTHING_EXPECTED, also_names, listed_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.probe import Probe
    from harness.core.scenario import Value
    from harness.core.text import Text

_NUMBER = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)([kmb%]?)")
_YEAR = re.compile(r"[12][0-9]{3}")
_SCALE = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000, "mn": 1_000_000, "bn": 1_000_000_000}
_APART = frozenset({"k", "mn", "bn"})
"""Suffixes that may stand apart from their number; a lone m is a metre."""
_MOST_DIGITS, _MOST_ZEROS = 60, 10_000
_PERCENT = frozenset({"percent", "percentage", "pct", "percents"})
_CURRENCY = re.compile(
    r"(\$|\bdollars?\b|\busd\b)|(€|\beuros?\b|\beur\b)|(£|\bpounds?\b|\bgbp\b)|(¥|\byen\b|\bjpy\b)",
    re.IGNORECASE,
)


class Quantity(NamedTuple):
    """A number in a text."""

    value: Decimal
    percent: bool
    ordinal: bool
    start: int
    """Index of its first word."""
    stop: int


@dataclass(frozen=True, slots=True)
class Number:
    """1.0 when the reply gives the expected number and no number that is neither it nor asked.

    Args:
        tolerance: The largest difference that is still right, in the unit of the value; 0 or more.
    """

    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.tolerance) and self.tolerance >= 0):
            raise ValueError(f"tolerance={self.tolerance}: expected a number from 0 up")

    def score(self, probe: Probe, reply: str, /) -> Score:
        """What the reply is worth: 0.0 or 1.0; None when there is no number to expect."""
        if not probe.expected:
            return NOTHING_EXPECTED
        targets = [(value, _targets(value, probe.language)) for value in probe.expected]
        for value, target in targets:
            if not target:
                return Score(None, f"'{value.text}' holds no number; score it with 'contains'.")
        text = read(answer(reply), probe.language)
        found = tuple(quantities(text))
        rights: set[Quantity] = set()
        deniable = not asks_for_a_denial(words(probe.question, probe.language), probe.language)
        for value, target in targets:
            hits = self._hits(found, target, _asks_percent(probe.question, probe.language))
            if not hits:
                return Score(0.0, f"The reply does not give {value.text}.")
            if deniable and is_denied(text, hits[-1].start, hits[-1].stop, probe.language):
                return Score(0.0, f"The reply denies {value.text}.")
            rights.update(hits)
        return self._others(probe, text, reply, found, rights)

    def _others(
        self, probe: Probe, text: Text, reply: str, found: Sequence[Quantity], rights: set[Quantity]
    ) -> Score:
        """The score of a reply that gives the right numbers: what else does it name?"""
        asked = {(q.value, q.percent) for q in quantities(read(probe.question, probe.language))}
        for q in found:
            if q in rights or q.ordinal or (q.value, q.percent) in asked:
                continue
            if not taken_back(text, q.start, q.stop, probe.language):
                return Score(0.0, f"The reply gives another number, {_told(q.value)}.")
        inside = {i for q in rights for i in range(q.start, q.stop)}
        wrong = [
            m for m in named(probe, reply).wrong if not inside.issuperset(range(m.start, m.stop))
        ]
        if wrong:
            return Score(0.0, also_names(wrong))
        money = _currencies(" ".join(s for v in probe.expected for s in v.spellings))
        given = _currencies(answer(reply))
        if money and given and not given <= money:
            return Score(0.0, "The reply gives the number in another currency.")
        return Score(1.0, f"The reply gives {listed_values(probe)}.")

    def _hits(
        self,
        found: Sequence[Quantity],
        spellings: Sequence[Sequence[Quantity]],
        bare_is_percent: bool,
    ) -> list[Quantity]:
        """The numbers found that are those of a spelling; none unless all of them are there."""
        hits: list[Quantity] = []
        for numbers in spellings:
            each = [[q for q in found if self._same(q, n, bare_is_percent)] for n in numbers]
            if all(each):
                hits += [q for same in each for q in same]
        return sorted(hits, key=lambda q: q.start)

    def _same(self, given: Quantity, target: Quantity, bare_is_percent: bool) -> bool:
        if given.percent != target.percent and not bare_is_percent:
            return False
        return abs(given.value - target.value) <= Decimal(str(self.tolerance))


def quantities(text: Text) -> Iterator[Quantity]:
    """The numbers of a text, in order; years of dates are left out."""
    for i, word in enumerate(text.words):
        if match := ORDINAL.fullmatch(word):
            yield Quantity(_decimal(match[1]), percent=False, ordinal=True, start=i, stop=i + 1)
            continue
        match = _NUMBER.fullmatch(word)
        if match is None or _is_year(text, i):
            continue
        number, suffix = match.groups()
        after = text.words[i + 1] if i + 1 < len(text.words) and not text.gaps[i + 1] else ""
        apart = not suffix and after in _APART
        value = _decimal(number) * _SCALE.get(after if apart else suffix, 1)
        yield Quantity(value, percent=suffix == "%", ordinal=False, start=i, stop=i + 1 + apart)


def _decimal(number: str) -> Decimal:
    """The number; of one with more digits than anybody compares, the first and how many follow."""
    whole, _, fraction = number.partition(".")
    if len(whole) > _MOST_DIGITS:
        return Decimal(f"{whole[:_MOST_DIGITS]}E{min(len(whole) - _MOST_DIGITS, _MOST_ZEROS)}")
    return Decimal(f"{whole}.{fraction[:_MOST_DIGITS]}")


def _told(value: Decimal) -> str:
    """The number as a sentence says it."""
    plain = value.normalize()
    return f"{plain:E}" if plain.adjusted() > _MOST_DIGITS else f"{plain:f}"


def _is_year(text: Text, i: int) -> bool:
    """Whether a number is the year of a date or of a month."""
    if not _YEAR.fullmatch(text.words[i]) or not i:
        return False
    before = i - 2 if i > 1 and ORDINAL.fullmatch(text.words[i - 1]) else i - 1
    return text.words[before] in MONTH


def _targets(value: Value, language: str) -> tuple[tuple[Quantity, ...], ...]:
    """For each spelling of a value that holds numbers, these."""
    found = (tuple(quantities(read(spelling, language))) for spelling in value.spellings)
    return tuple(target for target in found if target)


def _asks_percent(question: str, language: str) -> bool:
    asked = words(question, language)
    return "%" in question or not _PERCENT.isdisjoint(asked) or ("per" in asked and "cent" in asked)


def _currencies(text: str) -> set[int]:
    """Which currencies a text names, by their place in the pattern."""
    return {match.lastindex or 0 for match in _CURRENCY.finditer(text)}
