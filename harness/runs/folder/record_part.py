"""One parquet part of a run's records: a row a record, from which the record comes back as it was.

Its one rule: nothing is taken on trust. When a part is made each row is written out again and held
against its line; where they differ (a field of another version, half a surrogate pair, a whole
number where a fraction is usual) the line itself is kept beside the columns.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import polars as pl

from harness.core.compiled_shapes import CompiledShape
from harness.core.draws import digest
from harness.core.errors import FileError, UsageError, Where
from harness.core.files import binary_sink, dump_line, whole
from harness.core.printable import shown, well_formed
from harness.core.record import RECORD_SCHEMA, SHAPE
from harness.core.shapes import json_of, parse, wrong
from harness.runs.folder.record_columns import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

FORMAT = 1
"""Version of a part, and of what is settled beside it; files of another are refused by name."""

RAW = "raw_line"
"""The column with the line itself, where the others would not give it back; else null."""

NEEDED = tuple(
    name for name, shape in SHAPE.items() if not name.endswith("?") and not isinstance(shape, tuple)
)
"""Columns in which no record has a null."""

_TOLD = "session-harness"
"""The key of a parquet file's own notes under which ours stand."""

_NOTES = {"part": int, "record_schema": int, "rows": int, "first": str, "last": str, "open": int}

_RECORD = CompiledShape(SHAPE)
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half a surrogate pair as JSON escapes it, and what stands for a half of a whole one."""

AT_ONCE = 16_384
"""Rows of a piece that can be read by itself, and lines that are turned into columns together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPart:
    """A part that was looked at: it is whole, ours, and of this version."""

    path: Path
    rows: int
    columns: tuple[str, ...]
    """Fields that its records have."""
    first: str
    """Names its first record, see `asking`."""
    last: str
    open: int
    """Records that wait for what only all calls of the run can tell together."""


def asking(record: Mapping[str, Any]) -> str:
    """Names one asking of a trial: the same whatever is written into its record later on."""
    return digest([record["key"], record["started_at"]])


def write_part(path: Path, lines: Iterable[Sequence[bytes]], where: Where) -> None:
    """Write lines of records as a part, whole or not at all; it is on the disk when this returns.

    Args:
        path: The part; nothing stands there.
        lines: Whole lines, some at a time.
        where: The file that they come from, and the number of the first.

    Raises:
        FileError: A line is no record.
        OSError: It cannot be written.
    """
    found, number = [], where.line or 1
    for some in lines:
        for start in range(0, len(some), AT_ONCE):
            piece = some[start : start + AT_ONCE]
            found.append(_columns(piece, Where(file=where.file, line=number)))
            number += len(piece)
    write_frame(path, pl.concat(found))


def write_frame(path: Path, frame: pl.DataFrame) -> None:
    """Write rows as a part, whole or not at all, and to the disk.

    Args:
        path: The part; nothing stands there.
        frame: The columns of records, and `RAW`.

    Raises:
        OSError: It cannot be written.
    """
    ends = [next(as_records(frame[[at]], path)) for at in (0, -1)]
    told = {
        "part": FORMAT,
        "record_schema": RECORD_SCHEMA,
        "rows": frame.height,
        "first": asking(ends[0]),
        "last": asking(ends[1]),
        "open": frame.select(is_provisional().sum()).item(),
    }
    write_columns(path, frame, told)


def write_columns(path: Path, frame: pl.DataFrame, told: Mapping[str, object]) -> None:
    """Write a frame as parquet with our notes, whole or not at all, and to the disk.

    Raises:
        OSError: It cannot be written.
    """
    with whole(path) as beside, binary_sink(beside) as file:
        frame.write_parquet(
            file,
            compression="zstd",
            row_group_size=AT_ONCE,
            metadata={_TOLD: json.dumps(told)},
        )
        file.flush()
        os.fsync(file.fileno())


def is_provisional() -> pl.Expr:
    """Whether a record waits for what all calls tell together.

    One of before records said so does where one call alone has accused its server.
    """
    return pl.col("provisional").fill_null(pl.col("server_truncated")).fill_null(value=False)


