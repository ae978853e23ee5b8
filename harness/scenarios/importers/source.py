"""A file to be imported, as records or as lines of text: the one place that reads it.

The one rule: memory is bounded by one record, whatever the size of the file, and a file that is
cut off, damaged or of another kind is told as such, with its place.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from harness.core.errors import FileError, UsageError, Where
from harness.core.transcript import Row, Sample, Skipped
from harness.scenarios.importers.entries import MOST_LEVELS, TOO_DEEP, Entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_CHUNK = 1 << 20
_PIECE = 1 << 14
"""Bytes that the JSON parser is given at a time: as near as an error is told."""
MOST_BYTES = 1 << 27
"""The largest record that is read: 128 MB of JSON in one conversation is no conversation."""
_BOM = b"\xef\xbb\xbf"
_SAMPLED_ROWS = 20
_SAMPLED_TEXT = 20_000
_KINDS = {
    b"PK\x03\x04": "a zip archive; unpack it and give the file in it",
    b"\x1f\x8b": "compressed with gzip; unpack it first",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
    b"SQLite format 3": "a database; export its conversations as JSON",
    b"%PDF": "a PDF; export the conversation as JSON or Markdown",
}
"""First bytes of what people give by mistake."""
_BREAK = re.compile(rb"\r?\n")


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
                while chunk := file.read(_CHUNK):
                    if seen is not None:
                        seen(len(chunk))
                    yield chunk
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror}") from None

    return ByteSource(name=str(path), chunks=chunks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteSource:
    """A source over bytes, wherever they come from."""

    name: str
    """As errors call it."""
    chunks: Callable[[], Iterable[bytes]]
    """The bytes from the beginning, in pieces of any size."""

    def sample(self) -> Sample:
        """The beginning of the file.

        Raises:
            FileError: It is empty, or plainly of a kind that no importer reads.
        """
        head = self._head()
        self._check_kind(head)
        text = head[:_SAMPLED_TEXT].removeprefix(_BOM).decode("utf-8", "replace")
        rows: list[object] = []
        if head.removeprefix(_BOM).lstrip()[:1] in {b"[", b"{"}:
            try:
                for row in self.rows():
                    if isinstance(row, Row):
                        rows.append(row.value)
                    if len(rows) >= _SAMPLED_ROWS:
                        break
            except FileError:
                if not rows:
                    raise
        return Sample(name=self.name, rows=tuple(rows), text=text)

    def rows(self) -> Iterator[Row | Skipped]:
        """The records of a JSON array, of JSON Lines, or of one JSON document.

        Raises:
            FileError: The file is no JSON; of a damaged line only that line is skipped.
        """
        head = self._head()
        self._check_kind(head)
        start = head.removeprefix(_BOM).lstrip()
        if start[:1] not in {b"[", b"{"}:
            shown = start[:20].decode("utf-8", "replace").strip()
            self._refuse(f"this is not JSON: it begins with {shown!r}", 1)
        if _is_lines(start):
            yield from self._json_lines()
        else:
            yield from self._document(level=1 if start[:1] == b"[" else 0)

    def text_lines(self) -> Iterator[str]:
        """The lines of a text, without their ends.

        Raises:
            FileError: A byte is not UTF-8, or the file holds no text.
        """
        self._check_kind(self._head())
        for number, line in self._lines():
            if line is None:
                self._refuse(f"this line is longer than {_mega(MOST_BYTES)}", number)
            try:
                yield line.decode("utf-8")
            except UnicodeDecodeError as error:
                self._refuse(_not_utf8(error), number, error.start + 1)

    def _head(self) -> bytes:
        head = b""
        for chunk in self.chunks():
            head += chunk
            if len(head) >= _CHUNK:
                break
        return head

    def _check_kind(self, head: bytes) -> None:
        if not head.removeprefix(_BOM).strip():
            raise FileError(Where(file=self.name), "the file is empty")
        for start, kind in _KINDS.items():
            if head.startswith(start):
                raise FileError(Where(file=self.name), f"this is {kind}")
        if b"\0" in head[:_PIECE]:
            raise FileError(Where(file=self.name), "this is a binary file, not a transcript")

    def _refuse(self, problem: str, line: int, column: int | None = None) -> NoReturn:
        raise FileError(Where(file=self.name, line=line, column=column), problem)

    def _lines(self) -> Iterator[tuple[int, bytes | None]]:
        """Each line with its number; None in place of one that is too long to be held."""
        number, held, size = 1, [b""], 0
        for chunk in self.chunks():
            first, *rest = chunk.split(b"\n")
            size += len(first)
            held = [*held, first] if size <= MOST_BYTES else []
            for part in rest:
                yield number, (b"".join(held).rstrip(b"\r") if held else None)
                number, held, size = number + 1, [part], len(part)
        if size:
            yield number, (b"".join(held).rstrip(b"\r") if held else None)

    def _json_lines(self) -> Iterator[Row | Skipped]:
        for number, line in self._lines():
            where = Where(file=self.name, line=number)
            if line is None:
                yield _broken(where, f"longer than {_mega(MOST_BYTES)}")
                continue
            if number == 1:
                line = line.removeprefix(_BOM)  # noqa: PLW2901 -- the mark is no part of the line
            if not line.strip():
                continue
            try:
                value = json.loads(line.decode("utf-8"))
            except UnicodeDecodeError as error:
                yield _broken(where, _not_utf8(error))
            except json.JSONDecodeError as error:
                column = Where(file=self.name, line=number, column=error.colno)
                yield _broken(column, f"not JSON: {error.msg}")
            except RecursionError:
                yield _broken(where, "nested too deeply")
            except ValueError as error:  # a number of more digits than Python reads
                yield _broken(where, f"not readable: {error}")
            else:
                yield Row(where, number, value)

    def _document(self, level: int) -> Iterator[Row | Skipped]:
        """The entries of a JSON array, or the document itself, as they are completed."""
        import ijson

        events = ijson.sendable_list()
        parser = ijson.basic_parse_coro(events, use_float=True)
        entries = Entries(level)
        number = pending = done = 0
        line = 1
        piece, wrong = b"", None
        for piece in _pieces(self.chunks()):
            try:
                parser.send(piece)
            except (ijson.JSONError, ValueError, RecursionError, OverflowError) as error:
                wrong = error
            for value in entries.take(events):
                number, pending = number + 1, 0
                where = Where(file=self.name, line=line)
                yield _deep(where, number) if value is TOO_DEEP else Row(where, number, value)
            del events[:]
            pending += len(piece)
            if pending > MOST_BYTES:
                problem = f"record {number + 1} is larger than {_mega(MOST_BYTES)}"
                self._refuse(f"{problem}; split the file", line)
            if wrong is not None:
                break
            done += len(piece)
            line += piece.count(b"\n")
        try:
            if wrong is None:
                parser.close()
                return
        except (ijson.JSONError, ValueError) as error:
            wrong, piece = error, b""
        before = piece[: _offset(wrong, piece)]
        place = f"record {number + 1}, near byte {done + len(before):,}"
        line += before.count(b"\n")
        self._refuse(f"this is not JSON any more: {_reason(wrong)} ({place})", line)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes in small pieces, without the mark that some editors put in front."""
    first = True
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            piece = chunk[start : start + _PIECE]
            yield piece.removeprefix(_BOM) if first else piece
            first = False


