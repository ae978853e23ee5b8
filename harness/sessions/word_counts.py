"""Tokens of a text as the sum over its words, each of which is tokenized once in a process.

Its one rule: the sum is what the tokenizer says of the whole text, or there is none. Encodings that
split text by a pattern before they merge begin a new piece at every space that stands behind
anything but white space, and behind an empty line at whatever is neither white space nor a slash:
what stands between two such places counts by itself. Mostly that is a word; where white space
stands before a space, as in code, it is the words on both sides and what is between.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.sessions.kept_counts import KeptCounts

SPLITS_AT_SPACES = frozenset({"o200k_base", "cl100k_base"})
"""Encodings whose pattern takes a space into a piece only where it is the first of it, or where
nothing but white space stands before it in the piece."""

_EMPTY_LINE = "\n\n"
_BEHIND_WORDS = re.compile(r"(?<=\S) ")
"""The spaces at which a piece begins, whatever follows."""

_MOST_WORDS = 1 << 16
"""Words remembered; ordinary text of any length has fewer."""
_LONGEST = 64
"""Characters of a word that is remembered: longer ones are text without spaces, and do not
return."""


class _Whole(Exception):  # noqa: N818 -- no error: the text is counted in one piece
    """White space stands before a space or an empty line: not every space begins a piece."""


class _Counts(dict[str, int]):
    """Tokens of words, counted on first use.

    Args:
        count: Tokens of a text in one piece.
        before: What stands before each.
        after: What stands behind each.
    """

    def __init__(self, count: Callable[[str], int], before: str, after: str = "") -> None:
        super().__init__()
        self._count = count
        self._before = before
        self._after = after
        self.kept: KeptCounts | None = None
        self.over_lines: Callable[[str, str], int | None] | None = None
        """Counts words between which there are empty lines, given what stands before them; None
        where they count as one."""

    def stretch(self, text: str) -> int:
        """Tokens of what stands between two spaces that begin a piece."""
        if not text or text[-1].isspace():
            return self._count(self._before + text)
        return self[text]

    def __missing__(self, word: str) -> int:
        # what ends in white space may be one piece with the space behind it
        if (not word and self._before) or word[-1:].isspace():
            raise _Whole
        if self.over_lines is not None and _EMPTY_LINE in word:
            apart = self.over_lines(self._before, word)
            if apart is not None:
                return apart
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
        self._tokens_behind = self._behind.__getitem__
        self._first.over_lines = self._behind.over_lines = self._over_lines

    def keep(self, kept: KeptCounts | None) -> None:
        """Take counts from there from now on, and note new ones; None: no more."""
        for counts in (self._first, self._behind, self._last, self._only):
            counts.kept = kept

    def __call__(self, text: str) -> int:
        """Tokens of the text."""
        words = text.split(" ")
        try:
            first = self._first[words[0]]
            del words[0]
            return first + sum(map(self._tokens_behind, words))
        except _Whole:
            return self._in_stretches(text)

    def _in_stretches(self, text: str) -> int:
        """Tokens of a text in which white space stands before a space."""
        first, *behind = _BEHIND_WORDS.split(text)
        try:
            return self._first.stretch(first) + sum(map(self._behind.stretch, behind))
        except _Whole:
            return self._count(text)

    def _over_lines(self, before: str, words: str) -> int | None:
        """Tokens of words with empty lines between; nothing is remembered of such a pair."""
        first, _, rest = words.partition(_EMPTY_LINE)
        tokens = (self._last if before else self._only)[first]
        while not _goes_on(rest):
            one, line, rest = rest.partition(_EMPTY_LINE)
            if not line:
                return tokens + self._first[one]
            tokens += self._only[one]
        return None


def _goes_on(part: str) -> bool:
    """Whether what stands behind an empty line may be of one piece with it."""
    return not part or part[0] == "/" or part[0].isspace()
