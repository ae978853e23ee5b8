"""Finds the records of a run where they stand, lines or parts, and scans them lazily.

Its one rule: whatever a frame is read from, it holds the same records with the same values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.record_lines import check_lines
from harness.core.errors import FileError, UsageError, Where
from harness.core.files import dump_line
from harness.core.record import RECORD_SCHEMA
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

_OURS = tuple(f'{{"schema":{space}{RECORD_SCHEMA},'.encode() for space in ("", " "))
"""How a line of this version begins, as the store writes it and as `json.dumps` does."""

_BLOCK = 1 << 18
"""Bytes of a file that are looked at in one go."""

_OPEN, _ACCUSED = (
    re.compile(rb'"%s": ?true' % name) for name in (b"provisional", b"server_truncated")
)


def scan_file(path: Path, shown: Path) -> pl.LazyFrame:
    """The records of a file of lines.

    Args:
        path: The file.
        shown: As its user calls it.

    Raises:
        UsageError: Its records are of another version.
        FileError: A line does not begin as a record does.
    """
    look = _check(path, shown)
    check_lines(path, shown, whole=look.whole)
    return _scan(path, look)


def scan_run(folder: Path, shown: Path) -> list[pl.LazyFrame]:
    """The records of a run folder that has parts, a frame a part and one of the tail.

    Args:
        folder: The run folder.
        shown: As its user calls it.

    Raises:
        UsageError: A part is missing, or of another version.
        FileError: A part is damaged, or a line does not begin as a record does.
    """
    with record_files(folder) as files:
        _refuse_nulls(files.parts)
        tail, look = folder / RECORDS, _Look(whole=True, settled=True)
        if files.tail is not None:
            look = _check(tail, shown / RECORDS)
            check_lines(tail, shown / RECORDS, whole=look.whole)
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


@dataclass(frozen=True, slots=True)
class _Look:
    """What can be seen of a file without parsing it."""

    whole: bool
    """It ends with a newline."""
    settled: bool
    """What only all calls of a run can tell together is written into its records."""


def _scan(path: Path, look: _Look) -> pl.LazyFrame:
    """The records of a file; settled now where its run has not come to an end."""
    if not look.settled:
        settlement = Settlement(lines(path))
        # what a run that goes on has written since then waits for the next reading
        amended = settlement.amended(islice(lines(path), len(settlement)))
        return _read(dump_line(record) for record in amended)
    return pl.scan_ndjson(path, schema=SCHEMA) if look.whole else _scan_whole_lines(path)


def _check(path: Path, shown: Path) -> _Look:
    """What can be seen of a file; refuses records of another version.

    Every line is looked at, but only those that begin otherwise than ours are parsed.
    """
    settled = True
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            block += file.readline()
            if not _all_ours(block):
                _check_lines(block, shown, before=_lines(path, file.tell() - len(block)))
            settled = settled and not _OPEN.search(block) and not _accused_before(block)
            if not block.endswith(b"\n"):
                return _Look(whole=False, settled=settled)
    return _Look(whole=True, settled=settled)


def _accused_before(block: bytes) -> bool:
    """Whether records say of a server that it dropped text by what one call told alone."""
    return b'"provisional"' not in block and _ACCUSED.search(block) is not None


def _all_ours(block: bytes) -> bool:
    """Whether each line begins as ours do.

    JSON has no bare newline within a line, so that lines need not be cut to look at them; and to
    look for the next newline is much quicker than a regular expression.
    """
    start, size = 0, len(block)
    while start < size:
        if not block.startswith(_OURS, start):
            return False
        start = block.find(b"\n", start) + 1 or size
    return True


def _check_lines(block: bytes, shown: Path, *, before: int) -> None:
    for number, line in enumerate(BytesIO(block), start=before + 1):
        whole = line.endswith(b"\n") and not line.isspace()
        if whole and not line.startswith(_OURS):
            _check_version(line, Where(file=str(shown), line=number))


def _lines(path: Path, end: int) -> int:
    """Whole lines among the first bytes of a file."""
    found = 0
    with path.open("rb") as file:
        while chunk := file.read(min(_BLOCK, end - file.tell())):
            found += chunk.count(b"\n")
    return found


def _check_version(line: bytes, where: Where) -> None:
    try:
        version = json_of(line)["schema"]
    except (ValueError, TypeError, KeyError) as error:
        raise FileError(where, "this line is not a record of session-harness") from error
    if version != RECORD_SCHEMA:
        raise UsageError(
            f"{where.file}: records of version {version}, but this harness reads version"
            f" {RECORD_SCHEMA}; use the session-harness that wrote them, or run again"
        )


def _scan_whole_lines(path: Path) -> pl.LazyFrame:
    """The records before the last newline, by a slower reader that can stop there."""
    lines = _lines(path, path.stat().st_size)
    record = pl.col("line").str.json_decode(pl.Struct(SCHEMA)).alias("record")
    return pl.scan_lines(path, name="line").head(lines).select(record).unnest("record")
