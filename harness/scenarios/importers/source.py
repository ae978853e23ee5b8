"""A file to be imported, as records or as lines of text: the one place that reads it.

The one rule: memory is bounded by one record, whatever the size of the file, and a file that is
cut off, damaged or of another kind is told as such, with its place. What is packed with gzip is
unpacked as it is read, and a table of Parquet is as good as JSON: each of its rows is a record.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from harness.core.errors import FileError, UsageError, Where
from harness.core.transcript import Row, Sample
from harness.scenarios.importers.entries import TOO_DEEP, Entries
from harness.scenarios.importers.gzip_bytes import PackedError, unpacked
from harness.scenarios.importers.json_bytes import BOM, CHUNK, PIECE, is_lines, pieces
from harness.scenarios.importers.parquet import MAGIC, NotParquetError, table
from harness.scenarios.importers.source_errors import (
    damaged_line,
    in_megabytes,
    not_utf8,
    parser_reason,
    stopped_at,
    too_deep,
)
from harness.scenarios.importers.utf8 import Utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from harness.core.transcript import Remark

MOST_BYTES = 1 << 27
"""The largest record that is read: 128 MB of JSON in one conversation is no conversation."""
_SAMPLED_ROWS = 200
_SAMPLED_BYTES = 1 << 20
"""The beginning by which a file is known; of a larger first record all is read."""
_KINDS = {
    b"PK\x03\x04": "a zip archive inside another file; unpack it and give the file in it",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
    b"SQLite format 3": "a database; export its conversations as JSON",
    b"%PDF": "a PDF; export the conversation as JSON or Markdown",
}
"""First bytes of what people give by mistake."""


def file_source(path: Path | str, seen: Callable[[int], object] | None = None) -> ByteSource:
    """The source that reads a file.

    Args:
        path: The file.
        seen: Is told of each piece how many bytes it has, to show how far it is.

    Raises:
        UsageError: It is missing, or cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        raise UsageError(f"{path} is a folder; give the files in it")
    if not path.exists():
        raise UsageError(f"no such file: {path}")

    def chunks() -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    if seen is not None:
                        seen(len(chunk))
                    yield chunk
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror}") from None

    return ByteSource(name=str(path), chunks=chunks, path=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteSource:
    """A source over bytes, wherever they come from."""

    name: str
    """As errors call it."""
    chunks: Callable[[], Iterable[bytes]]
    """The bytes from the beginning as they are stored, in pieces of any size."""
    path: Path | None = field(default=None, compare=False)
    """Where it lies as a file of its own; None for a part of an archive."""

    def content(self) -> Iterator[bytes]:
        """The bytes from the beginning, unpacked where they are packed with gzip.

        Raises:
            FileError: What is packed is cut off or damaged.
        """
        try:
            yield from unpacked(self.chunks())
        except PackedError as error:
            raise FileError(Where(file=self.name), f"{error}") from None

    def sample(self) -> Sample:
        """The beginning of the file.

        Raises:
            FileError: It is empty, or plainly of a kind that no importer reads.
        """
        head = self._head()
        self._check_kind(head)
        text = head[:_SAMPLED_BYTES].removeprefix(BOM).decode("utf-8", "replace")
        rows: list[object] = []
        if head.startswith(MAGIC) or head.removeprefix(BOM).lstrip()[:1] in {b"[", b"{"}:
            beginning = _Beginning(self.content)
            try:
                for row in ByteSource(name=self.name, chunks=beginning, path=self.path).rows():
                    if isinstance(row, Row):
                        rows.append(row.value)
                    if len(rows) >= _SAMPLED_ROWS or (rows and beginning.passed):
                        break
            except FileError:
                if not rows:
                    raise
        return Sample(name=self.name, rows=tuple(rows), text=text)

    def rows(self) -> Iterator[Row | Remark]:
        """The records of a JSON array, of JSON Lines, of a table, or of one JSON document.

        Raises:
            FileError: The file is no JSON; of a damaged line only that line is skipped.
        """
        head = self._head()
        self._check_kind(head)
        if head.startswith(MAGIC):
            yield from self._table()
            return
        start = head.removeprefix(BOM).lstrip()
        if start[:1] not in {b"[", b"{"}:
            shown = start[:20].decode("utf-8", "replace").strip()
            self._refuse(f"this is not JSON: it begins with {shown!r}", 1)
        if is_lines(start):
            yield from self._json_lines()
        else:
            yield from self._document(level=1 if start[:1] == b"[" else 0)

    def text_lines(self) -> Iterator[str]:
        """The lines of a text, without their ends.

        Raises:
            FileError: A byte is not UTF-8, or the file holds no text.
        """
        self._check_kind(self._head())
        for number, line in self._lines(Utf8()):
            if line is None:
                self._refuse(f"this line is longer than {in_megabytes(MOST_BYTES)}", number)
            try:
                yield line.decode("utf-8")
            except UnicodeDecodeError as error:
                self._refuse(not_utf8(error), number, error.start + 1)

    def _head(self) -> bytes:
        head = b""
        for chunk in self.content():
            head += chunk
            if len(head) >= CHUNK:
                break
        return head

    def _check_kind(self, head: bytes) -> None:
        if not head.removeprefix(BOM).strip():
            raise FileError(Where(file=self.name), "the file is empty")
        for start, kind in _KINDS.items():
            if head.startswith(start):
                raise FileError(Where(file=self.name), f"this is {kind}")
        if b"\0" in head[:PIECE] and not head.startswith(MAGIC):
            raise FileError(Where(file=self.name), "this is a binary file, not a transcript")

    def _refuse(self, problem: str, line: int, column: int | None = None) -> NoReturn:
        raise FileError(Where(file=self.name, line=line, column=column), problem)

    def _table(self) -> Iterator[Row]:
        try:
            for number, value in enumerate(table(self.path, self.content), 1):
                yield Row(Where(file=self.name), number, value)
        except NotParquetError as error:
            raise FileError(Where(file=self.name), f"{error}") from None

    def _lines(self, utf8: Utf8) -> Iterator[tuple[int, bytes | None]]:
        """Each line with its number; None in place of one that is too long to be held."""
        number, held, size = 1, [b""], 0
        for chunk in utf8.mended(self.content()):
            first, *rest = chunk.split(b"\n")
            size += len(first)
            held = [*held, first] if size <= MOST_BYTES else []
            for part in rest:
                yield number, (b"".join(held).rstrip(b"\r") if held else None)
                number, held, size = number + 1, [part], len(part)
        if size:
            yield number, (b"".join(held).rstrip(b"\r") if held else None)

    def _json_lines(self) -> Iterator[Row | Remark]:
        utf8 = Utf8()
        for number, line in self._lines(utf8):
            where = Where(file=self.name, line=number)
            if line is None:
                yield damaged_line(where, f"longer than {in_megabytes(MOST_BYTES)}")
                continue
            if number == 1:
                line = line.removeprefix(BOM)  # noqa: PLW2901 -- the mark is no part of the line
            if not line.strip():
                continue
            try:
                value = json.loads(line.decode("utf-8"))
            except UnicodeDecodeError as error:
                yield damaged_line(where, not_utf8(error))
            except json.JSONDecodeError as error:
                column = Where(file=self.name, line=number, column=error.colno)
                yield damaged_line(column, f"not JSON: {error.msg}")
            except RecursionError:
                yield damaged_line(where, "nested too deeply")
            except ValueError as error:  # a number of more digits than Python reads
                yield damaged_line(where, f"not readable: {error}")
            else:
                yield Row(where, number, value)
        yield from utf8.remarks(Where(file=self.name))

    def _document(self, level: int) -> Iterator[Row | Remark]:
        """The entries of a JSON array, or the document itself, as they are completed."""
        import ijson

        utf8 = Utf8(strays=True)
        events = ijson.sendable_list()
        parser = ijson.basic_parse_coro(events, use_float=True)
        entries = Entries(level)
        number = pending = done = 0
        line = 1
        piece, wrong = b"", None
        for piece in pieces(utf8.mended(self.content())):
            try:
                parser.send(piece)
            except (ijson.JSONError, ValueError, RecursionError, OverflowError) as error:
                wrong = error
            for value in entries.take(events):
                number, pending = number + 1, 0
                where = Where(file=self.name, line=line)
                yield too_deep(where, number) if value is TOO_DEEP else Row(where, number, value)
            del events[:]
            pending += len(piece)
            if pending > MOST_BYTES:
                problem = f"record {number + 1} is larger than {in_megabytes(MOST_BYTES)}"
                self._refuse(f"{problem}; split the file", line)
            if wrong is not None:
                break
            done += len(piece)
            line += piece.count(b"\n")
        try:
            if wrong is None:
                parser.close()
                yield from utf8.remarks(Where(file=self.name))
                return
        except (ijson.JSONError, ValueError) as error:
            wrong, piece = error, b""
        before = piece[: stopped_at(wrong, piece)]
        place = f"record {number + 1}, near byte {done + len(before):,}"
        line += before.count(b"\n")
        self._refuse(f"this is not JSON any more: {parser_reason(wrong)} ({place})", line)


@dataclass(slots=True)
class _Beginning:
    """The bytes of a file, and whether those by which it is known have passed."""

    chunks: Callable[[], Iterable[bytes]]
    passed: bool = False

    def __call__(self) -> Iterator[bytes]:
        """The bytes from the beginning."""
        size = 0
        for chunk in self.chunks():
            size += len(chunk)
            self.passed = size > _SAMPLED_BYTES
            yield chunk
