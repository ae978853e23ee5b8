"""Records as a polars frame: every type is written down, none is guessed.

Its one rule: only whole lines are read. A run that is still being written, or was killed in the
middle of a line, is read up to its last newline.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, fields
from glob import glob
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from harness.analysis.record_lines import check_lines
from harness.core.errors import FileError, NothingSelectedError, UsageError, Where
from harness.core.files import binary_sink, dump_line
from harness.core.record import RECORD_SCHEMA, to_json
from harness.core.record import Record as RecordFields
from harness.core.shapes import json_of
from harness.runs.folder.layout import RECORDS
from harness.runs.folder.reader import lines
from harness.runs.meter.amend import Settlement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.core.record import Record

Frame: TypeAlias = pl.DataFrame | pl.LazyFrame
"""Records, read or yet to be read."""

_TYPES: dict[str, pl.DataType] = {
    "str": pl.String(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "bool": pl.Boolean(),
}
"""By the annotation of a field; any other names one of several texts."""


def _type_of(annotation: str) -> pl.DataType:
    """The type of a column, by the annotation of its field in `Record`.

    >>> _type_of("float | None"), _type_of("tuple[tuple[int, int], ...]")
    (Float64, List(List(Int64)))
    """
    bare = annotation.removesuffix(" | None")
    if bare.startswith("tuple["):
        inner = bare.removeprefix("tuple[").removesuffix("]").removesuffix(", ...")
        inner = inner.partition(",")[0] if not inner.startswith("tuple[") else inner
        return pl.List(_type_of(inner))
    return _TYPES.get(bare, pl.String())


SCHEMA = pl.Schema({one.name: _type_of(str(one.type)) for one in fields(RecordFields)})
"""The type of each field of a record; fields of later versions are not read."""

_OURS = tuple(f'{{"schema":{space}{RECORD_SCHEMA},'.encode() for space in ("", " "))
"""How a line of this version begins, as the store writes it and as `json.dumps` does."""

_BLOCK = 1 << 18
"""Bytes of a file that are looked at in one go."""

_OPEN, _ACCUSED = (
    re.compile(rb'"%s": ?true' % name) for name in (b"provisional", b"server_truncated")
)

_SCANNED = re.compile(r"SCAN \[(.*)\]$", re.MULTILINE)
"""The file of a scan, in the plan of a frame."""


def read_records(paths: str | Path | Iterable[str | Path]) -> pl.LazyFrame:
    """The records of files and run folders, read lazily and in no particular order.

    Args:
        paths: `records.jsonl` files, or folders that hold one. A file met twice is read once.

    Raises:
        UsageError: A path does not exist, or its records are of another version.
        FileError: A line does not begin as a record does.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    files = {_records_file(Path(path)).resolve(): Path(path) for path in given}
    looks = {path: _check(path, shown) for path, shown in sorted(files.items())}
    for path, shown in sorted(files.items()):
        check_lines(path, shown, whole=looks[path].whole)
    # a scan a file: the plan of a frame then names them all, see `_explained`
    parts = [_scan(path, look) for path, look in looks.items()]
    frame = pl.concat(parts) if parts else pl.LazyFrame(schema=SCHEMA)
    # records of before there were variants are of the scenario's own prompt
    return frame.with_columns(pl.col("variant").fill_null(""))


def read_runs(pattern: str) -> pl.LazyFrame:
    """The records of every run folder that a glob pattern matches.

    Args:
        pattern: As a shell has it, `results/*`. Matches that hold no records are passed over.

    Raises:
        NothingSelectedError: No match holds records.
    """
    found = sorted(Path(path) for path in glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
    runs = [path for path in found if path.name == RECORDS or (path / RECORDS).is_file()]
    if not runs:
        raise NothingSelectedError(
            f"'{pattern}' matches no run folder with a {RECORDS}; `harness ls` lists the runs"
        )
    return read_records(runs)


def from_records(records: Iterable[Record]) -> pl.DataFrame:
    """Records in memory as a frame of the same types."""
    rows = [to_json(record) for record in records]
    columns = {name: [_as_list(row[name]) for row in rows] for name in SCHEMA}
    return pl.DataFrame(columns, schema=SCHEMA)


def _as_list(value: object) -> object:
    """A tuple as a list, and the tuples inside of it too: what polars takes for a list column."""
    return list(map(_as_list, value)) if isinstance(value, tuple) else value


def collect(frame: Frame) -> pl.DataFrame:
    """The rows themselves, read now.

    Raises:
        UsageError: A line of a records file is no record.
    """
    with _explained(frame):
        return frame.lazy().collect()


def write_parquet(frame: Frame, path: Path) -> None:
    """All rows with all fields, in their order, a piece at a time.

    Raises:
        UsageError: A line of a records file is no record.
    """
    with _explained(frame), binary_sink(path) as file:
        frame.lazy().select(*SCHEMA).sink_parquet(file, compression="zstd")


@contextmanager
def _explained(frame: Frame) -> Iterator[None]:
    """Name the file and the line that is no record, since polars names neither."""
    try:
        yield
    except pl.exceptions.ComputeError as error:
        _find_bad_line(frame)
        raise UsageError(
            f"a line of the records is not one: {error}; to find it:"
            f" python -m json.tool --json-lines RUN/{RECORDS} /dev/null"
        ) from error


def _find_bad_line(frame: Frame) -> None:
    """Read the files of a frame again, slowly, up to the first line that is not JSON.

    Raises:
        FileError: There is one.
    """
    from harness.runs.folder.reader import lines

    for path in _SCANNED.findall(frame.lazy().explain(optimized=False)):
        for _ in lines(Path(path)):
            pass


def _records_file(path: Path) -> Path:
    if path.is_dir():
        if not (path / RECORDS).is_file():
            raise UsageError(f"'{path}' holds no {RECORDS}; expected a run folder or the file")
        return path / RECORDS
    if not path.is_file():
        raise UsageError(f"'{path}' does not exist; expected a run folder or its {RECORDS}")
    return path


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
        body = b"".join(dump_line(record) for record in amended)
        return (
            pl.read_ndjson(BytesIO(body), schema=SCHEMA).lazy()
            if body
            else pl.LazyFrame(schema=SCHEMA)
        )
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
