"""Writes files whole or not at all, and JSON by the line.

A reader, another process or a killed run never sees half of a file: it is written beside its place
and then moved there.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside this one to write to; it takes its place when all went well.

    Args:
        path: Where the file is to stand; its folder exists.

    Raises:
        OSError: The file cannot be moved to its place; what stood there still stands.
    """
    beside = path.with_name(f"{path.name}.tmp")
    try:
        yield beside
        os.replace(beside, path)  # noqa: PTH105 - named as the rule has it
    finally:
        beside.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file whole or not at all; text as UTF-8.

    Raises:
        OSError: It cannot be written; what stood there still stands.
    """
    body = data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data
    with whole(path) as beside:
        beside.write_bytes(body)


def dump_line(value: object) -> bytes:
    """A value as one line of JSON Lines in UTF-8, its newline included."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"  # half a pair as JSON escapes it
