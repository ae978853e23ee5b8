"""Reads what a run folder holds: records, conversations, and what was sent.

Its one rule: a torn last line, which a killed writer left, is left out; any other damage is told
with its line.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from harness.core.compiled_shapes import CompiledShape
from harness.core.errors import FileError, UsageError, Where
from harness.core.messages import Message
from harness.core.parts import content_from_json
from harness.core.record import SHAPE as RECORD
from harness.core.shapes import json_of, parse
from harness.runs.folder.layout import BATCHES, MESSAGES, PARTS, RECORDS, WRITINGS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.runs.folder.record_files import RecordFiles

_HASH, _TRUNK = b'{"hash":"', b'{"trunk":"'


def records(folder: Path, only: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """Every record of a run, in the order in which they were made: of its parts, then of its lines.

    Memory does not grow with their number. `only=("key", "status")` reads these columns of a part
    alone, which is some hundred times quicker.

    Args:
        folder: The run folder.
        only: Fields that are asked for, null where a record lacks one; None for all there are.

    Raises:
        FileError: A line that is whole is not a JSON object, or a part is damaged.
        UsageError: A part is of another version.
    """
    with _tail(folder / RECORDS) as tail:  # before one looks for parts: its lines stay in it
        if not (folder / PARTS).is_dir():
            yield from _only(_lines_of_file(tail, folder / RECORDS), only)
            return
    # here, since they bring polars, which a run of some thousand trials never needs
    from harness.runs.folder.record_files import record_files

    with record_files(folder) as files:
        yield from records_in(files, folder, only)


def records_in(
    files: RecordFiles, folder: Path, only: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """The records of files that are held open, as `records` gives them.

    Raises:
        FileError: A line that is whole is not a JSON object, or a part is damaged.
    """
    yield from records_in_parts(files, only)
    if files.tail is not None:
        files.tail.seek(0)
        behind = islice(_lines_of_file(files.tail, folder / RECORDS), files.skip, None)
        yield from _only(behind, only)


def records_in_parts(
    files: RecordFiles, only: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Those of them that stand in parts.

    Raises:
        FileError: A part is damaged.
    """
    from harness.runs.folder.record_part import as_records, rows_of
    from harness.runs.folder.settled_part import settled_records

    for part, is_settled in zip(files.parts, files.settled, strict=True):
        if is_settled:
            yield from settled_records(part, only)
            continue
        for piece in rows_of(part, only):
            yield from as_records(piece, part.path, only)


@contextmanager
def _tail(path: Path) -> Iterator[Iterable[bytes]]:
    """A file of lines, held open; none where there is no file."""
    with path.open("rb") if path.exists() else nullcontext(()) as file:
        yield file


def _only(found: Iterable[dict[str, Any]], names: Sequence[str] | None) -> Iterable[dict[str, Any]]:
    """The records with these fields alone."""
    if names is None:
        return found
    return ({name: record.get(name) for name in names} for record in found)


def latest_records(folder: Path, only: Sequence[str] | None = None) -> dict[str, dict[str, Any]]:
    """The last record of each key, in the order in which the keys were first met.

    Args:
        folder: The run folder.
        only: Fields that are asked for, `key` among them; None for all there are.

    Raises:
        FileError: A line that is whole is not a JSON object, or a part is damaged.
        UsageError: A part is of another version.
    """
    return {record["key"]: record for record in records(folder, only)}


def holds_records(folder: Path) -> bool:
    """Whether a folder holds records, as lines or in parts."""
    return bool(files_of_records(folder))