def _is_lines(start: bytes) -> bool:
    """Whether a file that begins so holds a JSON value a line."""
    first, *rest = _BREAK.split(start, maxsplit=1)
    follows = rest[0].lstrip()[:1] if rest else b""
    if not rest and len(start) >= _CHUNK - len(_BOM):
        return start[:1] == b"{"  # one line longer than what was looked at
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return first.rstrip()[-1:] == b"}" and follows == b"{"
    return start[:1] == b"{" or follows in {b"[", b"{"}


def _offset(error: Exception, piece: bytes) -> int:
    """Where in a piece the parser stopped: it quotes what stands around, and points into it."""
    _, _, rest = str(error).partition("\n")
    quoted, _, pointer = rest.partition("\n")
    around = quoted.lstrip()
    at = piece.decode("latin-1").replace("\n", " ").find(around) if around else -1
    return max(at, 0) + max(pointer.find("^") - len(quoted) + len(around), 0) if at >= 0 else 0


def _reason(error: Exception) -> str:
    """The first line of what the parser says."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    text = str(error).strip().partition("\n")[0].removeprefix("b'").partition("\\n")[0]
    text = text.removeprefix("parse error: ").removeprefix("lexical error: ").strip(" .")
    ended = "premature EOF" in text or "ncomplete" in text
    return "the file ends in the middle of a record" if ended else text or type(error).__name__


def _broken(where: Where, detail: str) -> Skipped:
    return Skipped(what="damaged line", where=where, detail=detail, broken=True)


def _deep(where: Where, number: int) -> Skipped:
    detail = f"record {number} has more than {MOST_LEVELS} levels"
    return Skipped(what="record nested too deeply", where=where, detail=detail, broken=True)


def _not_utf8(error: UnicodeDecodeError) -> str:
    return f"byte 0x{error.object[error.start]:02x} is not UTF-8; save the file as UTF-8"


def _mega(size: int) -> str:
    return f"{size >> 20} MB"
