"""What somebody gives to be imported, as files to be read: a file, a folder, an archive, a stream.

Exports are delivered as archives and in shards, and programs keep a folder with a file a session.
The one rule: whatever is in it and is not read is counted by what it is.
"""

from __future__ import annotations

import re
import sys
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from harness.core.errors import FileError, UsageError, Where
from harness.core.transcript import Skipped
from harness.scenarios.importers.source import ByteSource, file_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STREAM = "-"
_CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"
_READ = frozenset(
    (".json", ".jsonl", ".ndjson", ".md", ".markdown", ".txt", ".parquet", ".eval", ".zip", ".gz",
     ".log", "")
)  # fmt: skip
"""Endings of files that may hold conversations; some programs write files without one."""
_HIDDEN = frozenset((".git", ".svn", ".hg", "__pycache__", "node_modules", "__MACOSX"))
_ENCRYPTED = 0x1


def delivered(
    path: Path, folder: Path, seen: Callable[[int], object] | None = None
) -> Iterator[ByteSource | Skipped]:
    """The files in what somebody gives, in the order of their names.

    Args:
        path: A file, a folder, a zip archive, or `-` for standard input.
        folder: Where a stream is put, so that it can be read more than once.
        seen: Is told of each piece of a file how many bytes it has.

    Raises:
        UsageError: It is missing, or cannot be read.
        FileError: An archive is damaged or encrypted.
    """
    if str(path) == STREAM:
        yield from _inside(_spooled(folder), seen)
    elif path.is_dir():
        yield from _folder(path, seen)
    else:
        yield from _inside(file_source(path, seen), seen)


def _folder(folder: Path, seen: Callable[[int], object] | None) -> Iterator[ByteSource | Skipped]:
    files = [
        file
        for file in folder.rglob("*")
        if file.is_file() and not _HIDDEN & set(file.relative_to(folder).parts)
    ]
    for file in sorted(files, key=lambda file: _natural(str(file.relative_to(folder)))):
        if file.suffix.lower() in _READ:
            yield from _inside(file_source(file, seen), seen)
        else:
            yield other(file.name)


def other(name: str) -> Skipped:
    """A file of a kind that holds no conversations, by its ending."""
    suffix = PurePosixPath(name).suffix.lower() or name
    return Skipped(what=f"file of another kind ({suffix[:20]})")


def _natural(name: str) -> list[tuple[int, str]]:
    """By which shards are in their order, whether their numbers are filled up or not."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def _inside(
    source: ByteSource, seen: Callable[[int], object] | None
) -> Iterator[ByteSource | Skipped]:
    """The files of an archive; a file that is none is itself."""
    path = source.path
    if path is None or path.suffix == ".eval" or not _begins(path, _ZIP):
        yield source
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise FileError(
            Where(file=str(path)), f"this zip archive is cut off or damaged: {error}"
        ) from None
    for one in sorted(members, key=lambda one: _natural(one.filename)):
        name = PurePosixPath(one.filename)
        if _HIDDEN & set(name.parts):
            continue
        if one.flag_bits & _ENCRYPTED:
            problem = f"{name} in this archive is encrypted; unpack it and give the folder"
            raise FileError(Where(file=str(path)), problem)
        if name.suffix.lower() in _READ - {".zip", ".eval"}:
            yield _member(path, one, seen)
        else:
            yield other(name.name)


def _begins(path: Path, mark: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(mark)) == mark
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None


def _member(path: Path, one: zipfile.ZipInfo, seen: Callable[[int], object] | None) -> ByteSource:
    name = f"{path}/{one.filename}"

    def chunks() -> Iterator[bytes]:
        try:
            with zipfile.ZipFile(path) as archive, archive.open(one) as file:
                while chunk := file.read(_CHUNK):
                    if seen is not None and one.file_size:
                        seen(round(len(chunk) * one.compress_size / one.file_size))
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            problem = f"this part of the archive is damaged: {error}"
            raise FileError(Where(file=name), problem) from None

    return ByteSource(name=name, chunks=chunks)


def _spooled(folder: Path) -> ByteSource:
    """Standard input as a file."""
    place = folder / "standard input"
    with place.open("wb") as file:
        while chunk := sys.stdin.buffer.read(_CHUNK):
            file.write(chunk)
    spooled = file_source(place)
    return ByteSource(name="standard input", chunks=spooled.chunks, path=place)
