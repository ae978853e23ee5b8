"""The fields of a record as columns of a frame: every type is written down, none is guessed."""

from __future__ import annotations

from dataclasses import fields

import polars as pl

from harness.core.record import Record

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


SCHEMA = pl.Schema({one.name: _type_of(str(one.type)) for one in fields(Record)})
"""The type of each field of a record; fields of later versions are not read."""
