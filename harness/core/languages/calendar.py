"""Dates of a language in the one form in which dates are compared: march 14th 2027.

Names of months come from babel (the Unicode CLDR). Its one rule: a date is rewritten only where a
day or a year stands with the month, since many names of months are words of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.core.languages.folding import fold
from harness.core.quantities import MONTHS, nth_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORTEST = 3
"""Letters of an abbreviated month at least."""
_MORE_LOCALES = {"ar": ("ar_SY", "ar_MA", "ar_DZ")}
"""Months have other names in these countries."""
_FIRST = r"premier|primero|primo|primeiro"
_OF = r"(?:(?:de|del|di|of|do|da|den|d')\s*)?"
_DAY = rf"(?P<d>0?[1-9]|[12][0-9]|3[01]|{_FIRST})"
_NTH = r"(?:\s?(?:\.|er|ero|e|o|a|ste|de|nd|rd|st|th|-?го|-?е|ого)(?![^\W\d_]))?"
_YEAR = r"(?P<y>[12][0-9]{3})(?![0-9])"
_EAST = re.compile(
    r"(?:(?P<y>[12][0-9]{3})\s?[年년]\s?)?(?P<m>1[0-2]|0?[1-9])\s?[月월]\s?"
    r"(?P<d>3[01]|[12][0-9]|0?[1-9])\s?[日号號일]"
)
_EAST_MONTH = re.compile(r"(?P<y>[12][0-9]{3})\s?[年년]\s?(?P<m>1[0-2]|0?[1-9])\s?[月월]")
_REIWA = re.compile(r"令和\s?([0-9]{1,2})\s?(?=年)")
_REIWA_BEFORE = 2018
_ISO = re.compile(
    r"(?<![\w.,/-])(?P<y>[12][0-9]{3})(?P<by>[-/.])\s?(?P<m>[0-9]{1,2})(?P=by)\s?(?P<d>[0-9]{1,2})"
    r"(?![0-9/-])"
)
_DAY_FIRST = re.compile(
    r"(?<![\w.,/-])(?P<d>[0-9]{1,2})(?P<by>[-/.])\s?(?P<m>[0-9]{1,2})(?P=by)\s?(?P<y>[12][0-9]{3})"
    r"(?![0-9/-])"
)
_CLOCK = re.compile(
    r"(?<![\w.,:])(?P<h>[01]?[0-9]|2[0-4])\s?(?:h|[点點時时]|시)\s?(?P<m>[0-5][0-9])\s?(?:분|分)?"
    r"(?![0-9])"
)
_DAYS, _TWELVE = 31, 12


@dataclass(frozen=True, slots=True)
class _Months:
    number: dict[str, int]
    patterns: tuple[re.Pattern[str], ...]


def dated(text: str, code: str) -> str:
    """The text with its dates as month, day and year.

    Args:
        text: Folded, with the digits of numbers not grouped.
        code: Of its language.

    >>> dated("am 14. marz 2027", "de"), dated("14/03/2027", "fr"), dated("2027年3月14日", "ja")
    ('am march 14th 2027', 'march 14th 2027', ' march 14th 2027 ')
    """
    if not any(char.isdigit() for char in text) and "premier" not in text:
        return text
    text = _REIWA.sub(lambda found: str(_REIWA_BEFORE + int(found[1])), text)
    for pattern in (_EAST, _EAST_MONTH):
        text = pattern.sub(lambda found: f" {_written(found)} ", text)
    for pattern in (_ISO, _DAY_FIRST):
        text = pattern.sub(_written, text)
    months = _months(code)
    for pattern in months.patterns:
        text = pattern.sub(lambda found: _written(found, months.number), text)
    return _CLOCK.sub(lambda found: f" {int(found['h'])}:{found['m']} ", text)


def _written(found: re.Match[str], names: dict[str, int] | None = None) -> str:
    """The date that was found, in the one form; as it was where there is no such day."""
    parts = found.groupdict()
    month = names[parts["m"]] if names else int(parts["m"])
    said = parts.get("d")
    day = 1 if said and said.isalpha() else int(said or 1)
    if not (1 <= month <= _TWELVE and 1 <= day <= _DAYS):
        return found[0]
    return " ".join(
        part for part in (MONTHS[month - 1], nth_of(day) if said else "", parts.get("y")) if part
    )


@lru_cache(maxsize=32)
def _months(code: str) -> _Months:
    """The names of months of a language, English ones with them, and how dates hold them."""
    number = {name: n for n, name in enumerate(MONTHS, 1)}
    for n, name in _names(code):
        number.setdefault(name, n)
    names = "|".join(re.escape(name) for name in sorted(number, key=len, reverse=True))
    month = rf"(?P<m>{names})"
    return _Months(
        number,
        (
            re.compile(
                rf"(?<![\w.,]){_DAY}{_NTH}[\s,]*{_OF}{month}\.?(?![^\W\d_])"
                rf"(?:,?\s*{_OF}{_YEAR})?"
            ),
            re.compile(rf"(?<![^\W\d_]){month}\.?\s+{_DAY}{_NTH},?\s+{_OF}{_YEAR}"),
            re.compile(rf"(?<![^\W\d_]){month}\.?,?\s+{_OF}{_YEAR}"),
        ),
    )


def _names(code: str) -> Iterable[tuple[int, str]]:
    from babel import Locale

    for name in (code, *_MORE_LOCALES.get(code, ())):
        months = Locale.parse(name).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for n, said in months[context][width].items():
                    folded = fold(said).strip(". ")
                    long_enough = len(folded) >= _SHORTEST or not folded.isascii()
                    if long_enough and not folded[0].isdigit():
                        yield n, folded
