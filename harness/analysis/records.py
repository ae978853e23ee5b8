"""Records as a polars frame: every type is written down, none is guessed.

Its one rule: only whole lines are read. A run that is still being written, or was killed in the
middle of a line, is read up to its last newline.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from harness.analysis.record_scan import scan_file, scan_run
from harness.core.errors import NothingSelectedError, UsageError
from harness.core.files import binary_sink
from harness.core.record import to_json
from harness.runs.folder.layout import PARTS, RECORDS
from harness.runs.folder.reader import holds_records, lines
from harness.runs.folder.record_columns import SCHEMA
from harness.runs.folder.record_part import readable_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.core.record import Record

Frame: TypeAlias = pl.DataFrame | pl.LazyFrame
"""Records, read or yet to be read."""

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
    found = {_source(Path(path)).resolve(): Path(path) for path in given}
    frames = [frame for path, shown in sorted(found.items()) for frame in _scanned(path, shown)]
    # a scan a file: the plan of a frame then names them all, see `_explained`
    frame = pl.concat(frames) if frames else pl.LazyFrame(schema=SCHEMA)
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
    runs = [path for path in found if path.name == RECORDS or holds_records(path)]
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


def collect(frame: Frame, *, piecewise: bool = False) -> pl.DataFrame:
    """The rows themselves, read now.

    Args:
        frame: Records.
        piecewise: Read and work on some rows at a time: what is dropped of them is never in memory
            all at once.

    Raises:
        UsageError: A line of a records file is no record.
    """
    with _explained(frame):
        return frame.lazy().collect(engine="streaming" if piecewise else "auto")


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
    except (pl.exceptions.ComputeError, pl.exceptions.PanicException) as error:
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
    for name in _SCANNED.findall(frame.lazy().explain(optimized=False)):
        path = Path(name)
        if path.suffix == ".parquet":
            with readable_part(path):
                pl.scan_parquet(path).select(pl.all().null_count()).collect()
            continue
        for _ in lines(path):
            pass


def _source(path: Path) -> Path:
    """A file of lines, or the folder of a run that has parts: its lines are only the last ones.

    Raises:
        UsageError: There are no records.
    """
    folder = path.parent if path.name == RECORDS else path
    if (folder / PARTS).is_dir() and holds_records(folder):
        return folder
    if path.is_dir():
        if not (path / RECORDS).is_file():
            raise UsageError(f"'{path}' holds no {RECORDS}; expected a run folder or the file")
        return path / RECORDS
    if not path.is_file():
        raise UsageError(f"'{path}' does not exist; expected a run folder or its {RECORDS}")
    return path


def _scanned(path: Path, shown: Path) -> list[pl.LazyFrame]:
    """The records of a source, a frame a file."""
    if path.is_dir():
        return scan_run(path, shown.parent if shown.name == RECORDS else shown)
    return [scan_file(path, shown)]
