"""The words of a chunk of English: of characters that no space divides.

Its one rule: a chunk is one word only where its parts mean nothing alone, as in a code or a time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.core.quantities import MONTH, NUMERAL, ORDINAL, date_of

if TYPE_CHECKING:
    from collections.abc import Sequence

CHUNK = re.compile(
    r"(?P<sign>(?<![^\s(\[=:;,\"'])-(?=[0-9]))?"
    r"(?P<chunk>[^\W_]+(?:[-.:/'_][^\W_]+)*)"
    r"(?P<tail>%|\+{1,2}(?!\w)|#(?!\w))?"
)
_INITIALS = re.compile(r"[a-z](?:\.[a-z])+")
SEAM = re.compile(r"['_/]|(?<![0-9])[.:]|[.:](?![0-9])")
NUMBERS_ONLY = re.compile(r"[0-9]+(?:[/:][0-9]+)+")
_CLOCK = re.compile(r"0?([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?")
_UNIT = re.compile(r"([0-9]+(?:[.:][0-9]+)?)([a-z]{2,})")
_PRONOUNS = frozenset(("it", "that", "there", "what", "here", "he", "she", "who", "where", "this"))
_SUFFIXES = {"re": "are", "ve": "have", "ll": "will", "m": "am", "d": "would"}
_NEGATED = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}
_RUN_TOGETHER = {"cannot": "can", "cant": "can", "dont": "do", "didnt": "did", "doesnt": "does"}
_RUN_TOGETHER |= {"isnt": "is", "wasnt": "was", "havent": "have", "hasnt": "has"}

_ENDS, _BREAKS = frozenset(".!?\n"), frozenset(",;:()")
"""Marks behind a sentence, and within one."""


def gap(between: str) -> str:
    """What stands between two words, as one mark: a sentence ends, a clause does, or neither."""
    if not between or between == " ":
        return ""
    if not _ENDS.isdisjoint(between):
        return "."
    return "" if _BREAKS.isdisjoint(between) else ","


def split_chunk(chunk: str, sign: str, tail: str) -> Sequence[str]:
    """The words of characters that no space divides, as English writes them."""
    if chunk.isalpha() and not tail:
        first = _RUN_TOGETHER.get(chunk)
        return (first, "not") if first else (chunk,)
    if _INITIALS.fullmatch(chunk):
        return (chunk.replace(".", ""),)
    if "'" in chunk:
        found = _contraction(chunk)
    elif chunk.isalpha():
        found = [chunk]
    else:
        found = list(date_of(chunk)) or _parts(chunk)
    if sign and NUMERAL.fullmatch(found[0]):
        found[0] = sign + found[0]
    if tail == "%":
        if NUMERAL.fullmatch(found[-1]):
            found[-1] += tail
    elif tail and found[-1].isascii() and found[-1].isalpha() and len(found[-1]) == 1:
        found[-1] += tail  # C++, C#, a grade of A+
    return found


def _contraction(chunk: str) -> list[str]:
    """The words of a chunk with apostrophes, written out from the last one to the first."""
    parts = chunk.split("'")
    endings: list[str] = []
    while len(parts) > 1:
        last = parts.pop()
        if last == "t" and parts[-1].endswith("n"):
            endings.append("not")
            verb = parts.pop()[:-1].rstrip("-.:/_")
            if verb or not parts:
                parts.append(verb)
            if len(parts) == 1:
                parts[0] = _NEGATED.get(parts[0], parts[0])
        elif last == "s":
            pronoun = len(parts) == 1 and parts[0] in _PRONOUNS
            endings.append("is" if pronoun else "s")
        else:
            endings += reversed(split_chunk(_SUFFIXES.get(last, last), "", ""))
    return [*split_chunk(parts[0], "", ""), *reversed(endings)]


def _parts(chunk: str) -> list[str]:
    """The words of a chunk that is not letters only."""
    if NUMBERS_ONLY.fullmatch(chunk):
        return [clock(chunk)]
    found: list[str] = []
    for piece in SEAM.split(chunk):
        parts = piece.split("-")
        if date := date_of(piece):
            found += date
            continue
        if len(parts) > 1 and _is_code(parts):
            found.append(piece)
            continue
        for part in parts:
            unit = _UNIT.fullmatch(part)
            if unit and not ORDINAL.fullmatch(part):
                found += [*_parts(unit[1]), *split_chunk(unit[2], "", "")]
            elif part.isalpha():
                found += split_chunk(part, "", "")
            elif part:
                found.append(clock(part))
    return found


def clock(word: str) -> str:
    """A time of day without its leading zero and seconds; any other word as it is."""
    match = _CLOCK.fullmatch(word)
    return f"{match[1]}:{match[2]}" if match else word


def _is_code(parts: Sequence[str]) -> bool:
    """Whether parts joined by hyphens are a code: letters first, digits somewhere, no date."""
    if all(part.isalpha() for part in parts) or any(part in MONTH for part in parts):
        return False
    if ORDINAL.fullmatch(parts[0]) or parts[0] in {"mid", "pre", "post", "late", "early"}:
        return False
    if NUMERAL.fullmatch(parts[0]):
        return not all(NUMERAL.fullmatch(part) or len(part) > 1 for part in parts)
    return True
