"""Where the records of a run stand: parts, and the tail of lines that are in no part yet.

Its one rule: a record counts once. A part is whole before its lines leave the tail, so that for a
moment, or for good where the writer was killed, records stand in both; the tail is then read from
behind them.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING

from harness.core.errors import FileError, UsageError, Where
from harness.core.shapes import json_of
from harness.runs.folder.layout import PART_NAME, PARTS, RECORDS, SETTLED
from harness.runs.folder.record_part import asking, open_part
from harness.runs.folder.settled_part import has_settled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.runs.folder.record_part import RecordPart


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFiles:
    """The records of a run, while its tail is held open: its writer takes nothing away."""

    parts: tuple[RecordPart, ...]
    settled: tuple[bool, ...]
    """Of each part, whether something is settled beside it."""
    tail: IO[bytes] | None
    """At its beginning; None where there is none."""
    skip: int
    """Lines at the beginning of the tail that the parts hold already."""

    @property
    def is_settled(self) -> bool:
        """Whether no record in a part waits for what all calls tell together."""
        return all(
            done or not part.open for part, done in zip(self.parts, self.settled, strict=True)
        )


@contextmanager
def record_files(folder: Path) -> Iterator[RecordFiles]:
    """The records of a run folder, held open.

    Raises:
        FileError: A part is damaged, or one is missing.
        UsageError: A part is of another version.
    """
    while True:
        tail = _opened(folder / RECORDS)
        try:
            parts = tuple(open_part(path) for path in part_paths(folder))
            if tail is not None and not _is_still(tail, folder / RECORDS):
                continue  # lines have left it for a part that may not be among these
            yield RecordFiles(
                parts=parts,
                settled=tuple(has_settled(part) for part in parts),
                tail=tail,
                skip=_skip(parts, tail, folder / RECORDS),
            )
            return
        finally:
            if tail is not None:
                tail.close()


def part_paths(folder: Path) -> list[Path]:
    """The parts of a run folder, in their order.

    Raises:
        UsageError: One is missing, or a file is called as no part is.
    """
    place = folder / PARTS
    found = sorted(place.glob("[!.]*.parquet")) if place.is_dir() else []
    parts = [path for path in found if not path.name.endswith(SETTLED)]
    for number, path in enumerate(parts, start=1):
        if not PART_NAME.fullmatch(path.name):
            raise UsageError(
                f"{path}: parts are called {part_name(1)}, {part_name(2)} and so on; move the file"
                " out of the run folder"
            )
        if path.name != part_name(number):
            raise UsageError(
                f"{place / part_name(number)} is missing, though {path.name} is there; bring it"
                " back from a copy of the run folder"
            )
    return parts


def part_name(number: int) -> str:
    """What the part of this number, counted from 1, is called."""
    return f"{number:06d}.parquet"


def _opened(path: Path) -> IO[bytes] | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def _is_still(file: IO[bytes], path: Path) -> bool:
    """Whether a file that was opened still stands in its place."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _skip(parts: Sequence[RecordPart], tail: IO[bytes] | None, path: Path) -> int:
    """How many lines at the beginning of the tail the parts hold.

    Parts follow one another as their lines did: if the tail begins as one of them, it holds that
    one and those behind it, as far as it goes.

    Raises:
        FileError: It begins so and then goes on otherwise.
    """
    first = tail.readline() if parts and tail is not None else b""
    name = _asking(first)
    if tail is not None:
        tail.seek(0)
    begun = next((n for n, part in enumerate(parts) if part.first == name), None)
    if tail is None or name is None or begun is None:
        return 0
    held = sum(part.rows for part in parts[begun:])
    last = next(islice(tail, held - 1, None), b"")
    tail.seek(0)
    if last.endswith(b"\n") and _asking(last) != parts[-1].last:
        raise FileError(
            Where(file=str(path), line=held),
            f"these lines begin as {parts[begun].path.name} does, and go on otherwise; bring the"
            " file back from a copy of the run folder",
        )
    return held


def _asking(line: bytes) -> str | None:
    """Which asking a line is of; None where it is no whole record."""
    if not line.endswith(b"\n"):
        return None
    try:
        return asking(json_of(line))
    except (ValueError, TypeError, KeyError):
        return None
