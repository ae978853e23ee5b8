"""Bytes that are nearly UTF-8, made so: what some exporters write for an emoji.

Its one rule: bytes that are UTF-8 already go through untouched, and what was changed is counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.transcript import Mended

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.core.errors import Where

_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_LONGEST = 6
"""Bytes of a pair of halves."""
_MARK = "\N{REPLACEMENT CHARACTER}".encode()
_INVALID = re.compile("[\\udc80-\\udcff]")
PAIRS, HALVES, STRAYS = (
    "character written in two halves",
    "half of a character, replaced by U+FFFD",
    "byte that is not UTF-8, replaced by U+FFFD",
)


@dataclass(slots=True)
class Utf8:
    """Mends bytes as they pass, and counts what it changed."""

    strays: bool = False
    """Whether any other byte that is not UTF-8 is replaced, too."""
    counts: dict[str, int] = field(default_factory=dict)

    def mended(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same bytes in pieces that never end inside a character."""
        held = b""
        for chunk in chunks:
            piece = held + chunk
            cut = _whole(piece)
            held = piece[cut:]
            if cut:
                yield self._mend(piece[:cut])
        if held:
            yield self._mend(held)

    def remarks(self, where: Where) -> Iterator[Mended]:
        """What was changed, by its kind."""
        for what, count in self.counts.items():
            yield Mended(what=what, count=count, where=where)

    def _mend(self, piece: bytes) -> bytes:
        try:
            piece.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return piece
        piece, pairs = _PAIR.subn(_joined, piece)
        piece, halves = _HALF.subn(_MARK, piece)
        self._count(PAIRS, pairs)
        self._count(HALVES, halves)
        if self.strays:
            escaped = piece.decode("utf-8", "surrogateescape")
            whole, strays = _INVALID.subn("\N{REPLACEMENT CHARACTER}", escaped)
            piece = whole.encode()
            self._count(STRAYS, strays)
        return piece

    def _count(self, what: str, count: int) -> None:
        if count:
            self.counts[what] = self.counts.get(what, 0) + count


def _joined(pair: re.Match[bytes]) -> bytes:
    return (
        pair[0]
        .decode("utf-8", "surrogatepass")
        .encode("utf-16", "surrogatepass")
        .decode("utf-16")
        .encode()
    )


def _whole(piece: bytes) -> int:
    """Where to cut so that no character, and no pair of halves, is cut in two."""
    size = end = len(piece)
    for back in range(1, min(_LONGEST, size) + 1):
        byte = piece[size - back]
        if byte < 0x80:  # noqa: PLR2004 -- a character of one byte
            break
        if byte >= 0xC0 and _unfinished(piece[size - back :]):  # noqa: PLR2004 -- a first byte
            end = size - back
    return end


def _unfinished(tail: bytes) -> bool:
    """Whether bytes that begin a character may go on behind the cut."""
    first = tail[0]
    size = 2 if first < 0xE0 else 3 if first < 0xF0 else 4  # noqa: PLR2004 -- as UTF-8 has it
    if len(tail) < size:
        return True
    high = first == 0xED and 0xA0 <= tail[1] <= 0xAF  # noqa: PLR2004 -- the first half of a pair
    return high and len(tail) < _LONGEST
