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
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from harness.core.caching import by_text
from harness.core.languages import matching
from harness.core.languages.folding import ascii_digits, silent_out
from harness.core.languages.reading import read_in
from harness.core.quantities import (
    MONTH,
    NUMERAL,
    ORDINAL,
    REWRITTEN,
    date_of,
    dates,
    measures,
    spelled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    plain = _fold(unmarked(_GROUPED.sub(_ungrouped, _typeset(text))))
    if "%" in plain:
        plain = _APART.sub("%", plain)
    words: list[str] = []
    gaps: list[str] = []
    seen: dict[str, tuple[Sequence[str], Sequence[str], str]] = {}
    behind = ""
    for piece in plain.replace("\n", " \n ").split(" "):
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
    for match in _CHUNK.finditer(piece):
        found = _split(match["chunk"], match["sign"] or "", match["tail"] or "")
        words += found
        gaps.append(_gap(piece[end : match.start()]))
        gaps += [""] * (len(found) - 1)
        end = match.end()
    return words, gaps, _gap(piece[end:])


# ---------------------------------------------------------------- characters and markup

_GROUPED = re.compile(
    r"(?<![\w.,])(?:[0-9]{1,3}(?:[,'’\u00a0\u2007\u2009\u202f][0-9]{3})+"
    r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})(?![0-9])(?:\.00?(?![0-9.]))?"
)
_LATEX = re.compile(
    r"\\(?:text|mathrm|mathbf|textbf|boxed|operatorname|mbox|emph|textit)\s*\{([^{}]*)\}"
)
_LATEX_COMMA = re.compile(r"(?<=[0-9])(?:\{[,.]\}|\\[,;: !]|~|\{\\,\})(?=[0-9]{3}(?![0-9]))")
_LATEX_MARKS = re.compile(r"\\[()\[\]$%&#_{},;: !]|\$")
_POWER = re.compile(r"(?<![^\W\d_])([cdkmµ]?m|in|ft|yd|mi)(?:\^(?=[23](?!\w))|(?=[²³](?!\w)))")
"""A unit before its power: km², km^2."""
_NOTE = re.compile(r"(?:(?<=[0-9]{3})|(?<=[^\W\d_]{2}))[¹²³⁰⁴-⁹]+(?!\w)")
"""A raised number behind a word or a long number: a footnote."""
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[\w+-]*[ \t]*$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:\s+\"[^\"\n]*\")?\)")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*\s*/?>")
_STARS = re.compile(r"(?<=[0-9])\*+(?=[0-9])|[*`~]+")
_POINT = re.compile(r"^[ \t>*_]*([0-9]{1,3})[.)][ \t]+(?=\S)", re.MULTILINE)
_RAISED = re.compile(r"(?<=[0-9])(?=[¼-¾⅐-⅞²³¹⁰-⁹₀-₉])")
_IDEOGRAPH = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])")
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ´′＇", "'"),
        **dict.fromkeys("‐‑−﹣－", "-"),
        **dict.fromkeys("—―⸺", ";"),
        **dict.fromkeys("。！？", "."),
        **dict.fromkeys("$€£¥₹₽₺₩₿¢", " "),
        **dict(zip("øæœłđðþıħ", ("o", "ae", "oe", "l", "d", "d", "th", "i", "h"), strict=True)),
        "⁄": "/",
        "\ufdfa": " ",  # one character that stands for a formula of eighteen
        "\ufdfb": " ",
        "\u00ad": None,
        "\u200b": None,
        "\u200d": None,
        "\ufeff": None,
    }
)
_EN_DASH = re.compile(r"(?<=[^\W_])[–‒](?=[^\W_])")
_BREAK_DASH = re.compile(r"(?<=\s)-+(?=\s)|--+|[–‒]")
_BARE_POINT = re.compile(r"(?<![\w.])\.(?=[0-9])")


def unmarked(text: str) -> str:
    """The text without markdown."""
    if "[" in text or "`" in text or "~" in text or "<" in text:
        text = _TAG.sub(" ", _LINK.sub(r"\1", _FENCE.sub("", text)))
    points = _POINT.findall(text)
    # "15. That is it" is an answer; only points counted from 1 are the markup of a list
    if len(points) > 1 and [int(point) for point in points] == list(range(1, len(points) + 1)):
        text = _POINT.sub("", text)
    return _STARS.sub(lambda match: " " if match[0][0] == "*" and _inside(match) else "", text)


def _typeset(text: str) -> str:
    """The text with the digits of any script as 0 to 9, without what only a typesetter sees."""
    if not text.isascii():
        text = ascii_digits(silent_out(text))
        text = _NOTE.sub("", _POWER.sub(lambda m: f"{m[1]}^", text))
    if "\\" in text or "{" in text or "~" in text:
        text = _LATEX_COMMA.sub(",", text)
        text = _LATEX_MARKS.sub(_typed, _LATEX.sub(r"\1", text))
    return text


