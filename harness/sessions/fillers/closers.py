"""Short remarks for reaching an exact length: a bank of them for each side, grouped by tokens.

A remark is a word or up to four sentences, and says nothing that a probe could ask for.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

from harness.core.draws import Draws
from harness.core.messages import Turn

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
    """

    def __init__(self, count: Callable[[str], int]) -> None:
        self._user, self._assistant = _banks(count)

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


@lru_cache(maxsize=4)
def _banks(count: Callable[[str], int]) -> tuple[Bank, Bank]:
    """Both banks, counted once a process and counter."""
    return _bank("user", count), _bank("assistant", count)


def _bank(side: str, count: Callable[[str], int]) -> Bank:
    bank: dict[int, list[str]] = {}
    for text in remarks(side):
        bank.setdefault(count(text), []).append(text)
    return {tokens: tuple(texts) for tokens, texts in bank.items()}


@lru_cache(maxsize=2)
def remarks(side: str) -> tuple[str, ...]:
    """Every remark of one side, in a fixed order.

    Args:
        side: "user" or "assistant".
    """
    source = files("harness.sessions.fillers").joinpath(f"closers_{side}.txt")
    blocks = source.read_text(encoding="utf-8").strip().split("\n\n")
    stages = [block.split("\n") for block in blocks]
    words, *parts = stages
    ended = [word for word in words if word[-1] in ".!"]
    draws = Draws("closers", side)
    found = dict.fromkeys((*words, *parts[0]))
    for _ in range(_WORDINGS):
        first, second = draws.choice(ended), draws.choice(ended)
        if first[:-1] != second[:-1]:
            found[f"{first} {second}"] = None
        found[f"{draws.choice(ended)} {draws.choice(parts[1])}"] = None
        for sentences in range(2, len(parts) + 1):
            found[" ".join([draws.choice(part) for part in parts[:sentences]])] = None
    return tuple(found)
