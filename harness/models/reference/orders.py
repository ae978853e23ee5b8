"""Standing rules as a reader finds them: sentences of the conversation that say how to write.

Its one rule: it reads. A rule is what a sentence says in plain English, wherever the sentence
stands (a system prompt, a turn, a note that a memory gave back); a later one of the same kind wins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from harness.models.reference.text import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.messages import Message

Kind = Literal["sentence", "length", "opening", "phrase", "ban", "prose", "json", "german"]

_I = re.IGNORECASE
_NUMBERS = (
    "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_MANY = {word: n for n, word in enumerate(_NUMBERS, start=1)}
_MANY |= {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_COUNT = rf"(?P<n>\d{{1,4}}|{'|'.join(sorted(_MANY, key=len, reverse=True))})"
_AT_MOST = (
    r"(?:never (?:go )?(?:over|above|past|beyond)"
    r"|(?:no|not|never)(?: \w+){0,3} (?:more|longer) than"
    r"|at most|(?:under|within|below|up to)|a maximum of|(?:no|not) over)"
)
_LIMIT = re.compile(rf"\b{_AT_MOST} {_COUNT} words?\b", _I)
_LIMIT_AFTER = re.compile(
    rf"\b{_COUNT} words?\b(?: \w+){{0,3}} (?:at (?:the )?most|or (?:fewer|less))", _I
)
_OF_SENTENCES = re.compile(r"\bsentences?\b", _I)
_EVERY = r"(?:every|each|all|any)(?: \w+)? (?:repl(?:y|ies)|answers?|messages?|responses?)"
_QUOTED = r"[\"“'‘](?P<text>[^\"”]+?)[\"”'’](?=[\s,.;:!)]|$)"
_OPENING = re.compile(rf"\b(?:start|begin|open)s? (?:\w+ )?{_EVERY}[^\"“'‘]{{0,30}}{_QUOTED}", _I)
_PHRASE = re.compile(
    rf"\b(?:(?:end|close|finish|sign)s? (?:off )?{_EVERY}[^\"“'‘]{{0,30}}{_QUOTED}"
    rf"|(?:include|mention|put|say|use)s? [^\"“'‘]{{0,30}}[\"“'‘](?P<other>[^\"”]+?)[\"”'’]"
    rf" (?:in|into) {_EVERY})",
    _I,
)
_BAN = re.compile(
    r"\b(?:never|do not|don't|avoid|stop)(?: \w+){0,2}"
    r" (?:us(?:e|ing)|writ(?:e|ing)|say(?:ing)?)?\s*"
    r"(?:the )?(?:words?|phrases?|terms?)(?: like| such as)?:? (?P<text>.+)",
    _I,
)
_LISTED = re.compile(r"\s*(?:,| and | or |;)\s*")
_PROSE = re.compile(
    r"\b(?:no|never|without|avoid|not)\b(?: \w+){0,3} (?:bullet(?:ed)?|lists?\b|bullets\b)",
    _I,
)
_JSON = re.compile(rf"\b{_EVERY}[^.]{{0,30}}\bjson\b|\bonly (?:in |as |with )?json\b", _I)
_GERMAN = re.compile(rf"\b(?:write|answer|reply|respond|{_EVERY})[^.]{{0,30}} in german\b", _I)


@dataclass(frozen=True, slots=True)
class Order:
    """A rule as it was understood."""

    kind: Kind
    words: int = 0
    """For a limit: how many words."""
    texts: tuple[str, ...] = ()
    """What is to be said, or never."""
    sentence: str = ""
    """The sentence that gave it."""


def orders(messages: Sequence[Message]) -> tuple[Order, ...]:
    """The rules that stand, by kind: of two of one kind the later."""
    found: dict[Kind, Order] = {}
    for message in messages:
        if message.role != "assistant":
            for order in _orders_in(message.text):
                found.pop(order.kind, None)
                found[order.kind] = order
    return tuple(found.values())


@lru_cache(maxsize=1 << 13)
def _orders_in(text: str) -> tuple[Order, ...]:
    found = (_order(sentence) for sentence in sentences(text))
    return tuple(order for order in found if order is not None)


def _order(sentence: str) -> Order | None:  # noqa: PLR0911 -- one for each kind of rule
    """The rule that a sentence gives, if it gives one."""
    limit = _LIMIT.search(sentence) or _LIMIT_AFTER.search(sentence)
    if limit is not None:
        count = limit["n"].lower()
        words = int(count) if count.isdigit() else _MANY[count]
        kind: Kind = "sentence" if _OF_SENTENCES.search(sentence) else "length"
        return Order(kind, words=words, sentence=sentence)
    if opening := _OPENING.search(sentence):
        return Order("opening", texts=(opening["text"],), sentence=sentence)
    if phrase := _PHRASE.search(sentence):
        return Order("phrase", texts=(phrase["text"] or phrase["other"],), sentence=sentence)
    if ban := _BAN.search(sentence):
        banned = (part.strip(" .!\"“”'‘’") for part in _LISTED.split(ban["text"]))
        return Order("ban", texts=tuple(part for part in banned if part), sentence=sentence)
    if _PROSE.search(sentence):
        return Order("prose", sentence=sentence)
    if _JSON.search(sentence):
        return Order("json", sentence=sentence)
    if _GERMAN.search(sentence):
        return Order("german", sentence=sentence)
    return None
