"""Conversations out of whatever somebody gives: files, folders, archives, standard input."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from harness.core.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.core.protocols import Importer, ImportSource
    from harness.core.transcript import Transcript
    from harness.scenarios.importers import ByteSource
    from harness.scenarios.importers.tally import Tally


_EMPTY = "the file is empty"


@contextmanager
def reading(
    files: list[Path], format_: str | None, limit: int | None, *, partial: bool | None
) -> Iterator[tuple[Tally, Iterator[Transcript]]]:
    """The conversations of the files one after the other, and the count of what they hold.

    Args:
        files: Files, folders, archives, or `-` for standard input.
        format_: Name of an importer; None: it is guessed.
        limit: How many at most.
        partial: Whether what came before a file is cut off is kept; None: the command has no such
            option.
    """
    from tqdm import tqdm

    from harness.scenarios.importers.tally import Tally

    tally = Tally(name=", ".join("standard input" if str(f) == "-" else str(f) for f in files))
    size = sum(map(_size, files))
    with (
        TemporaryDirectory(prefix="harness-import-") as folder,
        tqdm(total=size, unit="B", unit_scale=True, disable=None, leave=False) as bar,
    ):
        found = _sources(files, format_, tally, Path(folder), bar.update)
        yield tally, _transcripts(found, tally, limit, partial=partial)


def _size(path: Path) -> int:
    """Bytes of a file, or of all in a folder."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.is_file() else 0


def _sources(
    files: list[Path],
    format_: str | None,
    tally: Tally,
    folder: Path,
    seen: Callable[[int], object],
) -> Iterator[tuple[Importer, ImportSource]]:
    """What is to be read, and by which importer; files that go on with each other as one.

    Among several files one that is empty, or is no conversation, ends nothing: it is counted.
    """
    from harness.core.protocols import Gathers
    from harness.core.transcript import Skipped
    from harness.scenarios.importers import delivered, importers
    from harness.scenarios.importers.linked import Joined

    given = [one for file in files for one in delivered(file, folder, seen)]
    for one in given:
        if isinstance(one, Skipped):
            tally.skip(one)
    sources = [one for one in given if not isinstance(one, Skipped)]
    alone = len(files) == 1 and not files[0].is_dir() and len(given) == 1
    by_name: dict[str, list[ByteSource]] = {}
    for source in sources:
        name = _named(source, format_, tally, alone=alone)
        if name is not None:
            by_name.setdefault(name, []).append(source)
    for name, own in by_name.items():
        importer = importers.resolve(name)
        groups = importer.together(own) if isinstance(importer, Gathers) else ([one] for one in own)
        for group in groups:
            yield importer, group[0] if len(group) == 1 else Joined(group)


def _named(source: ByteSource, format_: str | None, tally: Tally, *, alone: bool) -> str | None:
    """The importer of a file; None for a file among others that is none of a conversation."""
    from harness.core.transcript import Skipped
    from harness.scenarios.importers import UnknownFormatError, guess

    try:
        if format_ is None:
            return guess(source)
        if not alone:
            source.sample()
    except UnknownFormatError as error:
        if alone:
            raise
        tally.skip(Skipped(what="file that is no conversation", detail=f"{error.where}"))
        return None
    except FileError as error:
        if alone:
            raise
        what = "empty file" if error.problem == _EMPTY else "file that cannot be read"
        tally.skip(Skipped(what=what, where=error.where, detail=error.problem, broken=True))
        return None
    return format_


def _transcripts(
    found: Iterator[tuple[Importer, ImportSource]],
    tally: Tally,
    limit: int | None,
    *,
    partial: bool | None,
) -> Iterator[Transcript]:
    from harness.core.transcript import Skipped

    for importer, source in found:
        before = tally.sessions
        try:
            for one in tally.sifted(importer.sessions(source)):
                yield one
                if tally.sessions == limit:
                    return
            if tally.sessions == before:
                tally.skip(Skipped(what="file without a conversation", detail=source.name))
        except FileError as error:
            if not partial or not tally.sessions:
                can = partial is not None and tally.sessions
                hint = "; --partial keeps what came before" if can else ""
                raise FileError(error.where, f"{error.problem}{hint}") from error
            click.echo(f"{error}; kept what came before", err=True)
