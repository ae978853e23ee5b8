"""The normal form of a text that is not English: the same one, by the habits of its language.

Its one rule: it does for a language what `harness.core.text` does for English, and in its notation:
digits without grouping and with a decimal point, a date as month, day and year in English, a per
cent sign in its number. Where no spaces divide words, each character is a word, and a value is a
run of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.core.chunks import NUMBERS_ONLY, SEAM, clock, gap
from harness.core.languages.calendar import dated
from harness.core.languages.eastern import eastern_digits
from harness.core.languages.folding import ascii_digits, fold, silent_out
from harness.core.languages.numerals import numbered
from harness.core.languages.table import TABLE
from harness.core.late_pattern import LatePattern
from harness.core.markup import unmarked
from harness.core.quantities import NUMERAL, ORDINAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.quantities import Items

_SPACES = "\u00a0\u2007\u2009\u202f"
_MARKED = re.compile(
    rf"(?<![0-9A-Za-z])[0-9](?:[0-9]|[.,'’٬٫·{_SPACES}](?=[0-9])| (?=[0-9]{{3}}(?![0-9])))*"
    rf"(?![0-9])"
)
_GROUPS = re.compile(r"[0-9]{1,3}(?:\D[0-9]{3})+")
_LAKHS = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
_CURRENCY = re.compile(r"[$€£¥₹₽₺₩₴₪฿¢]")
_PERCENT_FIRST = re.compile(r"%[ ]?([0-9]+(?:\.[0-9]+)?)")
_EAST_OF_GREEK = "\u0370-\U0003ffff"
_SEAM = LatePattern(
    lambda: rf"(?<=[0-9a-z%])(?=[{_EAST_OF_GREEK}])|(?<=[{_EAST_OF_GREEK}])(?=[0-9a-z])"
)
_CHARACTER = LatePattern(lambda: r"[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_SIGN = "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
"""Vowels and other signs of Devanagari, which Python takes for no letters."""
_CHUNK = re.compile(
    r"(?P<sign>(?<![^\s(\[=:;,\"'])-(?=[0-9]))?"
    rf"(?P<chunk>[^\W_][\w{_SIGN}]*(?:[-.:/'][\w{_SIGN}]+)*)"
    r"(?P<tail>[ \t]*%)?"
)
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_UNIT = re.compile(r"([0-9]+(?:\.[0-9]+)?)([^\W\d_]+)")
_YUZDE = "yuzde"


def read_in(text: str, code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a text in a language, and the gap before each."""
    plain = ascii_digits(silent_out(text))
    plain = unmarked(_CURRENCY.sub(" ", ungrouped(plain, code)))
    plain = _PERCENT_FIRST.sub(r"\1%", fold(plain))
    plain = dated(eastern_digits(plain, code), code)
    if not plain.isascii():
        plain = _CHARACTER.sub(r" \g<0> ", _SEAM.sub(" ", plain))
    items: Items = []
    end = 0
    for match in _CHUNK.finditer(plain):
        before = gap(plain[end : match.start()])
        for word in _split(match["chunk"], match["sign"] or "", match["tail"] or ""):
            items.append((word, before))
            before = ""
        end = match.end()
    items = _measures(numbered(_per_cent(items, code), code), code)
    return tuple(word for word, _ in items), tuple(gap for _, gap in items)


def ungrouped(text: str, code: str) -> str:
    """The text with its numbers as the normal form writes them: 97611.5.

    Which mark groups and which begins the decimals is the language's; where a number holds both,
    or one of them twice, the number itself tells.

    >>> ungrouped("97.611,50 and 3,5 and 3.10", "de")
    '97611.50 and 3.5 and 3.10'
    """
    if not any(mark in text for mark in f".,'’٬٫· {_SPACES}"):
        return text
    decimal, group = _symbols(code)
    plain_spaces = TABLE[code].plain_space_groups

    def one(found: re.Match[str]) -> str:
        token = found[0].replace("٬", ",").replace("٫", ".")
        if " " in token and not (plain_spaces and _GROUPS.fullmatch(token.split(",")[0])):
            return " ".join(_number(part, decimal, group) for part in token.split(" "))
        return _number(token, decimal, group)

    return _MARKED.sub(one, text)


def _number(token: str, decimal: str, group: str) -> str:
    """One number without grouping."""
    marks = [char for char in token if not char.isdigit()]
    kinds = set(marks)
    if _LAKHS.fullmatch(token):
        return token.replace(",", "")
    if len(kinds) > 1:
        return _of_two_marks(token, kinds, marks[-1])
    if not marks:
        return token
    mark = marks[0]
    grouping = mark == group or mark not in ".," or (mark == "." and decimal == ",")
    if _GROUPS.fullmatch(token) and token[0] != "0" and (len(marks) > 1 or grouping):
        return token.replace(mark, "")
    if mark == decimal and len(marks) == 1:
        return _decimal(*token.split(mark), keep_zeros=decimal == ".")
    return token


