"""The bytes of a file, unpacked as they come where they are packed with gzip."""

from __future__ import annotations

import zlib
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GZIP = b"\x1f\x8b"
_GZIP_BITS = 31
"""As zlib has it: the largest window, with a header of gzip."""
_MOST = 1 << 20
"""Bytes that are unpacked at a time, however well they are packed."""


class PackedError(Exception):
    """What is packed cannot be unpacked; why, in words for the user of the file."""


def unpacked(stored: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes from the beginning, whichever way they are stored.

    Args:
        stored: In pieces of any size.

    Raises:
        PackedError: What is packed is cut off or damaged.
    """
    chunks = iter(stored)
    first = next(chunks, b"")
    while len(first) < len(_GZIP) and (more := next(chunks, b"")):
        first += more
    if not first.startswith(_GZIP):
        yield first
        yield from chunks
        return
    unpacking = zlib.decompressobj(wbits=_GZIP_BITS)
    try:
        for chunk in chain([first], chunks):
            data = chunk
            while data:
                yield unpacking.decompress(data, _MOST)
                data = unpacking.unconsumed_tail
                if unpacking.eof and unpacking.unused_data:  # another member follows
                    data = unpacking.unused_data
                    unpacking = zlib.decompressobj(wbits=_GZIP_BITS)
    except zlib.error as error:
        raise PackedError(f"what is packed with gzip is damaged: {error}") from None
    if not unpacking.eof:
        raise PackedError("what is packed with gzip is cut off")
