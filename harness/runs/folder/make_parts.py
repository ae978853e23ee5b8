"""Moves the lines of a long run's records into parts while the run goes on.

Its one rule: a part is whole and on the disk before its lines leave the tail. A kill in between
leaves both, which readers know, and the next writer brings to its end.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import IO, TYPE_CHECKING

from harness.core.errors import Where
from harness.core.files import stopped_run, whole
from harness.runs.folder.layout import PARTS, RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PART_RECORDS = 200_000
"""Records of a part. A run of fewer has none."""

PART_BYTES = 512_000_000
"""So many bytes of lines are a part as well, for runs whose replies are long."""

_SOME = 4_096
"""Lines that are read together."""


class PartMaker:
    """Makes the parts of one run folder, in a thread of its own.

    Args:
        folder: The run folder; nobody else writes to it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread: ThreadPoolExecutor | None = None
        self._making: Future[int] | None = None
        self._lines, self._bytes = _size(folder / RECORDS)

    def note(self, size: int) -> None:
        """One line of so many bytes is in the tail; begins a part when there are enough."""
        self._lines += 1
        self._bytes += size
        if self._making is None and (self._lines >= PART_RECORDS or self._bytes >= PART_BYTES):
            self._thread = self._thread or ThreadPoolExecutor(1, "record-parts")
            self._making = self._thread.submit(make_parts, self._folder)

    @property
    def is_ready(self) -> bool:
        """Whether lines of the tail stand in parts, and have to leave it."""
        return self._making is not None and self._making.done()

    @property
    def is_busy(self) -> bool:
        """Whether parts are being made."""
        return self._making is not None

    def take_out(self) -> None:
        """Take the lines out of the tail that stand in parts by now; waits for what is being made.

        The tail is then another file: who appends to it opens it again.

        Raises:
            FileError: A line is no record.
            NoRoomError: There is no room for them.
        """
        if self._making is None:
            return
        making, self._making = self._making, None
        try:
            cut_lines(self._folder / RECORDS, making.result())
        except OSError as error:
            raise stopped_run(self._folder / PARTS, self._folder, error) from None
        finally:
            self._lines, self._bytes = _size(self._folder / RECORDS)

    def close(self) -> None:
        """Nothing is being made any more."""
        if self._thread is not None:
            self._thread.shutdown()


def make_parts(folder: Path) -> int:
    """Make a part of each so many lines at the beginning of the tail; how many lines that took.

    Raises:
        FileError: A line is no record.
        OSError: A part cannot be written.
    """
    # here, since they bring polars, which a run of some thousand trials never needs
    from harness.runs.folder.record_files import part_name, part_paths
    from harness.runs.folder.record_part import write_part

    place, tail = folder / PARTS, folder / RECORDS
    taken, number = 0, len(part_paths(folder))
    with tail.open("rb") as file:
        for count in _full_parts(tail):
            place.mkdir(exist_ok=True)
            number += 1
            where = Where(file=str(tail), line=taken + 1)
            write_part(place / part_name(number), _pieces(file, count), where)
            taken += count
    return taken


def finish_parts(folder: Path) -> None:
    """Bring to its end what a killed writer had begun: no line stands in the tail and in a part.

    Raises:
        FileError: A part is damaged.
        UsageError: A part is of another version.
        OSError: The tail cannot be written.
    """
    if not (folder / PARTS).is_dir():
        return
    from harness.runs.folder.record_files import record_files

    for left in (folder / PARTS).glob(".*.tmp"):
        left.unlink()
    with record_files(folder) as files:
        skip = files.skip
    cut_lines(folder / RECORDS, skip)


def cut_lines(path: Path, count: int) -> None:
    """Take so many lines from the beginning of a file, all at once; it is then another file.

    Raises:
        OSError: It cannot be written.
    """
    if not count:
        return
    with path.open("rb") as file:
        for _ in islice(file, count):
            pass
        with whole(path) as beside, beside.open("wb") as rest:
            while block := file.read(1 << 20):
                rest.write(block)
            rest.flush()
            os.fsync(rest.fileno())


def _full_parts(tail: Path) -> Iterator[int]:
    """How many lines each part takes that is full: those that the tail holds now, and no more."""
    with tail.open("rb") as file:
        lines = size = 0
        for line in file:
            if not line.endswith(b"\n"):
                return
            lines, size = lines + 1, size + len(line)
            if lines >= PART_RECORDS or size >= PART_BYTES:
                yield lines
                lines = size = 0


def _pieces(file: IO[bytes], count: int) -> Iterator[list[bytes]]:
    while some := list(islice(file, min(_SOME, count))):
        count -= len(some)
        yield some


def _size(path: Path) -> tuple[int, int]:
    """Lines and bytes of a file; none of a device, which may have no end."""
    lines = size = 0
    if not path.is_file():
        return lines, size
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            lines, size = lines + block.count(b"\n"), size + len(block)
    return lines, size
