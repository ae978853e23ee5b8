"""What a question wants done with what is found: the last, the third, how many, in which order.

Its one rule: it reads the question and nothing else. It knows English alone; a question in another
language wants one sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from harness.models.reference.text import is_question, sentences, stems

Skill = Literal["find", "nth", "count", "first", "last", "sequence", "days", "weekday", "stands"]

_I = re.IGNORECASE
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
)  # fmt: skip
_NTH = re.compile(rf"\bthe (?:({'|'.join(_ORDINALS)})|(\d+)(?:st|nd|rd|th))\b", _I)
_DAYS = re.compile(r"\bhow many days\b", _I)
_WEEKDAY = re.compile(r"\b(?:day of the week|weekday)\b", _I)
_COUNT = re.compile(r"\bhow many (?P<what>\w+)", _I)
_ORDER = re.compile(r"\bin (?:which|what) order\b|\bput .+ in (?:the right )?order\b", _I)
_FIRST = re.compile(r"\b(?:came|said|mentioned|named|told|happened|was|were) (?:\w+ )?first\b", _I)
_LAST = re.compile(r"\b(?:came|said|mentioned|named|told|happened|was|were) (?:\w+ )?last\b", _I)
_STANDS = re.compile(r"\bstill\b|\bin force\b|\btaken back\b|\bany (?:more|longer)\b", _I)
_ANSWER = re.compile(r"\banswer(?: with)?:? (?P<list>.+?)(?: only)?[.!]?$", _I)
_LISTED = re.compile(r":\s*(?P<list>[^:?]+)\?")
_COMMA = re.compile(r"\s*(?:,\s*(?:and |or )?| and | or )\s*")
_ARTICLE = re.compile(r"^(?:the|a|an|our|your|my) ", _I)
_BETWEEN = re.compile(r"\bbetween (?P<one>.+?) and (?P<two>.+?)\?", _I)
_FEWEST = 2
"""Options of a question that offers any."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question wants done."""

    skill: Skill
    nth: int = 0
    """Which of several, counted from 1."""
    words: tuple[str, ...] = ()
    """Stems of what it is about, those that say what is to be done left out."""
    options: tuple[str, ...] = ()
    """The answers that it offers."""
    ends: tuple[str, str] = ("", "")
    """What a stretch of time lies between."""


@lru_cache(maxsize=1 << 12)
def asking_in(text: str) -> Asking:
    """What the question in a message wants done.

    >>> asking_in("What was the third slogan for the fair?").nth
    3
    >>> asking_in("Which came first: the lease or the move?").options
    ('lease', 'move')
    """
    asked = [part for part in sentences(text) if is_question(part)] or list(sentences(text))
    question = " ".join(asked)
    options = _options(text, question)
    days = _DAYS.search(question) and _BETWEEN.search(question)
    nth = _NTH.search(question)
    asking = Asking("find", words=_words(question))
    if days:
        asking = Asking("days", ends=(days["one"], days["two"]))
    elif _WEEKDAY.search(question):
        asking = Asking("weekday", words=_words(_WEEKDAY.sub(" ", question)))
    elif options and (skill := _order(question)):
        asking = Asking(skill, options=options)
    elif _STANDS.search(question) and len(options) == _FEWEST:
        asking = Asking("stands", words=_words(_STANDS.sub(" ", question)), options=options)
    elif nth:
        place = _ORDINALS.index(nth[1].lower()) + 1 if nth[1] else int(nth[2])
        asking = Asking("nth", nth=place, words=_words(_NTH.sub(" ", question)))
    elif _COUNT.search(question):
        asking = Asking("count", words=_words(question))
    return asking


def _order(question: str) -> Literal["first", "last", "sequence"] | None:
    """What is asked of an order, if one is."""
    if _ORDER.search(question):
        return "sequence"
    if _FIRST.search(question):
        return "first"
    return "last" if _LAST.search(question) else None


def _words(question: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in stems(question) if word != "many"))


def _options(text: str, question: str) -> tuple[str, ...]:
    """What a question offers to choose from, behind a colon or behind the word answer."""
    found = _LISTED.search(question) or next(
        filter(None, (_ANSWER.search(part) for part in sentences(text) if part not in question)),
        None,
    )
    if found is None:
        return ()
    parts = (_ARTICLE.sub("", part.strip(" \"'“”")) for part in _COMMA.split(found["list"]))
    options = tuple(part for part in parts if part)
    return options if len(options) >= _FEWEST else ()
