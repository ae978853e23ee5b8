"""Tokens of words, kept in a file over runs, so that a run need not load the tokenizer.

Its one rule: the file may be missing, broken or foreign, and a run loses nothing but the time. It
holds hashes of words and never the words, which may be private; it is written whole and read as
numbers only.
"""

from __future__ import annotations

import os
import stat
import sys
from array import array
from bisect import bisect_left
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING

from harness.core.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC = b"harness word counts 1\n"
_CHECK = 16
"""Bytes of the checksum."""
_KEY, _COUNT = "Q", "H"
_ENTRY = 10
"""Bytes of a word: its hash, and how many tokens it has."""
MOST_WORDS = 1 << 17
"""Words in the file; when there are more it begins anew."""
_MOST_TOKENS = 0xFFFF


class KeptCounts:
    """The counts of one file, which is read when it is first asked.

    Args:
        path: The file.
        identity: What decides the counts: tokenizer and version. A file of another is not read.
    """

    def __init__(self, path: Path, identity: str) -> None:
        self.path = path
        self._identity = identity.encode() + b"\n"
        self._table: tuple[array[int], array[int]] | None = None
        self._new: dict[int, int] = {}

    @property
    def words(self) -> int:
        """How many words the file holds."""
        return len(self._read()[0])

    def find(self, word: str) -> int | None:
        """Tokens of a word; None where the file does not tell."""
        keys, counts = self._read()
        key = _hash(word)
        at = bisect_left(keys, key)
        return counts[at] if at < len(keys) and keys[at] == key else None

    def add(self, word: str, tokens: int) -> None:
        """Note a word for the next run."""
        if tokens <= _MOST_TOKENS and len(self._new) < MOST_WORDS:
            self._new[_hash(word)] = tokens

    def save(self) -> None:
        """Write what is new together with what another process has written meanwhile."""
        if not self._new:
            return
        self._table = None
        known = dict(zip(*self._read(), strict=True))
        both = known | self._new
        kept = sorted((both if len(both) <= MOST_WORDS else self._new).items())
        keys = array(_KEY, [key for key, _ in kept])
        counts = array(_COUNT, [tokens for _, tokens in kept])
        payload = self._identity + _little(keys).tobytes() + _little(counts).tobytes()
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self.path, _MAGIC + _sum(payload) + payload)
        self._new.clear()

    def prune(self, older_s: float, now_s: float) -> bool:
        """Throw the file away where it was not written for so long; whether it was.

        Args:
            older_s: Seconds since it was written, at least.
            now_s: The time in seconds since the epoch.
        """
        try:
            if now_s - self.path.lstat().st_mtime < older_s:
                return False
            self.path.unlink()
        except OSError:
            return False
        self._table = None
        return True

    def _read(self) -> tuple[array[int], array[int]]:
        """Hashes in order, and the counts beside them; both empty where the file is no good."""
        if self._table is None:
            keys, counts = array(_KEY), array(_COUNT)
            body = self._body()
            n = len(body) // _ENTRY
            if len(body) == n * _ENTRY:
                keys.frombytes(body[: n * keys.itemsize])
                counts.frombytes(body[n * keys.itemsize :])
            self._table = _little(keys), _little(counts)
        return self._table

    def _body(self) -> bytes:
        """The entries of the file, if it is whole and ours."""
        data = _bytes_of(self.path, most=len(_MAGIC) + _CHECK + 200 + MOST_WORDS * _ENTRY)
        head = len(_MAGIC) + _CHECK
        payload = data[head:]
        whole = data[:head] == _MAGIC + _sum(payload)
        ours = payload.startswith(self._identity)
        return payload[len(self._identity) :] if whole and ours else b""


def _bytes_of(path: Path, *, most: int) -> bytes:
    """What a regular file of this user holds; nothing where it is another thing, or too much."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    try:
        found = os.fstat(handle)
        foreign = found.st_uid != os.getuid() or found.st_mode & stat.S_IWOTH
        if not stat.S_ISREG(found.st_mode) or foreign or found.st_size > most:
            return b""
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(most)
    except OSError:
        return b""
    finally:
        os.close(handle)


def _hash(word: str) -> int:
    raw = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(raw, "little")


def _sum(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=_CHECK).digest()


def _little(numbers: array[int]) -> array[int]:
    """The numbers in the byte order of the file; of the file, in that of this machine."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers
