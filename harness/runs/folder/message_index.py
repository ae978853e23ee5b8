"""Which messages and conversations stand in a run folder already, by their hash.

Its one rule: what it says is there is there. That a message was forgotten costs its line a second
time; that one is missing would cost a conversation.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any
from zlib import crc32

from harness.core.errors import Where
from harness.core.shapes import parse
from harness.runs.folder.key_table import IndexFile, KeyTable
from harness.runs.folder.layout import MESSAGE_INDEX, MESSAGES
from harness.runs.folder.reader import lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

_LOOKED_AT = 4096
"""Bytes by whose mark the file of messages is known again."""


class MessageIndex:
    """The hashes of what `messages.jsonl` holds.

    Only the writer of the folder may make one: the file beside the messages is his.

    Args:
        folder: The run folder; no line of its messages is torn.

    Raises:
        FileError: A line is damaged.
        UsageError: The file beside the messages is in the way, and cannot be taken away.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / MESSAGES
        self._file = IndexFile(folder / MESSAGE_INDEX)
        self._keys = KeyTable(self._file)
        start = self._known() if self._file.exists else None
        if start is None:
            self._file.remove("messages")
        self._read_to: int | None = start or 0
        """Up to which byte the file was taken in, until all of it was."""
        for line in lines(self._path) if start is None else self._behind(start):
            self.add([str(line.get("hash") or line.get("trunk"))])
            self.commit()
        self._read_to = None

    def __contains__(self, name: str) -> bool:
        try:
            return name in self._keys
        except sqlite3.Error:
            return False  # it is written once more

    def absent(self, names: Collection[str]) -> Collection[str]:
        """Those of the names that are not known to be there."""
        try:
            return self._keys.absent(names)
        except sqlite3.Error:
            return names  # they are written once more

    def add(self, names: Iterable[str]) -> None:
        """What is called so stands in the file of messages now."""
        for name in names:
            self._keys.put(name)

    def commit(self) -> None:
        """All of it is on disk: what is too much for memory may be written beside it."""
        if self._keys.is_full:
            self._write()

    def close(self) -> None:
        """Write what is known, if any of it was written before."""
        if self._file.exists:
            self._write()
        self._file.close()

    def _write(self) -> None:
        size = self._path.stat().st_size if self._read_to is None else self._read_to
        self._keys.write({"size": size, "mark": self._mark(size)})

    def _known(self) -> int | None:
        """Up to which byte the file of messages is known; None where the index is not of it."""
        try:
            note = self._file.note()
            size = int(note["size"])
            return size if self._mark(size) == note["mark"] else None
        except (sqlite3.Error, OSError, ValueError, TypeError, KeyError):
            return None  # whatever it is, it is no index of ours

    def _mark(self, size: int) -> int | None:
        """What the file of messages holds before that byte; None where it is shorter."""
        start = max(0, size - _LOOKED_AT)
        with self._path.open("rb") as file:
            file.seek(start)
            found = file.read(size - start)
        return crc32(found) if len(found) == size - start else None

    def _behind(self, start: int) -> Iterator[Mapping[str, Any]]:
        """The lines from a byte on."""
        with self._path.open("rb") as file:
            file.seek(start)
            for raw in file:
                yield parse(raw, Where(file=str(self._path)))
