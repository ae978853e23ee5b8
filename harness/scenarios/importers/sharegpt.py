"""ShareGPT and the many data sets of its form: `{"conversations": [{"from", "value"}]}`.

Whatever the list of turns is called (`conversations`, `conversation`, `dialogue`, `turns`, ...) and
whatever its turns call their speaker and text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.scenarios.importers.chat_turns import is_turn
from harness.scenarios.importers.chats import (
    CONVERSATIONS,
    inner,
    pair_of,
    read_chats,
    turns_of,
)
from harness.scenarios.importers.rows import begins, each
from harness.scenarios.importers.values import obj, seq

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample


@dataclass(frozen=True, slots=True)
class ShareGPT:
    """Conversations of `from` and `value`, or of other names; an array, a line or a row each."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether one of the first records has a list of turns."""
        return begins(sample, _holds)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file."""
        return each(
            source, _holds, _read, expected='{"conversations": [{"from": ..., "value": ...}]}'
        )


def _holds(value: object) -> bool:
    record = inner(obj(value))
    turns = bool(turns_of(record, CONVERSATIONS)) or pair_of(record) is not None
    return turns or bool(_collection(value))


def _collection(value: object) -> list[object]:
    """The records of a document that holds all of a file's conversations."""
    for key in ("conversations", "chats", "data", "sessions", "rows"):
        records = seq(obj(value).get(key))
        if records and any(turns_of(one, ("messages", *CONVERSATIONS)) for one in records[:5]):
            return records
    return []


def _read(row: Row) -> Iterator[Found]:
    records = _collection(row.value)
    if not records or is_turn(records[0]):
        yield from read_chats(row.value, row.number)
        return
    for number, record in enumerate(records, 1):
        yield from read_chats(record, number)