def _columns(lines: Sequence[bytes], where: Where) -> pl.DataFrame:
    """Lines as rows, each with its line where the columns do not give it back.

    Raises:
        FileError: A line is no record.
    """
    try:
        frame = _read(lines)
        texts = pl.Series(RAW, [line.decode().rstrip("\n") for line in lines], dtype=pl.String)
    except (UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise _bad_line(lines, where) or FileError(where, str(error)) from None
    if frame.height != len(lines):
        raise _bad_line(lines, where) or FileError(where, "lines that are no records")
    full = pl.all_horizontal(pl.col(NEEDED).is_not_null())
    written = frame.select(pl.struct(pl.all()).struct.json_encode(), full.alias("full"))
    alike = (written.to_series(0) == texts) & written["full"]
    kept: list[str | None] = [None] * len(lines)
    for at in alike.not_().arg_true():
        here = Where(file=where.file, line=(where.line or 1) + at)
        _RECORD.conform(parse(lines[at], here), here, what="a record")
        if dump_line(frame.row(at, named=True)) != lines[at]:
            kept[at] = texts[at]
    return frame.with_columns(pl.Series(RAW, kept, dtype=pl.String))


def _read(lines: Sequence[bytes]) -> pl.DataFrame:
    """The columns of lines, as a scan of their file would give them."""
    try:
        return pl.read_ndjson(BytesIO(b"".join(lines)), schema=SCHEMA)
    except pl.exceptions.PolarsError:
        mended = b"".join(_well_formed(line) if _HALF.search(line) else line for line in lines)
        return pl.read_ndjson(BytesIO(mended), schema=SCHEMA)


def _well_formed(line: bytes) -> bytes:
    """A line without halves of surrogate pairs, which no column holds; as it is if not JSON."""
    try:
        return dump_line(json.loads(well_formed(json.dumps(json_of(line), ensure_ascii=False))))
    except ValueError:
        return line


def _bad_line(lines: Sequence[bytes], where: Where) -> FileError | None:
    """What is wrong with the first line that is no record; None where nothing is."""
    try:
        for number, line in enumerate(lines, start=where.line or 1):
            here = Where(file=where.file, line=number)
            _RECORD.conform(parse(line, here), here, what="a record")
    except FileError as error:
        return error
    return None


def open_part(path: Path) -> RecordPart:
    """A part, looked at.

    Raises:
        FileError: It is damaged, or no part of records.
        UsageError: It is of another version.
    """
    told, columns = part_notes(path, "part", "a part of a run's records"), columns_of(path)
    where = Where(file=str(path))
    problem = wrong(told, _NOTES)
    if problem is not None:
        raise FileError(where, f"not a part of a run's records: of its notes {problem}")
    for name, kind in SCHEMA.items():
        if columns.get(name, kind) != kind:
            found = f"column '{name}' is {columns[name]}, expected {kind}"
            raise FileError(where, f"not a part of a run's records: {found}")
    missing = [name for name in (*NEEDED, RAW) if name not in columns]
    if missing:
        raise FileError(where, f"not a part of a run's records: no column '{missing[0]}'")
    with readable_part(path):
        rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    if rows != told["rows"] or not rows:
        raise FileError(where, f"damaged: it holds {rows} records, and says {told['rows']}")
    return RecordPart(
        path=path,
        rows=rows,
        columns=tuple(name for name in columns if name != RAW),
        first=told["first"],
        last=told["last"],
        open=told["open"],
    )


def part_notes(path: Path, kind: str, what: str) -> dict[str, Any]:
    """What a parquet file of ours says of itself.

    Args:
        path: The file.
        kind: The key of its version: `part` or `settled`.
        what: What it should be, in words.

    Raises:
        FileError: It is damaged, or no file of ours.
        UsageError: It is of another version.
    """
    where = Where(file=str(path))
    with readable_part(path):
        kept = pl.read_parquet_metadata(path)
    try:
        told = json_of(kept[_TOLD])
        versions = (told[kind], told["record_schema"])
    except (KeyError, TypeError, ValueError):
        raise FileError(
            where, f"not {what}: session-harness did not write it; move it out of the run folder"
        ) from None
    if versions != (FORMAT, RECORD_SCHEMA):
        raise UsageError(
            f"{where.file}: version {shown(str(versions[0]), 20)} of records of version"
            f" {shown(str(versions[1]), 20)}, but this harness reads version {FORMAT} of records"
            f" of version {RECORD_SCHEMA}; use the session-harness that wrote it, or run again"
        )
    return dict(told)


def columns_of(path: Path) -> pl.Schema:
    """The columns of a parquet file.

    Raises:
        FileError: It is damaged.
    """
    with readable_part(path):
        return pl.scan_parquet(path).collect_schema()


def rows_of(part: RecordPart, only: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
    """The rows of a part, some at a time; with the lines that were kept.

    Args:
        part: The part.
        only: Columns that are asked for, where there are any; None for all.

    Raises:
        FileError: The part is damaged.
    """
    wanted = part.columns if only is None else [name for name in only if name in part.columns]
    for start in range(0, part.rows, AT_ONCE):
        with readable_part(part.path):
            piece = pl.scan_parquet(part.path).slice(start, AT_ONCE).select(*wanted, RAW).collect()
        refuse_nulls(piece, part.path)
        yield piece


def as_records(
    piece: pl.DataFrame, path: Path, only: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Rows as JSON holds them.

    Args:
        piece: Rows of a part.
        path: The part.
        only: Fields that are asked for, null where a record lacks one; None for all there are.

    Raises:
        FileError: A line that was kept is no record.
    """
    absent = {} if only is None else {name: None for name in only if name not in piece.columns}
    for row in piece.iter_rows(named=True):
        raw = row.pop(RAW)
        if raw is None:
            yield row | absent if absent else row
        elif only is None:
            yield _kept(raw, path)
        else:
            record = _kept(raw, path)
            yield {name: record.get(name) for name in only}


def _kept(raw: str, path: Path) -> dict[str, Any]:
    where = Where(file=str(path))
    record = parse(raw, where)
    _RECORD.conform(record, where, what="a record")
    return dict(record)


def refuse_nulls(piece: pl.DataFrame, path: Path) -> None:
    """Make sure that what every record has is there.

    Raises:
        FileError: It is not.
    """
    for name in NEEDED:
        if name in piece.columns and piece[name].null_count():
            raise FileError(
                Where(file=str(path)), f"not a part of a run's records: '{name}' is null in a row"
            )


@contextmanager
def readable_part(path: Path) -> Iterator[None]:
    """Name the file that cannot be read as parquet.

    Raises:
        FileError: It cannot.
    """
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise FileError(
            Where(file=str(path)),
            f"damaged, or no parquet: {shown(str(error).partition(chr(10))[0], 120)}; bring the"
            " file back from a copy of the run folder",
        ) from None
