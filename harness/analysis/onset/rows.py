"""What the estimator accepts as rows, and how it refuses the rest.

Its one rule: a row without a score is left out and counted; it never becomes a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from numbers import Real
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl

from harness.core.errors import UsageError

Rows: TypeAlias = pl.DataFrame | pl.LazyFrame | Iterable[Mapping[str, object]]
"""Columns or keys `session`, `fill` and `score`; `window_limit`, `arm`, `probe_kind`, `scenario`
and `guess` are read where they are, and any others are left alone."""

MAX_FILL = 2.0
"""Fills past this are taken for percentages or token counts, and refused."""

_NEEDED = ("session", "fill", "score")
_NUMBERS = ("fill", "score")
_MORE = {
    "window_limit": pl.Float64,
    "arm": pl.String,
    "counts": pl.String,
    "probe_kind": pl.String,
    "scenario": pl.String,
    "guess": pl.Float64,
}
_NEEDLE = "needle_only"
_SUREST = 0.99
"""Guessing is never worth more: nothing would be left to forget."""
_RECALL = ("recall", "update", "set")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The rows that an estimate is made of."""

    main: pl.DataFrame
    """session, fill and score of what was measured in sessions as they are."""
    n_excluded: int
    """Rows of the main arm without a score."""
    needle: pl.DataFrame | None
    """session and score of what was asked with nothing but the facts; None where nothing was."""
    window_tokens: int | None
    """The window that all rows name; None where none does, or they name several."""
    facts_tokens: float
    """Prompt of the longest scenario with nothing but its facts; 0 where that is not known."""
    guess: float = 0.0
    """What guessing is worth, in [0, 1): the mean over the rows; 0 where they do not say."""

    def with_needle(self, needle: pl.DataFrame | None, window_tokens: int | None) -> Scored:
        """The same rows with a witness that came by itself: session, fill, score, scenario."""
        if needle is None or needle.is_empty():
            return self
        return replace(
            self,
            needle=needle.select("session", "score"),
            facts_tokens=(window_tokens or self.window_tokens or 0) * _longest(needle),
        )


def read_rows(rows: Rows) -> Scored:
    """The rows of a run, apart by what they are: records of all arms may come together.

    Raises:
        UsageError: A column is missing, or a value is no number or out of its range.
    """
    if isinstance(rows, str | Path):
        raise UsageError(
            f"got the path {str(rows)!r}, expected rows; read them first:"
            f" harness.read_records({str(rows)!r})"
        )
    frame, n_excluded = scored(rows, more=tuple(_MORE))
    told = next((name for name in ("counts", "probe_kind") if name in frame.columns), None)
    if told is not None:
        about_recall = frame.filter(pl.col(told).is_in(_RECALL))
        frame = about_recall if about_recall.height else frame
    window_tokens = None
    if "window_limit" in frame.columns:
        named = frame["window_limit"].drop_nulls().unique()
        window_tokens = round(float(named[0])) if len(named) == 1 and named[0] >= 1 else None
    needle, facts_tokens = None, 0.0
    if "arm" in frame.columns:
        bare = frame.filter(pl.col("arm") == _NEEDLE)
        frame = frame.filter(pl.col("arm").fill_null("main") == "main")
        if not bare.is_empty():
            needle = bare.select("session", "score")
            facts_tokens = (window_tokens or 0) * _longest(bare)
    return Scored(
        main=frame.select(_NEEDED),
        n_excluded=n_excluded,
        needle=needle,
        window_tokens=window_tokens,
        facts_tokens=facts_tokens,
        guess=_guess(frame),
    )


def _guess(frame: pl.DataFrame) -> float:
    """The mean guess rate of the rows that tell one.

    Questions of several rates are fitted with their mean, which is exact where all of them are
    forgotten at one fill.
    """
    known = (
        frame["guess"].drop_nulls() if "guess" in frame.columns else pl.Series([], dtype=pl.Float64)
    )
    if known.is_empty():
        return 0.0
    return min(max(float(known.to_numpy().mean()), 0.0), _SUREST)


