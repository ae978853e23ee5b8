"""Tokens of a text as the sum over its words, each of which is tokenized once in a process.

Its one rule: the sum is what the tokenizer says of the whole text, or there is none. Encodings that
split text by a pattern before they merge begin a new piece at every space that stands behind
anything but white space, and behind an empty line at whatever is neither white space nor a slash:
what stands between two such places counts by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.sessions.kept_counts import KeptCounts

SPLITS_AT_SPACES = frozenset({"o200k_base", "cl100k_base"})
"""Encodings whose pattern takes a space into a piece only where it is the first of it, or where
nothing but white space stands before it in the piece."""

_EMPTY_LINE = "\n\n"

_MOST_WORDS = 1 << 16
"""Words remembered; ordinary text of any length has fewer."""
_LONGEST = 64
"""Characters of a word that is remembered: longer ones are text without spaces, and do not
return."""


class _Whole(Exception):  # noqa: N818 -- no error: the text is counted in one piece
    """White space stands before a space: the pieces are not those between the spaces."""


class _Counts(dict[str, int]):
    """Tokens of words, counted on first use."""

    def __init__(self, count: Callable[[str], int], before: str, after: str = "") -> None:
        super().__init__()
        self._count = count
        self._before = before
        self._after = after
        self.kept: KeptCounts | None = None

    def __missing__(self, word: str) -> int:
        # what ends in white space may be one piece with the space behind it
        if (not word and self._before) or word[-1:].isspace():
            raise _Whole
        piece = self._before + word + self._after
        if len(word) > _LONGEST:
            return self._count(piece)
        tokens = None if self.kept is None else self.kept.find(piece)
        if tokens is None:
            tokens = self._count(piece)
            if self.kept is not None:
                self.kept.add(piece, tokens)
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
        self._last = _Counts(count, " ", _EMPTY_LINE)
        self._only = _Counts(count, "", _EMPTY_LINE)

    def keep(self, kept: KeptCounts | None) -> None:
        """Take counts from there from now on, and note new ones; None: no more."""
        for counts in (self._first, self._behind, self._last, self._only):
            counts.kept = kept

    def __call__(self, text: str) -> int:
        """Tokens of the text."""
        try:
            if _EMPTY_LINE not in text:
                return self._of(text.split(" "))
            *parts, last = text.split(_EMPTY_LINE)
            if any(_goes_on(part) for part in (*parts[1:], last)):
                return self._count(text)
            return sum(map(self._of_ended, parts)) + self._of(last.split(" "))
        except _Whole:
            return self._count(text)

    def _of(self, words: list[str]) -> int:
        """Tokens of words with spaces between."""
        tokens = self._first[words[0]]
        del words[0]
        return tokens + sum(map(self._behind.__getitem__, words))

    def _of_ended(self, part: str) -> int:
        """Tokens of words and the empty line behind them."""
        words = part.split(" ")
        last = words.pop()
        return self._of(words) + self._last[last] if words else self._only[last]


def _goes_on(part: str) -> bool:
    """Whether what stands behind an empty line may be of one piece with it."""
    return not part or part[0] == "/" or part[0].isspace()
