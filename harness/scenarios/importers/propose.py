"""Facts that stand in a conversation, found by rule: a draft for a person to go over.

The one rule: a fact is only proposed when its value stands in one place, so that an answer can have
come from nowhere else. Questions are the sentence with a gap in it, which is never wrong and seldom
pretty.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.parts import ToolCall, text_of
from harness.core.text import contains, words
from harness.core.transcript import MOST_WORDS, Asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.core.messages import Message
    from harness.core.transcript import Transcript

_GAP = "____"
_SHORTEST, _LONGEST = 30, 220
"""Characters of a sentence that a question can be made of."""
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+", re.DOTALL)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]?")
_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
_NAME = r"[A-Z][\w'’-]+(?:\s+(?:of\s+|de\s+|van\s+|von\s+)?[A-Z][\w'’-]+)"
_PATTERNS: dict[str, re.Pattern[str]] = {
    "decision": re.compile(
        r"\b(?:decided (?:on|to use|to go with|for)|settled on|agreed (?:on|to use)|opted for"
        r"|(?:go|going|went) with|chose|have chosen|picked|will use|switch(?:ed)? to)\s+"
        r"(?:the |an? )?(?P<value>[\w.+#/-]+(?: [\w.+#/-]+){0,3}?)"
        r"(?= (?:for|as|in|on|at|because|since|and|to|with|instead|so|from|over)\b|[.,;:!?)]|$)"
    ),
    "name": re.compile(
        rf"\b(?:called|named|name is|name’s|name's)\s+(?P<value>{_NAME}{{0,2}})"
        rf"|(?<=[a-z,] )(?P<other>{_NAME}{{1,2}})"
    ),
    "date": re.compile(
        rf"\b(?P<value>\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTHS})\b(?:,?\s+\d{{4}})?"
        rf"|(?:{_MONTHS})\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?"
        r"|\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}(?:\s?[ap]m)?)\b"
    ),
    "number": re.compile(r"(?<![\w.,:-])[$€£]?(?P<value>\d[\d,]*(?:\.\d+)?)(?![\w:-])(?!\.\d)"),
    "version": re.compile(r"(?<![\w.-])(?P<value>v?\d+\.\d+\.\d+(?:[-.]?\w+)?)(?![\w-])"),
    "file": re.compile(
        r"(?<![\w./-])(?P<value>(?:[\w-]+/)*[\w-]{2,}\.[a-z][a-z0-9]{0,4})(?![\w/-])"
    ),
}
"""In the order in which they are preferred."""
_NOUNS = {
    "decision": "choice",
    "name": "name",
    "date": "date or time",
    "number": "number",
    "version": "version",
    "file": "file",
}
_SMALL = 10
"""Numbers below are everywhere."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A value in a sentence of a message."""

    kind: str
    value: str
    sentence: str
    message: int


def proposals(one: Transcript, most: int) -> tuple[Asked, ...]:
    """Facts of a conversation with a question each, spread over it, in its order.

    Args:
        one: The conversation.
        most: How many at most.
    """
    forms = [words(message.text) for message in one.messages]
    index: dict[str, set[int]] = {}
    for place, form in enumerate(forms):
        for word in set(form):
            index.setdefault(word, set()).add(place)
    kept: dict[tuple[str, ...], _Found] = {}
    for found in _candidates(one):
        value = words(found.value)
        if value not in kept and _is_distinct(value, found.message, forms, index):
            kept[value] = found
    chosen = _spread(list(kept.values()), len(one.messages), most)
    numbers: Counter[str] = Counter()
    asked = []
    for found in chosen:
        numbers[found.kind] += 1
        holders = [found.message]
        following = found.message + 1
        if following < len(forms) and contains(forms[following], words(found.value)):
            holders.append(following)
        asked.append(
            Asked(
                id=f"{found.kind}-{numbers[found.kind]}",
                ask=_question(found),
                answers=(found.value,),
                evidence=tuple(holders),
                kind=found.kind,
            )
        )
    return tuple(asked)


def _candidates(one: Transcript) -> Iterator[_Found]:
    for index, message in enumerate(one.messages):
        if message.role == "system":
            continue
        for match in _SENTENCE.finditer(_CODE.sub("\n", _told(message))):
            sentence = " ".join(match[0].split()).strip(' -*#>|"“”')
            if _SHORTEST <= len(sentence) <= _LONGEST and "?" not in sentence:
                yield from _values(sentence, index)


def _told(message: Message) -> str:
    """What a message says, the arguments of its calls left out: nobody asks for those."""
    if isinstance(message.content, str):
        return message.content
    return text_of(tuple(part for part in message.content if not isinstance(part, ToolCall)))


def _values(sentence: str, message: int) -> Iterator[_Found]:
    """The values of a sentence, of which each stands in it once, and none is part of another."""
    taken: list[range] = []
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(sentence):
            if any(match.start() in span for span in taken):
                continue
            taken.append(range(*match.span()))
            value = next(filter(None, match.groups()), "").strip(" .,")
            value = re.sub(r"['’]s$", "", value)
            form = words(value)
            if not form or len(form) > MOST_WORDS or sentence.count(value) != 1:
                continue
            if kind == "number" and len(value) < len(str(_SMALL)):
                continue
            if not contains(words(sentence.replace(value, _GAP)), form):
                yield _Found(kind, value, sentence, message)


def _is_distinct(
    value: tuple[str, ...],
    message: int,
    forms: Sequence[tuple[str, ...]],
    index: Mapping[str, set[int]],
) -> bool:
    """Whether a value stands in its message, and besides at most in the answer to it."""
    may = set.intersection(*(index.get(word, set()) for word in value))
    holders = sorted(place for place in may if contains(forms[place], value))
    return holders[:1] == [message] and set(holders) <= {message, message + 1}


def _spread(found: list[_Found], messages: int, most: int) -> list[_Found]:
    """The best of each stretch of the conversation, then the best of what is left.

    A decision is always best; the other kinds take turns, so that there are some of each.
    """
    chosen: dict[int, _Found] = {}
    sentences: set[str] = set()
    decision, *others = _PATTERNS

    def take(candidates: list[_Found], count: int, turn: int) -> None:
        turned = [others[(place + turn) % len(others)] for place in range(len(others))]
        order = [decision, *turned]
        for one in sorted(candidates, key=lambda one: (order.index(one.kind), len(one.sentence))):
            if count and one.sentence not in sentences and id(one) not in chosen:
                chosen[id(one)] = one
                sentences.add(one.sentence)
                count -= 1

    for stretch in range(most):
        first, last = messages * stretch // most, messages * (stretch + 1) // most
        take([one for one in found if first <= one.message < last], 1, stretch)
    take(found, most - len(chosen), 0)
    return sorted(chosen.values(), key=lambda one: one.message)


def _question(found: _Found) -> str:
    sentence = found.sentence.replace(found.value, _GAP).rstrip(".!? ")
    noun = _NOUNS[found.kind]
    return f'Which {noun} did we say in the gap: "{sentence}"? Answer with the {noun} only.'