def _of_two_marks(token: str, kinds: set[str], last: str) -> str:
    """A number that tells by itself which of its marks groups: 97.611,50."""
    whole, _, part = token.rpartition(last)
    grouped = _GROUPS.fullmatch(whole) or _LAKHS.fullmatch(whole)
    if last in ".," and last not in whole and grouped:
        return _decimal(re.sub(r"\D", "", whole), part, keep_zeros=False)
    if kinds.isdisjoint(".,") and _GROUPS.fullmatch(token):
        return re.sub(r"\D", "", token)
    return token


def _decimal(whole: str, part: str, *, keep_zeros: bool) -> str:
    """A number with its decimals; 500,00 is 500, where no version is written so."""
    return f"{whole}.{part}" if keep_zeros or part.strip("0") else whole


@lru_cache(maxsize=32)
def _symbols(code: str) -> tuple[str, str]:
    """The mark before the decimals, and the one between groups of digits."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return (
        get_decimal_symbol(code, numbering_system="latn"),
        get_group_symbol(code, numbering_system="latn"),
    )


def _split(chunk: str, sign: str, tail: str) -> Sequence[str]:
    """The words of characters that no space divides."""
    if _INITIALS.fullmatch(chunk):
        return (chunk.replace(".", ""),)
    found = [chunk] if chunk.isalpha() else _parts(chunk)
    if not found:
        return ()
    if sign and NUMERAL.fullmatch(found[0]):
        found[0] = sign + found[0]
    if tail and NUMERAL.fullmatch(found[-1]):
        found[-1] += "%"
    return found


def _parts(chunk: str) -> list[str]:
    """The words of a chunk that is not letters only."""
    if NUMBERS_ONLY.fullmatch(chunk):
        return [clock(chunk)]
    found: list[str] = []
    for piece in SEAM.split(chunk):
        parts = [part for part in piece.split("-") if part]
        if len(parts) > 1 and _is_code(parts):
            found.append(piece)
            continue
        for part in parts:
            unit = _UNIT.fullmatch(part)
            if unit and not ORDINAL.fullmatch(part) and len(unit[2]) > 1:
                found += [unit[1], unit[2]]
            else:
                found.append(part)
    return found


def _is_code(parts: Sequence[str]) -> bool:
    """Whether parts joined by hyphens are a code: letters first, and a digit somewhere."""
    if NUMERAL.fullmatch(parts[0]) or ORDINAL.fullmatch(parts[0]):
        return False
    return any(char.isdigit() for part in parts for char in part)


@lru_cache(maxsize=32)
def _measure_words(code: str) -> tuple[tuple[tuple[str, ...], ...], frozenset[str]]:
    known = TABLE[code]
    percent = sorted(
        (tuple(fold(phrase).replace("_", " ").split()) for phrase in known.percent.split()),
        key=len,
        reverse=True,
    )
    spaced = tuple(tuple(_CHARACTER.sub(r" \g<0> ", " ".join(p)).split()) for p in percent)
    return spaced, frozenset(fold(word) for word in known.minus.split())


def _per_cent(items: Items, code: str) -> Items:
    """The items with each phrase for per cent as one sign, since one holds a number: pour cent."""
    phrases = [phrase for phrase in _measure_words(code)[0] if phrase != (_YUZDE,)]
    first = {phrase[0] for phrase in phrases}
    glued = code == "ko"
    if not glued and first.isdisjoint(word for word, _ in items):
        return items
    found: Items = []
    i = 0
    while i < len(items):
        phrase = next((p for p in phrases if _stands(items, i, p)), None)
        if phrase is None and glued and _glued_per_cent(items, i, phrases):
            phrase = (items[i][0],)
        found.append(("%", items[i][1]) if phrase else items[i])
        i += len(phrase) if phrase else 1
    return found


def _measures(items: Items, code: str) -> Items:
    """The items with per cent and minus made part of their number."""
    minus = _measure_words(code)[1]
    found: Items = []
    i = 0
    while i < len(items):
        word, gap = items[i]
        after = items[i + 1][0] if i + 1 < len(items) else ""
        if word in minus and NUMERAL.fullmatch(after.removesuffix("%")) and after[0] != "-":
            items[i + 1] = (f"-{after}", gap)
            i += 1
            continue
        if word == "%":
            if found and NUMERAL.fullmatch(found[-1][0]):
                found[-1] = (f"{found[-1][0]}%", found[-1][1])
            else:
                found.append(("percent", gap))
            i += 1
            continue
        if word == _YUZDE and NUMERAL.fullmatch(after):  # Turkish puts it first
            items[i + 1] = (f"{after}%", gap)
            i += 1
            continue
        found.append((word, gap))
        i += 1
    return found


def _stands(items: Items, i: int, phrase: tuple[str, ...]) -> bool:
    """Whether a phrase begins at `i`, and no gap divides it."""
    if items[i][0] != phrase[0]:
        return False
    here = items[i : i + len(phrase)]
    return tuple(word for word, _ in here) == phrase and not any(gap for _, gap in here[1:])


def _glued_per_cent(items: Items, i: int, phrases: Sequence[tuple[str, ...]]) -> bool:
    """Whether the word is one for per cent with a particle: 60퍼센트입니다."""
    digits = i and NUMERAL.fullmatch(items[i - 1][0]) and not items[i][1]
    return bool(digits) and any(items[i][0].startswith(phrase[0]) for phrase in phrases)
