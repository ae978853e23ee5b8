"""Tokens of a text as the sum over its words, each of which is tokenized once in a process.

Its one rule: the sum is what the tokenizer says of the whole text, or there is none. Encodings that
split text by a pattern before they merge begin a new piece at every space that stands behind
anything but white space, so what stands between two such spaces counts by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SPLITS_AT_SPACES = frozenset({"o200k_base", "cl100k_base", "p50k_base", "r50k_base", "gpt2"})
"""Encodings whose pattern takes a space into a piece only where it is the first of it, or where
nothing but white space stands before it in the piece."""

_MOST_WORDS = 1 << 16
"""Words remembered; ordinary text of any length has fewer."""
_LONGEST = 64
"""Characters of a word that is remembered: longer ones are text without spaces, and do not
return."""


class _Whole(Exception):  # noqa: N818 -- no error: the text is counted in one piece
    """White space stands before a space: the pieces are not those between the spaces."""


class _Counts(dict[str, int]):
    """Tokens of words, counted on first use."""

    def __init__(self, count: Callable[[str], int], before: str) -> None:
        super().__init__()
        self._count = count
        self._before = before

    def __missing__(self, word: str) -> int:
        # what ends in white space may be one piece with the space behind it
        if (not word and self._before) or word[-1:].isspace():
            raise _Whole
        tokens = self._count(self._before + word)
        if len(word) <= _LONGEST:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = tokens
        return tokens


class WordCounts:
    """Counts texts by their words.

    Args:
        count: Tokens of a text in one piece.
    """

    def __init__(self, count: Callable[[str], int]) -> None:
        self._count = count
        self._first = _Counts(count, "")
        self._behind = _Counts(count, " ")

    def __call__(self, text: str) -> int:
        """Tokens of the text."""
        words = text.split(" ")
        try:
            tokens = self._first[words[0]]
            del words[0]
            return tokens + sum(map(self._behind.__getitem__, words))
        except _Whole:
            return self._count(text)
