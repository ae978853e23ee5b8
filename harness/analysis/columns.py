"""The columns that a comparison needs, from a frame or from mappings, in the types of a record.

Its one rule: a value that cannot be read is refused with its run and column; it never becomes null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import polars as pl

from harness.analysis.records import collect
from harness.core.errors import UsageError
from harness.runs.folder.record_columns import SCHEMA

Rows: TypeAlias = pl.DataFrame | pl.LazyFrame | Iterable[Mapping[str, object]]
"""A frame or rows with the record fields; fields that are not asked for are left alone."""

Kind: TypeAlias = Literal["text", "whole number", "number", "yes or no"]

_KINDS: Mapping[pl.DataType, Kind] = {
    pl.String(): "text",
    pl.Int64(): "whole number",
    pl.Float64(): "number",
    pl.Boolean(): "yes or no",
}


def read_columns(
    rows: Rows,
    *,
    name: str,
    required: Sequence[str],
    optional: Sequence[str] = (),
    coded: bool = False,
) -> pl.DataFrame:
    """The asked-for columns, rows in the order in which they came.

    Args:
        rows: A polars frame or an iterable of mappings.
        name: What the messages call these rows.
        required: Columns that must be there; `session` may not be null where it is asked for.
        optional: Columns that are left out of the result where `rows` has none.
        coded: Leave texts that a frame holds as codes as they are.

    Raises:
        UsageError: A required column is missing, a value has the wrong type, a session has no
            name, or a score lies outside [0, 1].
    """
    if isinstance(rows, pl.DataFrame | pl.LazyFrame):
        frame = _from_frame(rows.lazy(), name, required, optional, coded=coded)
    else:
        frame = _from_mappings(rows, name, required, optional)
    if "session" in required and frame["session"].null_count():
        raise UsageError(f"{name}: session is null in {frame['session'].null_count()} rows")
    if "score" in required:
        _refuse_scores(frame, name)
    return frame


def _refuse_scores(frame: pl.DataFrame, name: str) -> None:
    bad = frame.filter(~pl.col("score").is_between(0.0, 1.0))
    if bad.height:
        raise UsageError(
            f"{name}: a score is {bad.item(0, 'score')}, expected a number between 0 and 1, "
            f"or null where it was not measured ({bad.height} such rows)"
        )


def _from_frame(
    rows: pl.LazyFrame,
    name: str,
    required: Sequence[str],
    optional: Sequence[str],
    *,
    coded: bool,
) -> pl.DataFrame:
    known = rows.collect_schema()
    _refuse_missing([column for column in required if column not in known], name, known)
    wanted = [column for column in (*required, *optional) if column in known]
    frame = collect(rows.select(wanted))
    return pl.DataFrame(
        [
            one if coded and one.dtype == pl.Categorical() else _cast(one, name)
            for one in frame.get_columns()
        ]
    )


def _from_mappings(
    rows: Iterable[Mapping[str, object]],
    name: str,
    required: Sequence[str],
    optional: Sequence[str],
) -> pl.DataFrame:
    kept = list(rows)
    for i, row in enumerate(kept):
        if not isinstance(row, Mapping):
            raise UsageError(f"{name}: row {i} is of type {type(row).__name__}, expected a mapping")
        _refuse_missing(
            [column for column in required if column not in row], f"{name}, row {i}", row
        )
    wanted = [*required, *(column for column in optional if any(column in row for row in kept))]
    return pl.DataFrame(
        [_series(column, [row.get(column) for row in kept], name) for column in wanted]
    )


def _refuse_missing(missing: Sequence[str], name: str, known: Iterable[str]) -> None:
    if missing:
        raise UsageError(f"{name}: no column '{missing[0]}'; there are: {', '.join(known)}")


def _series(column: str, values: Sequence[object], name: str) -> pl.Series:
    if SCHEMA[column] == pl.String():
        values = [value if value is None else str(value) for value in values]
    elif SCHEMA[column] == pl.Float64():
        # a boolean verdict is a score of 0 or 1, as it is in a frame
        values = [float(value) if isinstance(value, bool | int) else value for value in values]
    try:
        return pl.Series(column, values, dtype=SCHEMA[column], strict=True)
    except (TypeError, pl.exceptions.PolarsError) as error:
        raise _wrong(column, name) from error


def _cast(series: pl.Series, name: str) -> pl.Series:
    wanted = SCHEMA[series.name]
    if series.dtype == pl.String() and wanted != pl.String():
        # polars would parse the digits; a column of text is a file read with the wrong schema
        raise _wrong(series.name, name)
    try:
        cast = series.cast(wanted)
    except pl.exceptions.PolarsError as error:
        raise _wrong(series.name, name) from error
    if series.dtype.is_float() and wanted == pl.Int64() and not (cast == series).all():
        raise _wrong(series.name, name)  # polars would cut off the fraction
    return cast


def _wrong(column: str, name: str) -> UsageError:
    kind = _KINDS[SCHEMA[column]]
    return UsageError(f"{name}: column '{column}' holds something that is no {kind}")