def together(rows: Iterable[Mapping[str, object]], needle_only: Rows) -> Rows:
    """Mappings of both arms in one list, so that their sessions keep their names."""
    if isinstance(needle_only, pl.DataFrame | pl.LazyFrame):
        needle_only = needle_only.lazy().collect().to_dicts()
    main = ({**row, "arm": row.get("arm", "main")} for row in rows)
    return [*main, *({**row, "arm": _NEEDLE} for row in needle_only)]


def _longest(bare: pl.DataFrame) -> float:
    """The largest over scenarios of the median fill."""
    if "scenario" not in bare.columns:
        return float(np.median(bare["fill"].to_numpy()))
    medians = bare.group_by("scenario").agg(pl.col("fill").median())
    return float(medians["fill"].to_numpy().max())


def scored(rows: Rows, *, more: tuple[str, ...] = ()) -> tuple[pl.DataFrame, int]:
    """The rows with a score (session, fill, score; floats), and how many had none.

    Args:
        rows: See `Rows`.
        more: Further columns that are kept where there are any. Rows of a control arm without a
            score are then not counted.

    Raises:
        UsageError: A column is missing, or a value is no number or out of its range.
    """
    if isinstance(rows, pl.DataFrame | pl.LazyFrame):
        frame = _from_frame(rows, more)
    else:
        frame = _from_rows(rows, more)
    unscored = frame.filter(pl.col("score").is_null())
    if "arm" in frame.columns:
        unscored = unscored.filter(pl.col("arm").fill_null("main") == "main")
    frame = frame.filter(pl.col("score").is_not_null())
    _refuse(frame, pl.col("session").is_null(), "session", "the name of the session")
    in_range = pl.col("fill").is_between(0.0, MAX_FILL) & pl.col("fill").is_not_nan()
    wanted = f"a fraction of the window between 0 and {MAX_FILL:g}"
    _refuse(frame, (~in_range).fill_null(value=True), "fill", wanted)
    in_range = pl.col("score").is_between(0.0, 1.0) & pl.col("score").is_not_nan()
    _refuse(frame, ~in_range, "score", "a number between 0 and 1, or None if it was not measured")
    return frame.drop("row"), unscored.height


def _refuse(frame: pl.DataFrame, bad: pl.Expr, name: str, wanted: str) -> None:
    found = frame.filter(bad)
    if not found.is_empty():
        row, value, many = found.item(0, "row"), found.item(0, name), found.height
        raise UsageError(f"Row {row}: {name} is {value}, expected {wanted} ({many} such rows)")


def _from_frame(rows: pl.DataFrame | pl.LazyFrame, more: tuple[str, ...]) -> pl.DataFrame:
    lazy = rows.lazy()
    schema = lazy.collect_schema()
    missing = [name for name in _NEEDED if name not in schema]
    if missing:
        raise UsageError(f"No column {missing[0]!r}; expected {', '.join(_NEEDED)}")
    for name in _NUMBERS:
        kind = schema[name]
        if not (kind.is_numeric() or kind in (pl.Boolean, pl.Null)):
            raise UsageError(f"Column {name!r} is of type {kind}, expected numbers")
    also = [pl.col(name).cast(_MORE[name], strict=False) for name in more if name in schema]
    numbers = pl.col(*_NUMBERS).cast(pl.Float64)
    return lazy.select("session", numbers, *also).with_row_index("row").collect()


def _from_rows(rows: Iterable[Mapping[str, object]], more: tuple[str, ...]) -> pl.DataFrame:
    codes: dict[object, int] = {}
    session: list[int | None] = []
    numbers: dict[str, list[float | None]] = {"fill": [], "score": []}
    others: dict[str, list[object]] = {name: [] for name in more}
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
        for key, values in others.items():
            values.append(row.get(key))
    kinds = {"session": pl.Int64, "fill": pl.Float64, "score": pl.Float64}
    frame = pl.DataFrame({"session": session, **numbers}, schema=kinds)
    found = [
        pl.Series(key, values, strict=False).cast(_MORE[key], strict=False)
        for key, values in others.items()
        if any(value is not None for value in values)
    ]
    return frame.with_columns(found).with_row_index("row")


def _number(value: object, name: str, row: int) -> float | None:
    if value is None:
        return None
    if not isinstance(value, Real):
        raise UsageError(f"Row {row}: {name} is {value!r}, expected a number")
    return float(value)
