"""Reads what a run folder holds: records, conversations, and what was sent.

Its one rule: a torn last line, which a killed writer left, is left out; any other damage is told
with its line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.core.errors import FileError, UsageError, Where
from harness.core.messages import Message
from harness.core.parts import content_from_json
from harness.runs.folder.layout import MESSAGES, RECORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

_HASH, _TRUNK = b'{"hash":"', b'{"trunk":"'


def records(folder: Path) -> Iterator[dict[str, Any]]:
    """Every record of a run, in the order in which they were made.

    Raises:
        FileError: A line that is whole is not a JSON object.
    """
    return lines(folder / RECORDS)


def latest_records(folder: Path) -> dict[str, dict[str, Any]]:
    """The last record of each key, in the order in which the keys were first met.

    Raises:
        FileError: A line that is whole is not a JSON object.
    """
    return {record["key"]: record for record in records(folder)}


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a JSON Lines file; a torn last one is left out.

    Raises:
        FileError: A line that is whole is not a JSON object.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.endswith(b"\n"):
                return
            try:
                value = json.loads(raw)
            except ValueError as error:
                raise FileError(Where(file=str(path), line=number), f"not JSON: {error}") from None
            if not isinstance(value, dict):
                raise FileError(
                    Where(file=str(path), line=number), "expected a JSON object on each line"
                )
            yield value


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
    return {line["hash"]: _message(line) for line in _lines_of(folders, _HASH, hashes)}


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
                        yield json.loads(line)
                    except ValueError:  # the last line of a run that is still being written
                        continue
