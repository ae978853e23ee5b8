"""Looks into every line of a records file, once: its version, its types, and what still waits.

polars reads text where a number stands in place of one, and null where nothing stands. So each line
is decoded by its shape first, which takes a third of the time in which polars reads it. A line that
does not pass is parsed and looked into slowly, for the sentence that says what is wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from harness.core.errors import FileError, UsageError, Where
from harness.core.record import RECORD_SCHEMA, SHAPE
from harness.core.shapes import LARGEST, conform, json_of, parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import msgspec

_ANY_VERSION = {f"{name.removesuffix('?')}?": shape for name, shape in SHAPE.items()}
"""A record with whatever fields it has: those of before had fewer."""

_OURS = tuple(f'{{"schema":{space}{RECORD_SCHEMA},'.encode() for space in ("", " "))
"""How a line of this version begins, as the store writes it and as `json.dumps` does."""

_AT_ONCE = 64
"""Lines that are looked into in one go: what fits in a core's cache."""
_BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class Look:
    """What can be seen of a file of lines."""

    whole: bool
    """It ends with a newline; a torn last line is left out."""
    settled: bool
    """What only all calls of a run can tell together is written into its records."""


def look_into(path: Path, shown: Path) -> Look:
    """Make sure that each whole line of a file is a record of this version.

    Args:
        path: The file.
        shown: As its user calls it.

    Raises:
        UsageError: Its records are of another version.
        FileError: A line is no record, or has a field of another type.
    """
    whole, settled, before = True, True, 0
    with path.open("rb", buffering=_BUFFER) as file:
        while lines := list(islice(file, _AT_ONCE)):
            if not lines[-1].endswith(b"\n"):
                whole = False
                lines.pop()
            settled = _all_settled(lines, shown, before) and settled
            before += len(lines)
    return Look(whole=whole, settled=settled)


def _all_settled(lines: Sequence[bytes], shown: Path, before: int) -> bool:
    """Whether none of these lines waits for what all calls tell together."""
    from msgspec import DecodeError

    try:
        return not sum(map(_waits, map(_decoder().decode, lines)))  # each of them is decoded
    except (DecodeError, RecursionError):
        return _one_by_one(lines, shown, before)


def _waits(record: Any) -> bool:
    """Whether a record is provisional, or of before that was said and accuses a server."""
    if record.provisional is None:
        return record.server_truncated is True
    return bool(record.provisional)


def _one_by_one(lines: Sequence[bytes], shown: Path, before: int) -> bool:
    """The same of lines of which one at least is to be looked into slowly."""
    from msgspec import DecodeError

    settled = True
    for number, line in enumerate(lines, start=before + 1):
        if line.isspace():
            continue
        try:
            waits = _waits(_decoder().decode(line))
        except (DecodeError, RecursionError):
            waits = _waits(_looked_into(line, Where(file=str(shown), line=number)))
        settled = settled and not waits
    return settled


def _looked_into(line: bytes, where: Where) -> Any:
    """The same of a line that was not decoded, though it may be a record all the same."""
    if not line.startswith(_OURS):
        _check_version(line, where)
    record = parse(line, where)
    conform(record, _ANY_VERSION, where, what="a record")
    return SimpleNamespace(
        provisional=record.get("provisional"), server_truncated=record.get("server_truncated")
    )


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


@cache
def _decoder() -> msgspec.json.Decoder[Any]:
    """Decodes lines whose fields have the types of a record; later fields are skipped."""
    import msgspec

    whole = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)]
    types = {str: str, bool: bool, int: whole, float: whole | float}

    def of(shape: Any) -> Any:
        if isinstance(shape, tuple):
            return of(shape[0]) | None
        return list[of(shape[0])] if isinstance(shape, list) else types[shape]  # type: ignore[misc]

    fields = [
        (name.removesuffix("?"), of(shape), None)
        for name, shape in SHAPE.items()
        if name != "schema?"
    ]
    # a value that is given has its type, one that is missing is None
    version = ("schema", Literal[RECORD_SCHEMA])
    line = msgspec.defstruct("line", [version, *fields], gc=False)
    return msgspec.json.Decoder(line)
