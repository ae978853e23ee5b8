"""Text as the reference readers see it: sentences, words, and the stems that words share.

The same stem is taken of questions and of what is read, so a careless stem costs precision and
never symmetry: `stem(stem(word)) == stem(word)`.
"""

from __future__ import annotations

import re

from harness.core.content_words import STOP_WORDS, content_stems
from harness.models.reference.languages import spoken, stems_in


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_END = re.compile(r"""(?:[.!?…]+["'”’)\]*_]*(?=\s))|[。！？؟।۔]["'”’」』)]*|\n+""")
"""Where a sentence may end. A full stop inside 4.5, v1.2 or a.b.c has no space behind it."""

_QUESTION = re.compile(r"""(?:[?？؟]|(?<=[かの])。)["'”’」』)\]*_]*$""")

_NEVER_LAST = _words(
    "e.g. i.e. mr. mrs. ms. dr. prof. vs. cf. approx. st. viz. rev. gen. col. capt. lt. sgt."
    " hon. dept. est. incl. resp. ca."
)
"""Abbreviations that something always follows."""

_BEFORE_A_NUMBER = _words("no. nr. nos. fig. vol. p. pp. ch.")
"""Abbreviations that a number follows; before anything else they end the sentence."""

_SOMETIMES_LAST = _words("etc. a.m. p.m. inc. ltd. co. corp. u.s. u.k. e.u. bros.")
"""Abbreviations that end a sentence only when a capital follows."""

_INITIAL = re.compile(r"[(\"'“‘]*[A-Z]\.")

_NUMBERED = re.compile(r"\b[0-9]{1,2}\.\s*$")
"""An ordinal or a numbered point, as many languages write them."""


def sentences(text: str, language: str = "en") -> tuple[str, ...]:
    """The sentences of a text, stripped, none empty.

    Args:
        text: Any.
        language: Code of the one that it is written in.

    >>> sentences("It costs 4.50, e.g. at Dr. Wu's. Use v1.2!")
    ("It costs 4.50, e.g. at Dr. Wu's.", 'Use v1.2!')
    """
    if language != "en":
        return _sentences_in(text, language)
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if match.group()[0] != "\n" and not _ends(text, start, match.end()):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return tuple(sentence for sentence in found if sentence)


def _sentences_in(text: str, language: str) -> tuple[str, ...]:
    """The sentences by the abbreviations and ordinals of a language: am 14. März."""
    import sentencex

    lines = text.encode("utf-8", "replace").decode().splitlines()
    found: list[str] = []
    for line in filter(str.strip, lines):
        waiting = ""
        for part in sentencex.segment(language, line):
            # "14. marca" is one date: no sentence begins with a small letter
            if waiting and not part[:1].islower():
                found.append(waiting)
                waiting = ""
            waiting += part
            if not _NUMBERED.search(waiting):
                found.append(waiting)
                waiting = ""
        found.append(waiting)
    return tuple(part.strip() for part in found if part.strip())


def _ends(text: str, start: int, stop: int) -> bool:
    """Whether the full stop before `stop` ends the sentence that began at `start`."""
    if text[stop - 1] != ".":
        return True
    before = text[start:stop].rsplit(None, 1)
    last = before[-1].lstrip("(\"'“‘[*_").casefold() if before else ""
    if last in _NEVER_LAST or (len(before) == 1 and last[:-1].isdigit()):
        return False  # the second: a numbered point, "1. Order the paper."
    following = text[stop:].lstrip(" \t")
    capital = following[:1].isupper()
    if last in _BEFORE_A_NUMBER:
        return not following[:1].isdigit()
    if last in _SOMETIMES_LAST:
        return capital
    # an initial, as in "J. Lowe"; "plan B. Then" is rarer than initials are
    return not (capital and before and _INITIAL.fullmatch(before[-1]))


def is_question(sentence: str) -> bool:
    """Whether a sentence asks instead of telling.

    >>> is_question('Did she say "now?"')
    True
    """
    return _QUESTION.search(sentence) is not None


def language_of(question: str) -> str:
    """Code of the language that a question is asked in."""
    return spoken(question, STOP_WORDS)


def stems(text: str, language: str = "en") -> list[str]:
    """The stems of the words that carry meaning, in order, repeats included.

    Args:
        text: Any.
        language: Code of the one that it is written in.

    >>> stems("Which prices did the clients' agencies quote?")
    ['pric', 'client', 'agency', 'quot']
    """
    if language != "en":
        return stems_in(text, language)
    return content_stems(text)