def _typed(mark: re.Match[str]) -> str:
    """What is seen of a mark of LaTeX: the sign that it escapes, else a space."""
    return mark[0][1:] if mark[0][1:] in "%&#_" else " "


def _ungrouped(match: re.Match[str]) -> str:
    """A grouped number without its groups; .00 behind it is no version."""
    return re.sub(r"[^0-9]", "", match[0].partition(".")[0])


def _inside(match: re.Match[str]) -> bool:
    """Whether stars stand between digits, where they multiply and do not emphasise."""
    start, end = match.span()
    text = match.string
    return start > 0 and end < len(text) and text[start - 1].isdigit() and text[end].isdigit()


def _fold(text: str) -> str:
    """Lower case without accents, with plain quotes and dashes."""
    if not text.isascii():
        plain = _plain()
        text = _RAISED.sub(" ", text).translate(plain)
        for _ in range(2):  # what one fold makes, the other may have to fold again
            folded = unicodedata.normalize("NFKD", text).translate(plain).casefold()
            if folded == text:
                break
            text = folded
        text = " ".join(_IDEOGRAPH.split(_EN_DASH.sub("-", text)))
    text = text.casefold().replace("$", " ")
    return _BARE_POINT.sub("0.", _BREAK_DASH.sub(";", text))


@cache
def _plain() -> dict[int, str | None]:
    """What single characters are written as; accents go, and that before they are put in order.

    To order a row of accents on one letter takes the square of its length. Made when it is asked
    for, in 20 ms.
    """
    return {**dict.fromkeys(map(ord, accents())), **_PLAIN}


def accents() -> str:
    """Every character that stands on the one before it."""
    return "".join(filter(unicodedata.combining, map(chr, range(_FIRST_ACCENT, _PAST_ACCENTS))))


def short_rows(text: str) -> str:
    """The text with at most thirty accents on a letter: to put them in order takes their square.

    Source: Unicode Standard Annex 15, the Stream-Safe Text Format.
    """
    if text.isascii():
        return text
    return _rows().sub(lambda row: row[0][:_MOST_ACCENTS], text)


@cache
def _rows() -> re.Pattern[str]:
    return re.compile(f"[{accents()}]{{{_MOST_ACCENTS},}}")


_MOST_ACCENTS = 30
_FIRST_ACCENT, _PAST_ACCENTS = 0x300, 0x20000
"""Before the one and from the other on no character has a class of combining."""


# ---------------------------------------------------------------- chunks and words

_APART = re.compile(r"(?<=[^\W_])[ \t]+%")

_CHUNK = re.compile(
    r"(?P<sign>(?<![^\s(\[=:;,\"'])-(?=[0-9]))?"
    r"(?P<chunk>[^\W_]+(?:[-.:/'_][^\W_]+)*)"
    r"(?P<tail>%|\+{1,2}(?!\w)|#(?!\w))?"
)
_INITIALS = re.compile(r"[a-z](?:\.[a-z])+")
_SEAM = re.compile(r"['_/]|(?<![0-9])[.:]|[.:](?![0-9])")
_NUMBERS_ONLY = re.compile(r"[0-9]+(?:[/:][0-9]+)+")
_CLOCK = re.compile(r"0?([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?")
_UNIT = re.compile(r"([0-9]+(?:[.:][0-9]+)?)([a-z]{2,})")
_PRONOUNS = frozenset(("it", "that", "there", "what", "here", "he", "she", "who", "where", "this"))
_SUFFIXES = {"re": "are", "ve": "have", "ll": "will", "m": "am", "d": "would"}
_NEGATED = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}
_RUN_TOGETHER = {"cannot": "can", "cant": "can", "dont": "do", "didnt": "did", "doesnt": "does"}
_RUN_TOGETHER |= {"isnt": "is", "wasnt": "was", "havent": "have", "hasnt": "has"}


def _gap(between: str) -> str:
    if not between or between == " ":
        return ""
    if any(mark in between for mark in ".!?\n"):
        return "."
    return "," if any(mark in between for mark in ",;:()") else ""


def _split(chunk: str, sign: str, tail: str) -> Sequence[str]:
    """The words of characters that no space divides."""
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
            endings += reversed(_split(_SUFFIXES.get(last, last), "", ""))
    return [*_split(parts[0], "", ""), *reversed(endings)]


def _parts(chunk: str) -> list[str]:
    """The words of a chunk that is not letters only."""
    if _NUMBERS_ONLY.fullmatch(chunk):
        return [_clock(chunk)]
    found: list[str] = []
    for piece in _SEAM.split(chunk):
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
                found += [*_parts(unit[1]), *_split(unit[2], "", "")]
            elif part.isalpha():
                found += _split(part, "", "")
            elif part:
                found.append(_clock(part))
    return found


def _clock(word: str) -> str:
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
