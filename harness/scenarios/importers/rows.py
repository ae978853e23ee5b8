"""Files in which each record is one conversation, as most exports are.

Its one rule: a record of another shape is told of, and the others are read all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.transcript import Row
from harness.scenarios.importers.values import shapeless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

    Tells = Callable[[object], bool]
    """Says whether a record is a conversation of the format."""


def begins(sample: Sample, is_one: Tells) -> bool:
    """Whether one of the first records of a file is a conversation of the format."""
    return any(is_one(row) for row in sample.rows)


def each(
    source: ImportSource, is_one: Tells, read: Callable[[Row], Iterable[Found]], *, expected: str
) -> Iterator[Found]:
    """What the records of a file hold, one after the other.

    Args:
        source: The file.
        is_one: Says whether a record is a conversation of the format.
        read: What one holds, and what is left out of it.
        expected: What it should have looked like.
    """
    for row in source.rows():
        if not isinstance(row, Row):
            yield row
        elif not is_one(row.value):
            yield shapeless(row, expected)
        else:
            yield from read(row)


def take_in(
    source: ImportSource, is_one: Tells, take: Callable[[Row], object], *, expected: str
) -> Iterator[Found]:
    """What is left out of a file whose records are parts of a conversation, each taken in.

    Args:
        source: The file.
        is_one: Says whether a record is a part.
        take: Is handed each of them.
        expected: What it should have looked like.
    """

    def read(row: Row) -> Iterable[Found]:
        take(row)
        return ()

    return each(source, is_one, read, expected=expected)
