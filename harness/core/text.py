"""The one normal form in which texts are compared: a tuple of plain words.

Its one rule: whatever spells the same thing gives the same words, whatever does not gives others,
and the words joined by spaces give themselves again. What that means where it is not obvious:

- Values are found as whole words in a row, so "art" is not in "party" and 15 is not in 150.
- A per cent sign is part of its number: "60%", "60 per cent" and "sixty percent" are one word, and
  60 is not in it. A minus sign is, too. Signs of currency are dropped: $500 is 500.
- A number is written without grouping: "4,417" and "four thousand four hundred and seventeen" are
  4417. It is not otherwise changed: 3.10 is not 3.1 (it may be a version), 007 is not 7 (a PIN).
- A code of letters and then digits stays one word with its hyphens: "KX-4417". A measure does not:
  "15-minute" and "15km" hold 15. Letters alone never do: "matter-of-fact" is three words.
- A date is month, day as an ordinal, year: "3 March 2026", "2026-03-03" and "25/12/2026" are read;
  "3/4/2026" means two different days in two countries and stays as it is written.
- Contractions are written out ("isn't" is "is not"); "one" as a pronoun ("no one") is no number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.caching import by_text
from harness.core.chunks import CHUNK, gap, split_chunk
from harness.core.languages import matching
from harness.core.languages.reading import read_in
from harness.core.markup import folded, short_rows, typeset, ungrouped_in_english, unmarked
from harness.core.quantities import REWRITTEN, dates, measures, spelled

if TYPE_CHECKING:
    from collections.abc import Sequence


_APART = re.compile(r"(?<=[^\W_])[ \t]+%")


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a text, and what stood between them."""

    words: tuple[str, ...]
    gaps: tuple[str, ...]
    """Before each word: "." where a sentence or line ends, "," where a clause does, else ""."""


def words(text: str, language: str = "en") -> tuple[str, ...]:
    """The normal form of a text.

    Args:
        text: Any.
        language: Code of the one that it is written in.

    >>> words("**The voice** isn’t “Dry”; it's matter-of-fact!")
    ('the', 'voice', 'is', 'not', 'dry', 'it', 'is', 'matter', 'of', 'fact')
    >>> words("Twenty-five, 4,417 and 99.95 % on March 3rd, 2026")
    ('25', '4417', 'and', '99.95%', 'on', 'march', '3rd', '2026')
    """
    return read(text, language).words


def find(haystack: Sequence[str], needle: Sequence[str], language: str) -> tuple[int, ...]:
    """Where the words of the needle stand in a row, with what the language glues to them."""
    if language == "en":
        return places(haystack, needle)
    return matching.find_words(haystack, tuple(needle), language)


def contains(haystack: Sequence[str], needle: Sequence[str]) -> bool:
    """Whether the words of the needle stand in a row in the haystack; no words are never found.

    >>> contains(words("It has to be dry."), words("Dry")), contains(words("150"), words("15"))
    (True, False)
    """
    return bool(places(haystack, needle))


def places(haystack: Sequence[str], needle: Sequence[str]) -> tuple[int, ...]:
    """Where the words of the needle stand in a row: the index of the first of them, each time."""
    haystack, needle = tuple(haystack), tuple(needle)
    size, start = len(needle), -1
    found = []
    for _ in range(haystack.count(needle[0]) if size else 0):
        start = haystack.index(needle[0], start + 1)
        if haystack[start : start + size] == needle:
            found.append(start)
    return tuple(found)


def read(text: str, language: str = "en") -> Text:
    """The normal form of a text, with the gaps between its words, in time linear in its length."""
    return _read(text) if language == "en" else _read_in(language, text)


@by_text(1 << 12)
def _read_in(language: str, text: str) -> Text:
    return Text(*read_in(short_rows(text), language))


@by_text(1 << 12)
def _read(text: str) -> Text:
    plain = folded(unmarked(ungrouped_in_english(typeset(text))))
    if "%" in plain:
        plain = _APART.sub("%", plain)
    words: list[str] = []
    gaps: list[str] = []
    seen: dict[str, tuple[Sequence[str], Sequence[str], str]] = {}
    behind = ""
    for piece in plain.replace("\n", " \n ").split(" "):
        if not piece:
            continue
        if piece.isalpha():  # most are: one word, and nothing around it
            found = split_chunk(piece, "", "")
            words += found
            gaps.append(behind)
            gaps += [""] * (len(found) - 1)
            behind = ""
            continue
        if piece not in seen:
            seen[piece] = _read_piece(piece)
        found, before, after = seen[piece]
        if found:
            words += found
            gaps.append(max(behind, before[0]))  # "." is more than ",", and that than nothing
            gaps += before[1:]
            behind = after
        elif after:
            behind = max(behind, after)
    if REWRITTEN.isdisjoint(words):
        return Text(tuple(words), tuple(gaps))
    items = dates(measures(spelled(list(zip(words, gaps, strict=True)))))
    return Text(tuple(word for word, _ in items), tuple(gap for _, gap in items))


def _read_piece(piece: str) -> tuple[Sequence[str], Sequence[str], str]:
    """The words of what stands between two spaces, the gap before each, and the gap behind them."""
    words: list[str] = []
    gaps: list[str] = []
    end = 0
    for match in CHUNK.finditer(piece):
        found = split_chunk(match["chunk"], match["sign"] or "", match["tail"] or "")
        words += found
        gaps.append(gap(piece[end : match.start()]))
        gaps += [""] * (len(found) - 1)
        end = match.end()
    return words, gaps, gap(piece[end:])
