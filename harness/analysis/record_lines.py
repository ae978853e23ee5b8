"""Looks into every line of a records file: where polars meets another type it reads null.

A line that is written as the store writes one is told by patterns, which polars runs over a million
lines in seconds; the few others, and those of older records, are parsed and looked into one by one.
"""

from __future__ import annotations

import operator
from functools import cache, reduce
from itertools import count
from typing import TYPE_CHECKING, Any

import polars as pl

from harness.core.errors import Where
from harness.core.record import SHAPE
from harness.core.shapes import conform, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ANY_VERSION = {f"{name.removesuffix('?')}?": shape for name, shape in SHAPE.items()}
"""A record with whatever fields it has: those of before had fewer."""

_TYPES = {
    str: r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"',
    int: r"-?[0-9]{1,18}",
    float: r"-?[0-9]{1,18}(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?",
    bool: r"(?:true|false)",
}
"""How JSON writes a value of a type, and never one of another; unusual numbers are left out."""

_FIELDS = 8
"""Fields of one pattern: one for all of a record has more states than the library keeps."""


def check_lines(path: Path, shown: Path, *, whole: bool) -> None:
    """Make sure that each line of a file has the types of a record.

    Args:
        path: The file.
        shown: As its user calls it.
        whole: Whether it ends with a newline; a torn last line is left out.

    Raises:
        FileError: A line has a field of another type.
    """
    others: Iterator[int]
    try:
        found = (
            pl.scan_lines(path, name="line")
            .with_row_index("at")
            .filter(~_as_written())
            .select("at")
            .collect()["at"]
        )
        others = iter(found)
    except pl.exceptions.ComputeError:  # not UTF-8 somewhere
        others = count()
    _look_into(path, shown, others, whole=whole)


def _look_into(path: Path, shown: Path, numbers: Iterator[int], *, whole: bool) -> None:
    """Parse the lines of these numbers, counted from 0."""
    wanted = next(numbers, None)
    if wanted is None:
        return
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if number != wanted:
                continue
            if not line.isspace() and (whole or line.endswith(b"\n")):
                where = Where(file=str(shown), line=number + 1)
                conform(parse(line, where), _ANY_VERSION, where, what="a record")
            wanted = next(numbers, None)
            if wanted is None:
                return


def _as_written() -> pl.Expr:
    """Whether a line is a record as the store writes it."""
    line = pl.col("line")
    return reduce(operator.and_, (line.str.contains(pattern) for pattern in _patterns()))


@cache
def _patterns() -> tuple[str, ...]:
    """Patterns of some fields each, one after the other; the last field of one begins the next.

    A key in quotes never stands in a text, whose quotes are escaped.
    """
    names = [name.removesuffix("?") for name in SHAPE]
    each = [
        f'"{name}": ?{_pattern(shape)}' for name, shape in zip(names, SHAPE.values(), strict=True)
    ]
    each[0], each[-1] = rf"^\{{{each[0]}", rf"{each[-1]}\}}$"
    starts = range(0, len(each) - 1, _FIELDS)
    return tuple(", ?".join(each[start : start + _FIELDS + 1]) for start in starts)


def _pattern(shape: Any) -> str:
    if isinstance(shape, tuple):
        return f"(?:null|{_pattern(shape[0])})"
    if isinstance(shape, list):
        inner = _pattern(shape[0])
        return rf"\[(?:{inner}(?:, ?{inner})*)?\]"
    return _TYPES[shape]
