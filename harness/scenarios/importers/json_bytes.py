"""The bytes of JSON: in pieces for the parser, and whether they are lines or one document."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CHUNK = 1 << 20
"""Bytes that are read at a time, and by the first of which a file is known."""
PIECE = 1 << 14
"""Bytes that the JSON parser is given at a time: as near as an error is told."""
BOM = b"\xef\xbb\xbf"
"""The mark that some editors put in front of UTF-8."""


def pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes in small pieces, without the mark that some editors put in front."""
    first = True
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE):
            piece = chunk[start : start + PIECE]
            yield piece.removeprefix(BOM) if first else piece
            first = False


def is_lines(start: bytes) -> bool:
    """Whether a file that begins so holds a JSON value a line."""
    first, *rest = re.split(rb"\r?\n", start, maxsplit=1)
    follows = rest[0].lstrip()[:1] if rest else b""
    if not rest and len(start) >= CHUNK - len(BOM):
        return start[:1] == b"{"  # one line longer than what was looked at
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return first.rstrip()[-1:] == b"}" and follows == b"{"
    return start[:1] == b"{" or follows in {b"[", b"{"}
