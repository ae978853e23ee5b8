"""Generators: values that are told apart at a glance, as many as any run needs.

The kinds never make parts of one another: digits of codes lie in 2,101-4,999, numbers begin at
5,001, years of dates end at 2038. No two places of an order hold the same value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from harness.core.draws import unit
from harness.core.languages.folding import ascii_digits
from harness.core.scenario import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.core.scenario import Generator

_PAIRS = tuple(a + b for a in "JKQXZ" for b in "FHJKNQTXZ" if a != b)
"""Letters that begin few words and few abbreviations."""
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_FIRST_YEAR, _YEARS = 2027, 12
_FIRST_DAY, _DAYS = 2, 27
_ROUNDS = 4

SHAPES: dict[Generator, str | None] = {
    "code": r"(?i)\b[jkqxz][fhjknqtxz][- ]?[2-4]\d{3}\b",
    "number": r"(?<![\w.,-])(?:[5-9],?\d{3}|[1-9]\d,?\d{3})(?!,?\w|\.\d|-\w)",
    "date": (
        r"(?i)\b(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:" + "|".join(_MONTHS) + r"),? \d{4}"
        r"|(?:" + "|".join(_MONTHS) + r") \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
        r"|\d{4}-\d{2}-\d{2})\b"
    ),
    "name": None,
    "word": None,
}
"""What a generator's values look like in a reply, for `re.search`. Names and words look like any
other name or word, so they have no shape."""


@dataclass(frozen=True, slots=True)
class Space:
    """All that a generator can make, in an order that a key draws."""

    size: int
    nth: Callable[[int], Value]
    """Takes a place in that order, in [0, size)."""


def space(
    kind: Generator, key: str, taken: frozenset[str] = frozenset(), language: str = "en"
) -> Space:
    """The values of a generator.

    Args:
        kind: Its name.
        key: Draws the order.
        taken: Lowercase words of which none may be a value, as they stand elsewhere in the
            scenario; only nouns can meet them.
        language: Of numbers and dates, as people write them.
    """
    if kind == "name":
        return _names(key)
    if kind == "word":
        free = tuple(word for word in word_list("nouns") if word not in taken)
        return Space(len(free), lambda n: Value(free[permuted(n, len(free), key)]))
    size, make = _SPACES[kind]
    if language == "en":
        return Space(size, lambda n: make(permuted(n, size, key)))
    return Space(size, lambda n: _in_language(kind, make(permuted(n, size, key)), language))


def permuted(index: int, size: int, *key: object) -> int:
    """Where an index stands in an order of [0, size) that the key draws.

    A Feistel network over the next power of four, walked until it lands inside: the order is never
    laid out, however large the space.

    Source: Black and Rogaway, Ciphers with Arbitrary Finite Domains (2002), method 2.

    >>> sorted(permuted(i, 7, "k") for i in range(7))
    [0, 1, 2, 3, 4, 5, 6]
    """
    bits = max(1, ((size - 1).bit_length() + 1) // 2)
    while True:
        left, right = index >> bits, index & ((1 << bits) - 1)
        for turn in range(_ROUNDS):
            left, right = right, left ^ int(unit(*key, turn, right) * (1 << bits))
        index = left << bits | right
        if index < size:
            return index


@lru_cache(maxsize=8)
def word_list(name: str) -> tuple[str, ...]:
    """One of the lists that come with the harness: nouns, first_names, surnames."""
    text = files("harness.scenarios").joinpath("data", f"{name}.txt").read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return tuple(word for line in lines for word in line.split())


def _names(key: str) -> Space:
    """Full names; neighbours in the order share neither part.

    Both lists are walked at once and their lengths are coprime, so every pair comes once, and a
    first name comes back only when the whole list was used.
    """
    first, last = word_list("first_names"), word_list("surnames")

    def nth(n: int) -> Value:
        given = first[permuted(n % len(first), len(first), key, "first")]
        return Value(f"{given} {last[permuted(n % len(last), len(last), key, 'last')]}")

    return Space(len(first) * len(last), nth)


def _code(index: int) -> Value:
    """Two letters that seldom meet, and four digits that are no year."""
    pair, rest = divmod(index, _CODE_DIGITS)
    tens, last = divmod(rest, 9)
    digits = 10 * (tens + 210) + last + 1
    letters = _PAIRS[pair]
    return Value(f"{letters}-{digits}", (f"{letters}{digits}", f"{letters} {digits}"))


def _number(index: int) -> Value:
    """A number from 5,001 to 99,999 that is no multiple of ten."""
    tens, last = divmod(index, 9)
    number = 10 * (tens + 500) + last + 1
    return Value(str(number), (f"{number:,}",))


def _date(index: int) -> Value:
    """A day from the 2nd to the 28th, since those are in every month."""
    rest, month = divmod(index, len(_MONTHS))
    years, days = divmod(rest, _DAYS)
    year, day, name = _FIRST_YEAR + years, _FIRST_DAY + days, _MONTHS[month]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day not in {11, 12, 13} else 0, "th")
    accept = (
        f"{name} {day}, {year}",
        f"{year}-{month + 1:02}-{day:02}",
        f"{day}{ending} of {name} {year}",
        f"{day}{ending} {name} {year}",
        f"{name} {day}{ending}, {year}",
    )
    return Value(f"{day} {name} {year}", accept)


def _in_language(kind: Generator, value: Value, language: str) -> Value:
    """A number or a date of English as another language writes it; a code is what it is."""
    from babel.dates import format_date
    from babel.numbers import format_decimal

    if kind == "number":
        return Value(value.text, (format_decimal(int(value.text), locale=language),))
    if kind == "date":
        day = datetime.strptime(value.text, "%d %B %Y").replace(tzinfo=UTC).date()
        long, medium = (format_date(day, width, locale=language) for width in ("long", "medium"))
        return Value(ascii_digits(long), (ascii_digits(medium), day.isoformat()))
    return value


_CODE_DIGITS = 290 * 9
_SPACES: dict[str, tuple[int, Callable[[int], Value]]] = {
    "code": (len(_PAIRS) * _CODE_DIGITS, _code),
    "number": ((10_000 - 500) * 9, _number),
    "date": (_YEARS * len(_MONTHS) * _DAYS, _date),
}
