"""How notes are made to fit a budget, for the memories that have one; what was cut is told."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from harness.sessions.tokens import TokenCounter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_COUNTER = TokenCounter()
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+(?=\S)")


def notes_tokens(text: str) -> int:
    """Local tokens of a text."""
    return _COUNTER.count_text(text)


def at_least(name: str, value: int | None, least: int) -> None:
    """Refuse an option below its least value.

    Raises:
        ValueError: Which option, what came, and what was expected.
    """
    if value is not None and value < least:
        raise ValueError(f"{name} is {value}; expected {least} or more")


def newest_notes(notes: Sequence[str], budget: int | None, *, between: str, what: str) -> str:
    """The newest notes that fit, in their order, under a line that tells how many are left out.

    Args:
        notes: Oldest first.
        budget: Most tokens of the whole; None for no bound.
        between: What stands between two notes.
        what: What the notes are called: "older notes".
    """

    def cut(left_out: int) -> str:
        note = [f"({left_out} {what} left out)"] if left_out else []
        return between.join([*note, *notes[left_out:]])

    return _longest(cut, len(notes), budget)


def best(notes: Sequence[str], budget: int | None, *, between: str, what: str) -> str:
    """The first notes that fit, and a line that tells how many are left out; see `newest_notes`."""

    def cut(left_out: int) -> str:
        note = [f"({left_out} {what} left out)"] if left_out else []
        return between.join([*notes[: len(notes) - left_out], *note])

    return _longest(cut, len(notes), budget)


def _longest(cut: Callable[[int], str], notes: int, budget: int | None) -> str:
    """The text with the fewest notes left out that fits; nothing when not even the line does."""
    if budget is None or notes_tokens(cut(0)) <= budget:
        return cut(0)
    fewest = bisect_left(range(1, notes), x=True, key=lambda n: notes_tokens(cut(n)) <= budget) + 1
    text = cut(fewest)
    return text if notes_tokens(text) <= budget else ""


def list_entries(reply: str) -> tuple[str, ...]:
    r"""The entries of a list that a model wrote: its bulleted lines, or all lines without bullets.

    >>> list_entries("Here are the notes:\n- The voice is dry.\n2. The ink is green.")
    ('The voice is dry.', 'The ink is green.')
    """
    lines = [line.strip() for line in reply.splitlines() if line.strip()]
    bulleted = [_BULLET.sub("", line).strip() for line in lines if _BULLET.match(line)]
    return tuple(dict.fromkeys(bulleted or lines))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, none empty."""
    import sentencex  # here: it is needed by few runs

    parts = (part for line in text.splitlines() for part in sentencex.segment("en", line))
    return tuple(part.strip() for part in parts if part.strip())
