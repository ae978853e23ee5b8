"""Numbers and dates in words, as the normal form of `harness.core.text` writes them.

Its one rule: what comes out is digits, an ordinal or a month, and reading it again changes nothing.
Items are words, each with the gap before it; a gap ends a number ("twenty, five" is two numbers).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TypeAlias

Items: TypeAlias = list[tuple[str, str]]

NUMERAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
ORDINAL = re.compile(r"0*([1-9][0-9]*)(?:st|nd|rd|th)")


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split())


MONTHS = _list(
    "january february march april may june july august september october november december"
)
MONTH = {name: name for name in MONTHS} | {name[:3]: name for name in MONTHS}
"""The name of the month for each of its usual spellings."""
MONTH["sept"] = "september"

_ONES = _list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_CARDINAL = {word: n for n, word in enumerate(_ONES)}
_TENS = {
    word: 10 * n
    for n, word in enumerate(_list("twenty thirty forty fifty sixty seventy eighty ninety"), 2)
}
_TENS["fourty"] = 40  # misspelt often enough
_NTH = {
    word: n
    for n, word in enumerate(
        _list(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
            " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
        ),
        1,
    )
}
_NTH_TENS = {word.removesuffix("y") + "ieth": n for word, n in _TENS.items()}
_SCALE = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_WORDS = frozenset({*_CARDINAL, *_TENS, *_NTH, *_NTH_TENS, *_SCALE})
_WORDS |= {"hundred", "hundredth", "thousandth", "millionth"}
_NOT_BEFORE_ONE = frozenset(_list("no the this that which any every each another some"))
_NOT_AFTER_ONE = frozenset(_list("of another that who which i you we they he she"))
_TEN, _HUNDRED = 10, 100
REWRITTEN = frozenset({*_WORDS, *MONTH, *_list("minus negative percent pct per am pm")})
"""Words without which a text has nothing that `spelled`, `measures` and `dates` would rewrite."""
_LONGEST_NUMBER = 32
"""Words of a number at most: "nine hundred and ninety nine million ..." has fewer."""
_LONGEST = 15
"""Digits of a number that a scale word may still multiply exactly."""


def spelled(items: Items) -> Items:
    """The items with numbers in words made digits, and "1.5 million" too."""
    if _WORDS.isdisjoint(word for word, _ in items):
        return items
    found: Items = []
    i = 0
    while i < len(items):
        word, gap = items[i]
        run = _run(items, i) if _begins(items, i) else []
        taken = (_scaled(run) or _number(run)) if run else None
        if taken is None or (run[0] == "one" and taken[1] == 1 and _pronoun(items, i)):
            found.append((word, gap))
            i += 1
        else:
            found.append((taken[0], gap))
            i += taken[1]
    return found


def _begins(items: Items, i: int) -> bool:
    """Whether a number in words may begin here."""
    word = items[i][0]
    if word in _WORDS or word == "a":
        return True
    return i + 1 < len(items) and (items[i + 1][0] in _SCALE or items[i + 1][0] == "hundred")


def _run(items: Items, i: int) -> list[str]:
    """The words from `i` on that no gap divides, as many as a number may have."""
    run = [items[i][0]]
    for word, gap in items[i + 1 : i + _LONGEST_NUMBER]:
        if gap:
            break
        run.append(word)
    return run


def _pronoun(items: Items, i: int) -> bool:
    """Whether "one" stands for a thing and not for a number."""
    before = items[i - 1][0] if i else ""
    after = items[i + 1][0] if i + 1 < len(items) else ""
    return before in _NOT_BEFORE_ONE or after in _NOT_AFTER_ONE


def _scaled(run: list[str]) -> tuple[str, int] | None:
    """Digits before a scale word, and how many words that takes."""
    scale = (_SCALE | {"hundred": 100}).get(run[1]) if len(run) > 1 else None
    if scale is None or not NUMERAL.fullmatch(run[0]) or len(run[0]) > _LONGEST:
        return None
    number = f"{Decimal(run[0]) * scale:f}"
    return number.rstrip("0").rstrip(".") if "." in number else number, 2


def _number(run: list[str]) -> tuple[str, int] | None:
    """The number that a run of words begins with, and how many words it takes."""
    total, i, limit = 0, 0, 10 * _SCALE["billion"]
    nth = False
    while i < len(run) and not nth and limit > 1:
        start = i + 1 if i and run[i] == "and" else i
        group = _group(run, start)
        if group is None:
            break
        value, stop, nth = group
        scale = 1
        if not nth and stop < len(run):
            name = run[stop]
            scale = _SCALE.get(name.removesuffix("th"), 1)
            nth = scale > 1 and name.endswith("th")
            stop += scale > 1
        if scale >= limit or (i and value >= 10 * _HUNDRED):
            nth = False
            break
        total, i, limit = total + value * scale, stop, scale
    if not i:
        return None
    return (nth_of(total) if nth and total else str(total)), i


def _group(run: list[str], i: int) -> tuple[int, int, bool] | None:
    """A number below a thousand (or "nineteen hundred") from `i`: value, end, ordinal or not."""
    word = run[i] if i < len(run) else ""
    if word == "a" and i + 1 < len(run) and run[i + 1] in {"hundred", *_SCALE}:
        value, stop, nth = 1, i + 1, False
    elif word in _SCALE or word.startswith("hundred") or word in {"thousandth", "millionth"}:
        if word not in _WORDS:
            return None
        value, stop, nth = 1, i, False
    elif (small := _small(run, i)) is not None:
        value, stop, nth = small
    else:
        return None
    if nth or stop >= len(run) or run[stop] not in {"hundred", "hundredth"}:
        return value, stop, nth
    value, nth, stop = value * _HUNDRED, run[stop] == "hundredth", stop + 1
    if nth or stop >= len(run):
        return value, stop, nth
    rest = _small(run, stop + (run[stop] == "and"))
    if rest is None or (rest[1] < len(run) and run[rest[1]].startswith("hundred")):
        return value, stop, False  # "two hundred and three hundred" are two numbers
    return value + rest[0], rest[1], rest[2]


def _small(run: list[str], i: int) -> tuple[int, int, bool] | None:
    """A number below a hundred from `i`: value, end, ordinal or not."""
    word = run[i] if i < len(run) else ""
    if word in _TENS:
        value, after = _TENS[word], run[i + 1] if i + 1 < len(run) else ""
        if 0 < _CARDINAL.get(after, 0) < _TEN:
            return value + _CARDINAL[after], i + 2, False
        if _NTH.get(after, _TEN) < _TEN:
            return value + _NTH[after], i + 2, True
        return value, i + 1, False
    for table, nth in ((_CARDINAL, False), (_NTH, True), (_NTH_TENS, True)):
        if word in table:
            return table[word], i + 1, nth
    return None


def nth_of(n: int) -> str:
    """The ordinal of a number, as digits.

    >>> nth_of(3), nth_of(11), nth_of(22)
    ('3rd', '11th', '22nd')
    """
    teen = n // 10 % 10 == 1
    return f"{n}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def measures(items: Items) -> Items:
    """The items with per cent and minus made part of their number, and 3:00 pm made 3 pm."""
    found: Items = []
    i = 0
    while i < len(items):
        word, gap = items[i]
        after = items[i + 1][0] if i + 1 < len(items) else ""
        last = found[-1][0] if found else ""
        if word in {"minus", "negative"} and after[:1].isdigit() and NUMERAL.match(after):
            bare = after.removesuffix("%")
            if NUMERAL.fullmatch(bare):
                items[i + 1] = (f"-{after}", gap)
                i += 1
                continue
        if NUMERAL.fullmatch(last) and (word in {"percent", "pct"} or (word, after) == _PER_CENT):
            found[-1] = (f"{last}%", found[-1][1])
            i += 1 if word != "per" else 2
            continue
        if word in {"am", "pm"} and last.endswith(":00"):
            found[-1] = (last.removesuffix(":00"), found[-1][1])
        found.append((word, gap))
        i += 1
    return found


_PER_CENT = ("per", "cent")
_DAYS, _TWELVE = 31, 12
_DAY = re.compile(r"0?([1-9]|[12][0-9]|3[01])(st|nd|rd|th)?")
_YEAR = re.compile(r"[12][0-9]{3}")
_ISO = re.compile(r"([12][0-9]{3})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([12][0-9]{3})")


def date_of(chunk: str) -> tuple[str, ...]:
    """A date of digits alone as month, day, year; empty where it may mean another day as well.

    >>> date_of("2026-03-03"), date_of("25/12/2026"), date_of("3/4/2026")
    (('march', '3rd', '2026'), ('december', '25th', '2026'), ())
    """
    if iso := _ISO.fullmatch(chunk):
        year, month, day = iso[1], int(iso[3]), int(iso[4])
    elif other := _DAY_FIRST.fullmatch(chunk):
        year, day, month = other[4], int(other[1]), int(other[3])
        if month > _TWELVE:
            day, month = month, day
        elif day <= _TWELVE and day != month:
            return ()
    else:
        return ()
    if not (1 <= month <= _TWELVE and 1 <= day <= _DAYS):
        return ()
    return MONTHS[month - 1], nth_of(day), year


def dates(items: Items) -> Items:
    """The items with the day of each date behind its month, as an ordinal.

    A day behind the month is taken first when it is an ordinal, so that what this function wrote
    is read the same again; else one before the month ("3 March 4 pm"); else a number behind it.
    """
    found: Items = []
    i = 0
    while i < len(items):
        word, gap = items[i]
        i += 1
        month = MONTH.get(word)
        if month is None:
            found.append((word, gap))
            continue
        ahead = i + 1 if i < len(items) and items[i][0] == "the" else i
        behind = _day(items[ahead][0]) if ahead < len(items) else None
        before = 2 if len(found) > 1 and found[-1][0] == "of" else 1
        ahead_of = _day(found[-before][0]) if len(found) >= before else None
        if behind and behind[1]:
            found += [(month, gap), (behind[0], "")]
            i = ahead + 1
        elif ahead_of and not _taken(found, before):
            gap = found[-before][1]
            del found[-before:]
            found += [(month, gap), (ahead_of[0], "")]
        elif behind and ahead == i:
            found += [(month, gap), (behind[0], "")]
            i += 1
        else:
            year = i < len(items) and _YEAR.fullmatch(items[i][0])
            found.append((month if year else word, gap))
    return found


def _day(word: str) -> tuple[str, bool] | None:
    """The ordinal of a day of the month, and whether it was written as one."""
    match = _DAY.fullmatch(word)
    return (nth_of(int(match[1])), match[2] is not None) if match else None


def _taken(found: Items, before: int) -> bool:
    """Whether the day that stands last belongs to the month before it."""
    return len(found) > before and found[-before - 1][0] in MONTHS and before == 1
