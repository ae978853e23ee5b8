"""Finds the records of a run where they stand, lines or parts, and scans them lazily.

Its one rule: whatever a frame is read from, it holds the same records with the same values.
"""

from __future__ import annotations

from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.record_lines import Look, look_into
from harness.core.errors import FileError, Where
from harness.core.files import dump_line
from harness.core.shapes import json_of
from harness.runs.folder.layout import RECORDS
from harness.runs.folder.reader import lines, records_in
from harness.runs.folder.record_columns import SCHEMA
from harness.runs.folder.record_files import record_files
from harness.runs.folder.record_part import NEEDED, readable_part
from harness.runs.folder.settled_part import CHANGED, settled, settled_path
from harness.runs.meter.amend import JUDGED, Settlement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import IO

    from harness.runs.folder.record_files import RecordFiles
    from harness.runs.folder.record_part import RecordPart

_BLOCK = 1 << 18
"""Bytes of a file that are looked at in one go."""

_OF_NUMBERS = (pl.List(pl.Int64()), pl.List(pl.List(pl.Int64())))
"""Lists whose text says all that is in them."""


def scan_file(path: Path, shown: Path) -> pl.LazyFrame:
    """The records of a file of lines.

    Args:
        path: The file.
        shown: As its user calls it.

    Raises:
        UsageError: Its records are of another version.
        FileError: A line is no record, or has a field of another type.
    """
    return _scan(path, look_into(path, shown))


def scan_run(folder: Path, shown: Path) -> list[pl.LazyFrame]:
    """The records of a run folder that has parts, a frame a part and one of the tail.

    Args:
        folder: The run folder.
        shown: As its user calls it.

    Raises:
        UsageError: A part is missing, or of another version.
        FileError: A part is damaged, or a line is no record.
    """
    with record_files(folder) as files:
        _refuse_nulls(files.parts)
        tail, look = folder / RECORDS, Look(whole=True, settled=True)
        if files.tail is not None:
            look = look_into(tail, shown / RECORDS)
        if not (files.is_settled and look.settled):
            return list(_settled_now(files, folder))
        frames = [
            _scan_part(part, pl.scan_parquet(settled_path(part.path)) if is_settled else None)
            for part, is_settled in zip(files.parts, files.settled, strict=True)
        ]
        if files.tail is None:
            return frames
        if files.skip:
            return [*frames, _read(_lines_behind(files.tail, files.skip))]
        return [*frames, _scan(tail, look)]


def _scan_part(part: RecordPart, beside: pl.LazyFrame | None) -> pl.LazyFrame:
    """The records of a part, with what is settled of them in the place of their own values."""
    own = pl.scan_parquet(part.path)
    absent = [
        pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items() if name not in part.columns
    ]
    whole = own.with_columns(absent) if absent else own
    if beside is None:
        return whole.select(*SCHEMA)
    kept = [name for name in SCHEMA if name not in {*CHANGED, "provisional"}]
    both = pl.concat([whole.select(kept), beside.select(CHANGED)], how="horizontal")
    return both.with_columns(pl.lit(value=False).alias("provisional")).select(*SCHEMA)


def _settled_now(files: RecordFiles, folder: Path) -> Iterator[pl.LazyFrame]:
    """The records of a run that has not come to an end, settled by what they tell together now."""
    settlement = Settlement(records_in(files, folder, JUDGED))
    # what a run that goes on has written since then waits for the next reading
    known = islice(records_in(files, folder, JUDGED), len(settlement))
    changes = settlement.changes(known)
    for part in files.parts:
        yield _scan_part(part, pl.concat(settled(part, changes)).lazy())
    if files.tail is not None:
        rest = list(changes)
        behind = _lines_behind(files.tail, files.skip)
        yield _read(
            dump_line(json_of(line) | change) for line, change in zip(behind, rest, strict=False)
        )


def _lines_behind(tail: IO[bytes], skip: int) -> list[bytes]:
    """The whole lines behind the first so many."""
    tail.seek(0)
    return [line for line in islice(tail, skip, None) if line.endswith(b"\n")]


def _read(some: Iterable[bytes]) -> pl.LazyFrame:
    """Lines as rows, read now."""
    body = b"".join(some)
    if not body:
        return pl.LazyFrame(schema=SCHEMA)
    return pl.read_ndjson(BytesIO(body), schema=SCHEMA).lazy()


def _refuse_nulls(parts: Sequence[RecordPart]) -> None:
    """Make sure that what every record has is there; what a part notes of its columns tells it.

    Raises:
        FileError: It is not.
    """
    null = pl.any_horizontal(pl.col(NEEDED).is_null())
    for part in parts:
        with readable_part(part.path):
            found = pl.scan_parquet(part.path).filter(null).select(pl.len()).collect().item()
        if found:
            raise FileError(
                Where(file=str(part.path)),
                f"not a part of a run's records: {found:,} rows lack what every record has",
            )


def _scan(path: Path, look: Look) -> pl.LazyFrame:
    """The records of a file; settled now where its run has not come to an end."""
    if not look.settled:
        settlement = Settlement(lines(path))
        # what a run that goes on has written since then waits for the next reading
        amended = settlement.amended(islice(lines(path), len(settlement)))
        return _read(dump_line(record) for record in amended)
    return _scan_lines(path) if look.whole else _scan_whole_lines(path)


def _scan_lines(path: Path) -> pl.LazyFrame:
    """The records of a file that ends with a newline.

    To make a text of a list of numbers, and the list of the text, takes polars a tenth of the time
    in which it makes the list at once.
    """
    lists = {name: kind for name, kind in SCHEMA.items() if kind in _OF_NUMBERS}
    as_text = SCHEMA | dict.fromkeys(lists, pl.String())
    made = [pl.col(name).str.json_decode(kind) for name, kind in lists.items()]
    return pl.scan_ndjson(path, schema=as_text).with_columns(made)


def _scan_whole_lines(path: Path) -> pl.LazyFrame:
    """The records before the last newline, by a slower reader that can stop there."""
    lines = _whole_lines(path)
    record = pl.col("line").str.json_decode(pl.Struct(SCHEMA)).alias("record")
    return pl.scan_lines(path, name="line").head(lines).select(record).unnest("record")


def _whole_lines(path: Path) -> int:
    """How many lines of a file end with a newline."""
    found = 0
    with path.open("rb") as file:
        while chunk := file.read(_BLOCK):
            found += chunk.count(b"\n")
    return found