def files_of_records(folder: Path) -> list[Path]:
    """The files with a run's records that are there: parts in their order, then the lines."""
    tail = folder / RECORDS
    return [*sorted((folder / PARTS).glob("[!.]*.parquet")), *([tail] if tail.is_file() else [])]


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a JSON Lines file; a torn last one is left out.

    Raises:
        FileError: A line that is whole is not a JSON object.
    """
    with _tail(path) as file:
        yield from _lines_of_file(file, path)


def _lines_of_file(file: Iterable[bytes], path: Path) -> Iterator[dict[str, Any]]:
    for number, raw in enumerate(file, start=1):
        if not raw.endswith(b"\n"):
            return
        where = Where(file=str(path), line=number)
        value = parse(raw, where)
        if not isinstance(value, dict):
            raise FileError(where, "expected a JSON object on each line")
        _check(path.name, value, where)
        yield value


def _check(name: str, value: dict[str, Any], where: Where) -> None:
    """Make sure that a line is one of its file.

    Raises:
        FileError: It is not.
    """
    if name == MESSAGES:
        is_parts = isinstance(value.get("content"), list)
        shape = _PARTS_LINE if is_parts else _MESSAGE_LINE
        shape = _TRUNK_LINE if "trunk" in value else shape
        shape.conform(value, where, what="a message")
        if is_parts or value.get("role") == "tool":
            try:
                _message(value)
            except ValueError as error:
                raise FileError(where, f"not a message: {error}") from None
    elif name in _LINES:
        shape, what = _LINES[name]
        shape.conform(value, where, what=what)


_MESSAGE_LINE = CompiledShape({"hash": str, "role": str, "content": str})
_PARTS_LINE = CompiledShape({"hash": str, "role": str, "content": [{"type": str}]})
_TRUNK_LINE = CompiledShape({"trunk": str, "messages": [str]})
_CHOICE = {"seed": int, "fill": float, "position": float, "why": str}
_LINES: dict[str, tuple[CompiledShape, str]] = {
    RECORDS: (CompiledShape(RECORD), "a record"),
    WRITINGS: (
        CompiledShape({
            "key": str, "text": str, "finish_reason": (str, None), "prompt_tokens": (int, None),
            "completion_tokens": (int, None), "cost_usd": (float, None),
        }),
        "a text that a model wrote",
    ),
    BATCHES: (
        CompiledShape({"model": str, "window": int, "batch": int, "choices": [_CHOICE]}),
        "a batch of an adaptive run",
    ),
}  # fmt: skip
"""What the lines of each file look like, and what one is called."""


def sent_messages(folder: Path, record: Mapping[str, Any]) -> list[Message]:
    """Exactly the messages that a record's call was handed, the question last.

    Raises:
        UsageError: The run folder does not hold the conversation.
    """
    hashes: list[str] | None = None
    for line in lines(folder / MESSAGES):
        if line.get("trunk") == record["trunk"]:
            hashes = line["messages"]
    if hashes is None:
        raise UsageError(f"{folder / MESSAGES} does not hold conversation {record['trunk']}")
    wanted = [name for start, stop in record["view"] for name in hashes[start:stop]]
    needed = set(wanted)
    texts = {
        line["hash"]: _message(line)
        for line in lines(folder / MESSAGES)
        if line.get("hash") in needed
    }
    sent = [texts[name] for name in wanted]
    return sent if asks_in_view(record) else [*sent, Message("user", record["question"])]


def asks_in_view(record: Mapping[str, Any]) -> bool:
    """Whether the question stands in the view, since calls and results were sent behind it.

    Else it is the last message, and follows the view.
    """
    cut: int | None = record.get("cut_messages")
    return cut is not None and any(stop > cut for _, stop in record["view"])


def conversations(folders: Iterable[Path], trunks: Collection[str]) -> dict[str, list[str]]:
    """The names of the messages of each of these conversations that the run folders hold."""
    return {line["trunk"]: line["messages"] for line in _lines_of(folders, _TRUNK, trunks)}


def texts(folders: Iterable[Path], hashes: Collection[str]) -> dict[str, Message]:
    """The messages of these names that the run folders hold."""
    found: dict[str, Message] = {}
    for line in _lines_of(folders, _HASH, hashes):
        with suppress(ValueError):  # damaged, and so passed over
            found[line["hash"]] = _message(line)
    return found


def _message(line: Mapping[str, Any]) -> Message:
    """The message of a line of `messages.jsonl`."""
    return Message(line["role"], content_from_json(line["content"]))


def _lines_of(
    folders: Iterable[Path], start: bytes, wanted: Collection[str]
) -> Iterator[Mapping[str, Any]]:
    """The whole lines that begin so and go on with a wanted name; damaged ones are passed over.

    Only what is asked for is parsed: a file of gigabytes passes by.
    """
    names = {name.encode() for name in wanted}
    for folder in folders:
        path = folder / MESSAGES
        if not names or not path.is_file():
            continue
        with path.open("rb") as file:
            for line in file:
                if (
                    line.startswith(start)
                    and line[len(start) : line.find(b'"', len(start))] in names
                ):
                    try:
                        yield json_of(line)
                    except ValueError:  # a line still being written, or damaged
                        continue
