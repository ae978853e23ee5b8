"""The words by which a reference reader knows languages other than English.

A reader is handed text and nothing else, so it has to hear for itself what it is spoken to in: by
the script, or by the small words that every question has. Its one rule: where that is not plain,
it is English.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from harness.core.languages.folding import ascii_digits, fold
from harness.core.late_pattern import LatePattern

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One language, as far as a reader needs it."""

    dont_know: str
    """What it says when nothing answers the question."""
    stop: str
    """Words that say nothing of what is asked; where no spaces divide words, pieces of text."""
    several: str
    """A pattern for questions that ask for several things."""
    snowball: str = ""
    """Name of the stemmer; empty where words have none."""
    mark: str = ""
    """A pattern for characters that its neighbours do not have."""


_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ar", re.compile(r"[\u0620-\u06ff]")),
    ("hi", re.compile(r"[\u0904-\u0939]")),
    ("ru", re.compile(r"[\u0430-\u044f]")),
)
_LATIN = ("de", "fr", "es", "it", "pt", "nl", "pl", "tr")
_HEADING = re.compile(r"\[[a-z_]+\]")
_FEWEST = 2
"""Small words of a language that make a question its own."""
_SIGN = "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
_WORD = re.compile(rf"[^\W_][\w{_SIGN}]*(?:-[\w{_SIGN}]+)*")
_CODE = re.compile(r"[0-9]")
_PIECE = LatePattern(lambda: r"[\u4e00-\u9fff々]|[\u30a0-\u30ff]+|[0-9a-z][0-9a-z-]*")
_HIRAGANA = re.compile(r"(?=([\u3041-\u309f]{2}))")
_SYLLABLES = 2
"""Of a Korean noun that are kept; what follows is mostly its particles or its second half."""
_KOREAN_END = re.compile(
    r"(?:에서는|에게서|으로는|이라고|입니다|이었습니다|였습니다|에서|에게|께서|으로|까지|부터"
    r"|은|는|이|가|을|를|의|에|로|와|과|도|만|께)$"
)


@cache
def speech(code: str) -> Speech | None:
    """What is known of a language; None for English and for what is not known."""
    source = files("harness.models.reference").joinpath("speech", f"{code}.txt")
    if not source.is_file():
        return None
    found: dict[str, str] = {}
    name = ""
    for line in source.read_text(encoding="utf-8").splitlines():
        if _HEADING.fullmatch(line):
            name = line[1:-1]
            found[name] = ""
        elif line and not line.startswith("#"):
            found[name] += f"{line} "
    return Speech(**{field: text.strip() for field, text in found.items()})


def _known(code: str) -> Speech:
    found = speech(code)
    if found is None:
        raise ValueError(f"reference readers have no words of language '{code}'")
    return found


@lru_cache(maxsize=1 << 12)
def spoken(text: str, english: frozenset[str]) -> str:
    """The code of the language of a question.

    Args:
        text: The question.
        english: Small words of English.
    """
    plain = text.casefold()
    counts = Counter({code: len(script.findall(plain)) for code, script in _SCRIPTS})
    if counts["ja"] or counts["ko"]:
        return "ja" if counts["ja"] >= counts["ko"] else "ko"
    code, letters = counts.most_common(1)[0]
    if letters and letters >= sum("a" <= char <= "z" for char in plain):
        return code
    words = _WORD.findall(plain)
    score = {
        code: sum(word in _stop(code) for word in words) + (2 if _marked(code, plain) else 0)
        for code in _LATIN
    }
    best = max(score, key=score.__getitem__)
    own = sum(word in english for word in words)
    enough = score[best] >= _FEWEST or not own
    return best if enough and score[best] > own else "en"


def _marked(code: str, text: str) -> bool:
    mark = _known(code).mark
    return bool(mark) and re.search(mark, text) is not None


def stems_in(text: str, code: str) -> list[str]:
    """The stems of the words of a language that carry meaning, in order, repeats included."""
    plain = ascii_digits(text).casefold()
    if code in {"zh", "ja"}:
        return _pieces(plain, code)
    stop = _stop(code)
    return [_stem(word, code) for word in _WORD.findall(plain) if not _stops(word, stop, code)]


def _stops(word: str, stop: frozenset[str], code: str) -> bool:
    return word in stop or (code == "ko" and _KOREAN_END.sub("", word) in stop)


def _pieces(text: str, code: str) -> list[str]:
    """Characters and words of a text that no spaces divide, the empty ones taken out."""
    pattern = _stop_pieces(code)
    found: list[str] = _PIECE.compiled.findall(pattern.sub(" ", text))
    return found or list(_HIRAGANA.findall(text))


@cache
def _stop(code: str) -> frozenset[str]:
    return frozenset(_known(code).stop.split())


@cache
def _stop_pieces(code: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _stop(code)), key=len, reverse=True)))


@lru_cache(maxsize=1 << 16)
def _stem(word: str, code: str) -> str:
    """A word without its endings; codes and numbers are names, and have none."""
    if _CODE.search(word):
        return word
    if code == "ko":
        return (_KOREAN_END.sub("", word) or word)[:_SYLLABLES]
    return fold(_stemmer(code)(word))


@cache
def _stemmer(code: str) -> Callable[[str], str]:
    import snowballstemmer

    found: Callable[[str], str] = snowballstemmer.stemmer(_known(code).snowball).stemWord
    return found
