"""A reader that is handed messages and nothing else: it finds the sentence that answers, or none.

What a sentence is worth is the summed rarity of the question's words that it holds. Everything
that does not depend on the question is kept per message, so that a call costs look-ups of the
question's own words, however long the prompt is.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING

from harness.models.reference.languages import speech
from harness.models.reference.text import is_question, language_of, sentences, stems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.core.messages import Message

    Sees = Callable[[int, str], bool]
    """Whether the reader can see a sentence of the message of that index."""

DONT_KNOW = "I don't know: that was not said in our conversation."

ENOUGH = 0.5
"""Share of the question's rarity that a sentence must hold to be an answer."""

BACKGROUND = 100
"""Sentences heard before any session: in a short one, every word would else be a common one."""

ALIKE = 0.9
"""When a question asks for several things: share of the best worth that is listed with it."""

ECHO = 2 / 3
"""Share of an assistant sentence's words, said by the user just before, that makes it an echo."""

_RUNNERS_UP = 16
"""How many sentences are ranked at least, for laws that quote another than the best."""

_KEPT_PAGES = 1 << 13
"""Parsed messages kept: about 3 million tokens in messages of 400, and some 100 MB."""

_ACKNOWLEDGING = frozenset(
    stems("noted got okay ok sure understood thanks thank great good right perfect")
)

_SEVERAL = re.compile(
    r"^(?:please |can you |could you )?list\b|\bevery\b|\bname (?:all|each|both|them)\b"
    r"|\beach of\b|\ball (?:of|the|those|these|our|my|your)\b|\bboth\b|\bwhat are\b"
    r"|\bwh(?:ich|at) (?:two|three|four|five|six|seven|eight|nine|ten|\d+)\b",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"^(?:(?:please|c(?:an|ould) you) )?(?:name|list|give|state)\b"
    r"|(?<=\bwhich )(?:two|three|four|five|six|seven|eight|nine|ten|\d+)\b",
    re.IGNORECASE,
)
"""Words of a question that say how to answer, and not about what."""


@dataclass(frozen=True, slots=True)
class ReaderQuestion:
    """What is asked: its words, most telling ones not yet known, and whether for several things."""

    words: tuple[str, ...]
    """Stems, each once, in the order of the question."""
    several: bool
    language: str = "en"
    """Code of the language that it is asked in, and that the conversation is read in."""


@dataclass(frozen=True, slots=True)
class Page:
    """One message, read: what of it can be quoted, and where each word stands."""

    sentences: tuple[str, ...]
    """Sentences that tell something: no questions, no echoes."""
    index: Mapping[str, tuple[int, ...]]
    """Stem -> indexes of the sentences that hold it."""
    digest: bytes
    """Names the message in draws."""


@dataclass(frozen=True, slots=True)
class Found:
    """A visible sentence that holds at least one word of the question."""

    message: int
    place: int
    """Index among the sentences of its message."""
    worth: float
    """Summed rarity of the question's words that it holds."""
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found for a question."""

    question: ReaderQuestion
    found: tuple[Found, ...]
    """Best first; of equal ones the latest first. Sentences of little worth are left out."""
    total: float
    """Summed rarity of all words of the question."""

    def enough(self, found: Found) -> bool:
        """Whether that sentence answers the question."""
        return found.worth >= ENOUGH * self.total

    def answer(self) -> str:
        """The sentence that answers, or the sentences, or that nothing was said."""
        if not self.found or not self.enough(self.found[0]):
            return dont_know(self.question.language)
        best = self.found[0]
        if not self.question.several:
            return best.text
        alike = [f for f in self.found if f.worth >= ALIKE * best.worth and self.enough(f)]
        alike.sort(key=lambda f: (f.message, f.place))
        return "\n".join(dict.fromkeys(f.text for f in alike))


def open_pages(messages: Sequence[Message]) -> tuple[ReaderQuestion, list[Page]]:
    """The question of the last user message, and every message before it as a page.

    A prompt without a user message asks nothing, and everything in it is a page.
    """
    asked = len(messages) - 1
    while asked >= 0 and messages[asked].role != "user":
        asked -= 1
    question = question_in(messages[asked].text if asked >= 0 else "")
    code = question.language
    pages = []
    user = ""  # what the user said just before, which an assistant may echo
    for message in messages[:asked] if asked >= 0 else messages:
        if message.role == "assistant":
            pages.append(_page(message.text, user, code))
            user = ""
        else:
            pages.append(_page(message.text, "", code))
            user = message.text if message.role == "user" else ""
    return question, pages


def dont_know(language: str) -> str:
    """What a reader says in a language when nothing answers the question."""
    known = speech(language)
    return known.dont_know if known else DONT_KNOW


@lru_cache(maxsize=1 << 12)
def question_in(text: str) -> ReaderQuestion:
    """The question in a user message: its sentences ending in a question mark, else all of it.

    >>> question_in("Noted. Which colour did Ana choose? Answer with the colour only.").words
    ('colour', 'ana', 'choo')
    """
    code = language_of(text)
    parts = sentences(text, code)
    asking = [s for s in parts if is_question(s)] or list(parts)
    if (known := speech(code)) is not None:
        listing = re.compile(known.several, re.IGNORECASE)
        stems_asked = [word for sentence in asking for word in stems(sentence, code)]
        many = any(listing.search(sentence) for sentence in asking)
        return ReaderQuestion(tuple(dict.fromkeys(stems_asked)), many, code)
    several = any(_SEVERAL.search(sentence) for sentence in asking)
    words = [word for sentence in asking for word in stems(_FRAME.sub("", sentence))]
    return ReaderQuestion(tuple(dict.fromkeys(words)), several)


@lru_cache(maxsize=_KEPT_PAGES)
def _page(content: str, user: str, language: str) -> Page:
    """A message as a page.

    Args:
        content: Its text.
        user: What the user said just before, when this is the assistant's answer. A sentence that
            says it back is no second source: it is left out, so that a fact is lost as a whole.
        language: Code of the one that it is read in.
    """
    heard = frozenset(stems(user, language)) | _ACKNOWLEDGING if user else frozenset()
    kept: list[str] = []
    index: dict[str, list[int]] = {}
    for sentence in sentences(content, language):
        words = dict.fromkeys(stems(sentence, language))
        if is_question(sentence) or (user and _is_echo(words, heard)):
            continue
        for word in words:
            index.setdefault(word, []).append(len(kept))
        kept.append(sentence)
    digest = hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return Page(tuple(kept), {word: _shared(tuple(at)) for word, at in index.items()}, digest)


def _is_echo(words: Mapping[str, None], heard: frozenset[str]) -> bool:
    """Whether an assistant's sentence only says back what it was told."""
    return sum(word in heard for word in words) >= ECHO * len(words)


