"""What the estimator accepts as rows, and how it refuses the rest.

Its one rule: a row without a score is left out and counted; it never becomes a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TypeAlias

import polars as pl

from harness.core.errors import UsageError

Rows: TypeAlias = pl.DataFrame | pl.LazyFrame | Iterable[Mapping[str, object]]
"""Columns or keys `session`, `fill` and `score`; any others are left alone."""

MAX_FILL = 2.0
"""Fills past this are taken for percentages or token counts, and refused."""

_NEEDED = ("session", "fill", "score")


def scored(rows: Rows) -> tuple[pl.DataFrame, int]:
    """The rows with a score (session, fill, score; floats), and how many had none.

    Raises:
        UsageError: A column is missing, or a value is no number or out of its range.
    """
    frame = _from_frame(rows) if isinstance(rows, pl.DataFrame | pl.LazyFrame) else _from_rows(rows)
    n_rows = frame.height
    frame = frame.filter(pl.col("score").is_not_null())
    _refuse(frame, pl.col("session").is_null(), "session", "the name of the session")
    in_range = pl.col("fill").is_between(0.0, MAX_FILL) & pl.col("fill").is_not_nan()
    wanted = f"a fraction of the window between 0 and {MAX_FILL:g}"
    _refuse(frame, (~in_range).fill_null(value=True), "fill", wanted)
    in_range = pl.col("score").is_between(0.0, 1.0) & pl.col("score").is_not_nan()
    _refuse(frame, ~in_range, "score", "a number between 0 and 1, or None if it was not measured")
    return frame.drop("row"), n_rows - frame.height


def _refuse(frame: pl.DataFrame, bad: pl.Expr, name: str, wanted: str) -> None:
    found = frame.filter(bad)
    if not found.is_empty():
        row, value, many = found.item(0, "row"), found.item(0, name), found.height
        raise UsageError(f"Row {row}: {name} is {value}, expected {wanted} ({many} such rows)")


def _from_frame(rows: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    lazy = rows.lazy()
    schema = lazy.collect_schema()
    missing = [name for name in _NEEDED if name not in schema]
    if missing:
        raise UsageError(f"No column {missing[0]!r}; expected {', '.join(_NEEDED)}")
    for name in ("fill", "score"):
        kind = schema[name]
        if not (kind.is_numeric() or kind in (pl.Boolean, pl.Null)):
            raise UsageError(f"Column {name!r} is of type {kind}, expected numbers")
    lazy = lazy.select("session", pl.col("fill", "score").cast(pl.Float64)).with_row_index("row")
    return lazy.collect()


def _from_rows(rows: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    codes: dict[object, int] = {}
    session: list[int | None] = []
    numbers: dict[str, list[float | None]] = {"fill": [], "score": []}
    for i, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise UsageError(f"Row {i} is of type {type(row).__name__}, expected a mapping")
        missing = [name for name in _NEEDED if name not in row]
        if missing:
            raise UsageError(f"Row {i}: no {missing[0]!r}; expected {', '.join(_NEEDED)}")
        name = row["session"]
        session.append(None if name is None else codes.setdefault(name, len(codes)))
        for key, column in numbers.items():
            column.append(_number(row[key], key, i))
    kinds = {"session": pl.Int64, "fill": pl.Float64, "score": pl.Float64}
    return pl.DataFrame({"session": session, **numbers}, schema=kinds).with_row_index("row")


def _number(value: object, name: str, row: int) -> float | None:
    if value is None:
        return None
    if not isinstance(value, Real):
        raise UsageError(f"Row {row}: {name} is {value!r}, expected a number")
    return float(value)
