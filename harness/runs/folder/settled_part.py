"""What all calls of a run told together of the records of a part: a parquet file beside the part.

The part itself stays as it was made, so that it is sent to a remote place once. A record is read
with what stands here in the place of its own values.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import polars as pl

from harness.core.errors import FileError, Where
from harness.core.record import RECORD_SCHEMA
from harness.runs.folder.layout import SETTLED
from harness.runs.folder.record_columns import SCHEMA
from harness.runs.folder.record_part import (
    AT_ONCE,
    FORMAT,
    as_records,
    columns_of,
    part_notes,
    readable_part,
    rows_of,
    write_columns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.runs.folder.record_part import RecordPart

METERED = "metered"
"""The column that says whether a meter could have read the call: only then is more told of it than
that nothing will be."""

_TOLD = (
    "fill", "prompt_tokens", "usage_source", "server_truncated", "dropped", "fact_dropped",
    "outcome",
)  # fmt: skip
CHANGED = (*_TOLD, "counts")
"""Columns that stand in the place of a part's own. None of its records is provisional any more."""

COLUMNS = pl.Schema({METERED: pl.Boolean()} | {name: SCHEMA[name] for name in CHANGED})


def settled_path(part: Path) -> Path:
    """Where what is settled of a part stands."""
    return part.with_name(part.stem + SETTLED)


def write_settled(part: RecordPart, changes: Iterator[Mapping[str, Any]]) -> None:
    """Write what is settled of a part, whole or not at all.

    Args:
        part: The part.
        changes: Of each of its records, and perhaps of more: what stands in the place of its own.

    Raises:
        FileError: The part is damaged.
        OSError: It cannot be written.
    """
    frame = pl.concat(settled(part, changes))
    told = {
        "settled": FORMAT,
        "record_schema": RECORD_SCHEMA,
        "rows": part.rows,
        "first": part.first,
        "last": part.last,
    }
    write_columns(settled_path(part.path), frame, told)


def settled(part: RecordPart, changes: Iterator[Mapping[str, Any]]) -> Iterator[pl.DataFrame]:
    """What is settled of a part, as columns, some rows at a time.

    Args:
        part: The part.
        changes: As for `write_settled`.

    Raises:
        FileError: The part is damaged.
    """
    for own in rows_of(part, CHANGED):
        some = list(islice(changes, own.height))
        metered = pl.Series(METERED, ["fill" in change for change in some], dtype=pl.Boolean)
        columns = [metered]
        for name in CHANGED:
            values = pl.Series(name, [one.get(name) for one in some], dtype=SCHEMA[name])
            changed = values.is_not_null() if name == "counts" else metered
            columns.append(values.zip_with(changed, _own(own, name)))
        yield pl.DataFrame(columns)


def _own(rows: pl.DataFrame, name: str) -> pl.Series:
    """A column of a part, null where older records have none."""
    if name in rows.columns:
        return rows[name]
    return pl.Series(name, [None], dtype=SCHEMA[name]).new_from_index(0, rows.height)


def has_settled(part: RecordPart) -> bool:
    """Whether something is settled of a part.

    Raises:
        FileError: What stands there is damaged, or is not about this part.
        UsageError: It is of another version.
    """
    path = settled_path(part.path)
    if not path.exists():
        return False
    told = part_notes(path, "settled", "what is settled of a part")
    about = (told.get("rows"), told.get("first"), told.get("last"))
    if about != (part.rows, part.first, part.last) or columns_of(path) != COLUMNS:
        raise FileError(
            Where(file=str(path)),
            f"not about {part.path.name}; remove it, and the next report works it out again",
        )
    return True


def settled_records(
    part: RecordPart, only: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """The records of a part with what is settled of them.

    Args:
        part: The part; something is settled of it.
        only: Fields that are asked for, null where a record lacks one; None for all there are.

    Raises:
        FileError: The part is damaged.
    """
    path = settled_path(part.path)
    start = 0
    for own in rows_of(part, only):
        with readable_part(path):
            beside = pl.scan_parquet(path).slice(start, AT_ONCE).collect()
        start += own.height
        records = as_records(own, part.path, only)
        for record, change in zip(records, beside.iter_rows(named=True), strict=True):
            yield record | _change(change, only)


def _change(row: dict[str, Any], only: Sequence[str] | None) -> dict[str, Any]:
    """What a row puts in the place of a record's own values."""
    counts = {"counts": row["counts"]}
    told = {name: row[name] for name in _TOLD} if row[METERED] else {}
    change = told | {"provisional": False} | counts
    return change if only is None else {k: v for k, v in change.items() if k in only}
