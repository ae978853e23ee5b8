"""A fact about a fact: sentences that are linked by the names they share, up to the one asked for.

Its one rule: only names lead on, words with a capital or a digit that the question does not hold.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.core.content_words import STOP_WORDS
from harness.models.reference.reader import Found, ReaderQuestion, read_pages
from harness.models.reference.text import stems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.models.reference.base import Prompt

_NAME = re.compile(r"\b(?:[A-Z][\w-]*|\w*\d[\w-]*)")
_MOST_HOPS = 8
_DESCRIBED = 0.35
"""Share of the description's rarity that a sentence must hold to be what is described."""


def chain_to(words: Sequence[str], prompt: Prompt) -> list[Found] | None:
    """The sentences from what a question describes to what it asks for; None where there are none.

    Args:
        words: Stems of the question: what is asked for comes first, then what describes it.
        prompt: What is read.
    """
    if not words:
        return None
    targets = {(one.message, one.place): one for one in _holding(words[0], prompt)}
    described = read_pages(ReaderQuestion(tuple(words[1:]), several=False), prompt.pages)
    starts = [one for one in described.found if (one.message, one.place) not in targets]
    if not targets or not starts or starts[0].worth < _DESCRIBED * described.total:
        return None
    waiting = [[starts[0]]]
    seen = {(starts[0].message, starts[0].place)}
    while waiting:
        path = waiting.pop(0)
        for one in _linked(path[-1], words, prompt):
            at = (one.message, one.place)
            if at in targets:
                return [*path, one]
            if at not in seen and len(path) < _MOST_HOPS:
                seen.add(at)
                waiting.append([*path, one])
    return None


def _holding(stem: str, prompt: Prompt) -> Iterator[Found]:
    for message, page in enumerate(prompt.pages):
        for place in page.index.get(stem, ()):
            yield Found(message, place, 0.0, page.sentences[place])


def _linked(found: Found, words: Sequence[str], prompt: Prompt) -> Iterator[Found]:
    """Other sentences that hold a name of this one, all of its words in a row."""
    for names in _names(found.text, words):
        for one in _holding(names[0], prompt):
            told = set(stems(one.text))
            if (one.message, one.place) != (found.message, found.place) and told >= set(names):
                yield one


def _names(text: str, words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The names in a sentence as stems, neighbours together, without words of the question."""
    run: list[str] = []
    for part in text.split():
        match = _NAME.match(part.lstrip("\"'(“‘"))
        small = part.strip(".,;:!?\"'()").casefold()
        own = stems(part) if match and small not in STOP_WORDS else []
        if own and own[0] not in words:
            run += own
            if part[-1:] not in ".,;:!?":
                continue
        if run:
            yield tuple(run)
        run = []
    if run:
        yield tuple(run)