@lru_cache(maxsize=1 << 16)
def _shared(places: tuple[int, ...]) -> tuple[int, ...]:
    """The same object for the same places: most words stand in one sentence of a message."""
    return places


def read_pages(
    question: ReaderQuestion,
    pages: Sequence[Page],
    sees: Sees | None = None,
    *,
    leading: Callable[[str], Sequence[str]] | None = None,
) -> Reading:
    """What the visible sentences say about the question.

    The rarity of a word is log(1 + (n + background) / (k + 1)), where k of n sentences hold it:
    the more telling the fewer. k counts visible sentences only, so a word of a lost sentence
    becomes a word never heard, which is the rarest; n counts all of the pages, since asking for
    every sentence whether it is visible would change no more than the logarithm's last digits.

    Args:
        question: What is asked.
        pages: The messages before the question.
        sees: What of them is visible; all of it where None.
        leading: The words that a word of the question may be said by; itself alone where None.
    """
    held = _held(question.words, pages, leading)
    if sees is not None:
        held = {at: bits for at, bits in held.items() if sees(at[0], pages[at[0]].sentences[at[1]])}
    patterns = Counter(held.values())
    n = sum(len(page.sentences) for page in pages)
    rarity = []
    for bit in range(len(question.words)):
        k = sum(times for bits, times in patterns.items() if bits >> bit & 1)
        rarity.append(log(1 + (n + BACKGROUND) / (k + 1)))
    worth = {
        bits: sum(value for bit, value in enumerate(rarity) if bits >> bit & 1) for bits in patterns
    }
    least = _least_worth(patterns, worth)
    found = [
        Found(message, place, worth[bits], pages[message].sentences[place])
        for (message, place), bits in held.items()
        if worth[bits] >= least
    ]
    found.sort(key=lambda f: (f.worth, f.message, f.place), reverse=True)
    return Reading(question, tuple(found), sum(rarity))


def _least_worth(patterns: Mapping[int, int], worth: Mapping[int, float]) -> float:
    """The worth below which no sentence matters, since common words stand in thousands."""
    best = max(worth.values(), default=0.0)
    counted = 0
    for bits in sorted(worth, key=worth.__getitem__, reverse=True):
        if counted >= _RUNNERS_UP and worth[bits] < ALIKE * best:
            return worth[bits]
        counted += patterns[bits]
    return 0.0


def _held(
    words: Sequence[str],
    pages: Sequence[Page],
    leading: Callable[[str], Sequence[str]] | None,
) -> dict[tuple[int, int], int]:
    """(message, place) -> which words that sentence holds, one bit a word."""
    held: dict[tuple[int, int], int] = {}
    for bit, asked in enumerate(words):
        for word in (asked,) if leading is None else leading(asked):
            for message, page in enumerate(pages):
                for place in page.index.get(word, ()):
                    at = (message, place)
                    held[at] = held.get(at, 0) | 1 << bit
    return held
