"""Parts of conversations out of `messages.jsonl`, without reading all of it into memory.

Its one rule: only lines that are asked for are parsed; a file of gigabytes passes by.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.core.messages import Message
from harness.runs.store import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

_HASH, _TRUNK = b'{"hash":"', b'{"trunk":"'


def conversations(folders: Iterable[Path], trunks: Collection[str]) -> dict[str, list[str]]:
    """The names of the messages of each of these conversations that the run folders hold."""
    return {line["trunk"]: line["messages"] for line in _lines(folders, _TRUNK, trunks)}


def texts(folders: Iterable[Path], hashes: Collection[str]) -> dict[str, Message]:
    """The messages of these names that the run folders hold."""
    return {
        line["hash"]: Message(line["role"], line["content"])
        for line in _lines(folders, _HASH, hashes)
    }


def _lines(
    folders: Iterable[Path], start: bytes, wanted: Collection[str]
) -> Iterator[Mapping[str, Any]]:
    """The whole lines that begin so and go on with a wanted name; damaged ones are passed over."""
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
