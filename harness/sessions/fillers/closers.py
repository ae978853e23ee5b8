"""Short remarks for reaching an exact length: a bank of them for each side, grouped by tokens.

A remark is a word or up to four sentences, and says nothing that a probe could ask for.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

from harness.core.draws import Draws
from harness.core.messages import Turn
from harness.sessions.fillers.workday.catalogue import LANGUAGES
from harness.sessions.fillers.workday.filler import GLUE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Bank: TypeAlias = "Mapping[int, tuple[str, ...]]"
"""Remarks by their length in tokens."""

_WORDINGS = 700
"""Remarks of each shape, each side: two words, a word and a sentence, two to four sentences."""


class Closers:
    """Turns of an exact length.

    Args:
        count: Content tokens of a text.
        language: Code of the one that they are in; English where there are none of it.
    """

    def __init__(self, count: Callable[[str], int], language: str = "en") -> None:
        self._user, self._assistant = _banks(count, language if language in LANGUAGES else "en")

    def pair(self, tokens: int, draws: Draws, used: set[str]) -> Turn | None:
        """A turn whose two texts have exactly so many tokens together.

        Args:
            tokens: Content tokens; what rendering adds is the caller's business.
            draws: Decides which turn.
            used: Texts not to be taken; those of the turn are added to it.

        Returns:
            None when no such turn is left.
        """
        first = draws.below(max(tokens - 1, 1))
        for step in range(tokens - 1):
            user_tokens = 1 + (first + step) % (tokens - 1)
            user = _unused(self._user.get(user_tokens, ()), draws, used)
            if user is None:
                continue
            assistant = _unused(self._assistant.get(tokens - user_tokens, ()), draws, used)
            if assistant is not None and assistant != user:
                used.update((user, assistant))
                return Turn.of(user, assistant)
        return None


def _unused(texts: tuple[str, ...], draws: Draws, used: set[str]) -> str | None:
    """One of the texts that was not used, starting from a drawn one."""
    if not texts:
        return None
    start = draws.below(len(texts))
    if texts[start] not in used:
        return texts[start]
    return next((text for text in (*texts[start:], *texts[:start]) if text not in used), None)


@lru_cache(maxsize=8)
def _banks(count: Callable[[str], int], language: str) -> tuple[Bank, Bank]:
    """Both banks, counted once a process, counter and language."""
    return _bank("user", count, language), _bank("assistant", count, language)


def _bank(side: str, count: Callable[[str], int], language: str) -> Bank:
    bank: dict[int, list[str]] = {}
    for text in remarks(side, language):
        bank.setdefault(count(text), []).append(text)
    return {tokens: tuple(texts) for tokens, texts in bank.items()}


@lru_cache(maxsize=2 * len(LANGUAGES))
def remarks(side: str, language: str = "en") -> tuple[str, ...]:
    """Every remark of one side, in a fixed order.

    Args:
        side: "user" or "assistant".
        language: Code of the one that they are in.
    """
    mark = "" if language == "en" else f"_{language}"
    glue = GLUE.get(language, " ")
    source = files("harness.sessions.fillers").joinpath(f"closers_{side}{mark}.txt")
    blocks = source.read_text(encoding="utf-8").strip().split("\n\n")
    stages = [block.split("\n") for block in blocks]
    words, *parts = stages
    ended = [word for word in words if word[-1] in ".!。！"]
    draws = Draws("closers", side)
    found = dict.fromkeys((*words, *parts[0]))
    for _ in range(_WORDINGS):
        first, second = draws.choice(ended), draws.choice(ended)
        if first[:-1] != second[:-1]:
            found[f"{first}{glue}{second}"] = None
        found[f"{draws.choice(ended)}{glue}{draws.choice(parts[1])}"] = None
        for sentences in range(2, len(parts) + 1):
            found[glue.join([draws.choice(part) for part in parts[:sentences]])] = None
    return tuple(found)
