"""Numbers in words, read by the words that the Unicode CLDR writes them with (unicode-rbnf).

Its one rule: what is read is a whole number that people would write so. Hundreds stand before tens,
each scale is smaller than the one before it, and a lone word that is also an article stays a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from harness.core.languages.eastern import EASTERN_RUN
from harness.core.languages.folding import fold
from harness.core.languages.table import TABLE
from harness.core.quantities import NUMERAL

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from harness.core.quantities import Items

_TEN, _HUNDRED, _THOUSAND = 10, 100, 1_000
_RUN_TOGETHER = frozenset({"de", "nl", "it"})
"""Languages that write a number below a thousand as one word, with letters lost at the seams."""
_LONGEST_RUN = 14
"""Words of a number at most."""
_LONGEST_WORD = 64
_ABBREVIATED = 3
"""Letters of a scale word that is cut short, behind which a full stop ends nothing: 97 tys. 611."""
_RULES = re.compile(
    r"spellout-(?:numbering|cardinal(?:-(?:masculine|feminine|neuter|native|native-attributive"
    r"|masculine-personal|r|n|s|m))?(?:-genitive)?)"
)
_SEAM = re.compile(r"[\s\u00ad-]+")


@dataclass(frozen=True, slots=True)
class _Words:
    """The number words of a language, run together and folded."""

    below: dict[str, int]
    """Of numbers below a thousand."""
    scales: dict[str, int]
    pieces: frozenset[str]
    """Words that are a number only with others: عشر in أحد عشر."""
    joiners: frozenset[str]
    not_alone: frozenset[str]
    longest: int
    initials: frozenset[str]


def numbered(items: Items, code: str) -> Items:
    """The items with numbers in words made digits, and with 97 thousand made 97000."""
    if not items:
        return items
    words = _words(code)
    found: Items = []
    i = 0
    while i < len(items):
        word, gap = items[i]
        taken = _scaled(items, i, words) if word[0].isdigit() else None
        if taken is None and word[0] in words.initials:
            taken = _number(items, i, code)
        if taken is None:
            found.append((word, gap))
            i += 1
        else:
            found.append((taken[0], gap))
            i += taken[1]
    return found


def _run(items: Items, i: int, code: str) -> list[str]:
    """The words from `i` on that are made of number words, as far as no gap divides them."""
    run: list[str] = []
    scales = _words(code).scales
    for j in range(i, min(len(items), i + _LONGEST_RUN)):
        word, gap = items[j]
        # Portuguese may set a comma behind a thousand: mil, seiscentos e onze
        divides = gap and not (gap == "," and code == "pt" and run and run[-1] in scales)
        if (j > i and divides) or not _is_numeral(word, code):
            break
        run.append(word)
    return run


def _number(items: Items, i: int, code: str) -> tuple[str, int] | None:
    """The number that begins at `i`, and how many words it takes."""
    run = _run(items, i, code)
    words = _words(code)
    for size in range(len(run), 0, -1):
        if run[size - 1] in words.joiners or (size == 1 and run[0] in words.not_alone):
            continue
        value = _value("".join(run[:size]), code)
        if value is not None:
            return str(value), size
    return None


def _scaled(items: Items, i: int, words: _Words) -> tuple[str, int] | None:
    """Digits before a scale word, and digits behind it: 97 thousand 611."""
    total, stop, last = Decimal(0), i, 0
    while stop < len(items) and NUMERAL.fullmatch(items[stop][0]):
        gap = items[stop][1] if stop > i else ""
        if gap and not (gap == "." and len(items[stop - 1][0]) <= _ABBREVIATED):
            break
        after = items[stop + 1] if stop + 1 < len(items) else ("", ".")
        scale = words.scales.get(after[0], 1) if after[1] in ("", ".") else 1
        value = Decimal(items[stop][0])
        if last and (value * scale >= last or "." in items[stop][0]):
            break
        if scale == 1 and not last:
            return None
        total, stop, last = total + value * scale, stop + 1 + (scale > 1), scale
        if scale == 1:
            break
    if not last:
        return None
    number = f"{total:f}"
    return (number.rstrip("0").rstrip(".") if "." in number else number), stop - i


@lru_cache(maxsize=1 << 14)
def _is_numeral(word: str, code: str) -> bool:
    """Whether a word is made of number words and joiners."""
    if len(word) > _LONGEST_WORD:
        return False
    words = _words(code)
    reached = [True] + [False] * len(word)
    for start in range(len(word)):
        if reached[start]:
            for stop in range(start + 1, min(len(word), start + words.longest) + 1):
                part = word[start:stop]
                if any(part in known for known in _known(words)):
                    reached[stop] = True
    return reached[-1]


def _known(words: _Words) -> tuple[Container[str], ...]:
    return words.below, words.scales, words.joiners, words.pieces


@lru_cache(maxsize=1 << 12)
def _value(text: str, code: str) -> int | None:
    """What number words say that are run together; None where they say no one number."""
    words = _words(code)

    @cache
    def rest(at: int, limit: int) -> int | None:
        """The largest reading of what stands from `at` on, below the limit."""
        if at == len(text):
            return 0
        for value, stop in _small(text, at, words):
            for scale, end in ((1, stop), *_scale(text, stop, words)):
                if value * scale >= limit or (scale == 1 and end != len(text)):
                    continue
                more = rest(_joined(text, end, words) if end < len(text) else end, scale)
                if more is not None:
                    return value * scale + more
        return None

    return rest(0, 10**15)


def _small(text: str, at: int, words: _Words) -> Iterator[tuple[int, int]]:
    """Numbers below a thousand that begin at `at`, and where each ends, the longest first.

    A scale without a number before it is one of it: mille.
    """
    found: list[tuple[int, int]] = []
    for value, stop in _atoms(text, at, words):
        found.append((value, stop))
        after = _joined(text, stop, words)
        for more, end in (*_atoms(text, stop, words), *_atoms(text, after, words)):
            tens = value >= 2 * _TEN and value % _TEN == 0 and more < _TEN
            hundreds = value >= _HUNDRED and value % _HUNDRED == 0 and more < _HUNDRED
            if more and (hundreds or (tens and value < _HUNDRED)):
                found.append((value + more, end))
            elif 1 < value < _TEN and more == _HUNDRED and end > stop:
                found.append((value * _HUNDRED, end))
                behind = _joined(text, end, words)
                found += [
                    (value * _HUNDRED + last, stop_)
                    for last, stop_ in (*_atoms(text, end, words), *_atoms(text, behind, words))
                    if 0 < last < _HUNDRED
                ]
    yield from sorted(set(found), key=lambda one: -one[1])
    if any(end > at for _, end in _scale(text, at, words)):
        yield 1, at


def _atoms(text: str, at: int, words: _Words) -> list[tuple[int, int]]:
    return [
        (words.below[text[at:stop]], stop)
        for stop in range(min(len(text), at + words.longest), at, -1)
        if text[at:stop] in words.below
    ]


def _scale(text: str, at: int, words: _Words) -> list[tuple[int, int]]:
    return [
        (words.scales[text[at:stop]], stop)
        for stop in range(min(len(text), at + words.longest), at, -1)
        if text[at:stop] in words.scales
    ]


def _joined(text: str, at: int, words: _Words) -> int:
    """Where the text goes on behind a joiner, if one stands there."""
    return next((at + len(j) for j in words.joiners if text.startswith(j, at)), at)


@lru_cache(maxsize=32)
def _words(code: str) -> _Words:
    """The number words of a language."""
    from unicode_rbnf import RbnfEngine

    known = TABLE[code]
    below: dict[str, int] = {}
    pieces: set[str] = set()
    if known.spaced and code != "ko":
        engine = RbnfEngine.for_language(code)
        most = range(_THOUSAND) if code in _RUN_TOGETHER else (*range(100), *range(100, 1000, 100))
        for number in most:
            spelled = engine.format_number(number).text_by_ruleset
            for rule, text in spelled.items():
                if _RULES.fullmatch(rule) and text:
                    below.setdefault(_together(text), number)
                    pieces.update(_SEAM.split(fold(text)))
    for number, text in known.spelled:
        below[_together(text)] = number
        pieces.update(_SEAM.split(fold(text)))
    scales = {
        _together(word): value for value, spellings in known.scales for word in spellings.split()
    }
    parts = (*below, *scales, *pieces)
    return _Words(
        below={text: n for text, n in below.items() if text not in scales},
        scales=scales,
        pieces=frozenset(pieces),
        joiners=frozenset(fold(word) for word in known.joiners.split()),
        not_alone=frozenset(fold(word) for word in known.not_alone.split()),
        longest=max(map(len, parts), default=0),
        initials=frozenset(text[0] for text in parts),
    )


def _together(text: str) -> str:
    return _SEAM.sub("", fold(text))


def spells_large(text: str, code: str) -> bool:
    """Whether a folded text may spell a number of a hundred or more: never False for one that does.

    >>> spells_large("zwei tausend", "de"), spells_large("zwei", "de"), spells_large("二千", "zh")
    (True, False, True)
    """
    if not TABLE[code].spaced or code == "ko":
        return EASTERN_RUN.search(text) is not None
    return any(word in text for word in _large(code))


@lru_cache(maxsize=32)
def _large(code: str) -> tuple[str, ...]:
    """What stands in every number word of a hundred or more."""
    words = _words(code)
    hundreds = {text for text, n in words.below.items() if n >= _HUNDRED and n % _HUNDRED == 0}
    found = sorted({*words.scales, *hundreds}, key=len)
    shortest: list[str] = []
    for word in found:
        if not any(part in word for part in shortest):
            shortest.append(word)
    return tuple(shortest)


def number_words(code: str, number: int) -> Sequence[str]:
    """How a language spells a number, in each of the ways that the library knows."""
    from unicode_rbnf import RbnfEngine

    spelled = RbnfEngine.for_language(code).format_number(number).text_by_ruleset
    return tuple(
        dict.fromkeys(text for rule, text in spelled.items() if _RULES.fullmatch(rule) and text)
    )
