"""Writes files whole or not at all, and JSON by the line.

A reader, another process or a killed run never sees half of a file: it is written beside its place
and then moved there. What is no regular file (a device, a FIFO) keeps its place and is written to;
behind a symbolic link it is the file that is replaced, and never the link.
"""

from __future__ import annotations

import errno
import io
import json
import os
import shlex
import stat
import tempfile
from contextlib import contextmanager, suppress
from json.encoder import encode_basestring
from pathlib import Path
from secrets import token_hex
from typing import IO, TYPE_CHECKING, Any

from harness.core.errors import NoRoomError

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when there is no room, or no more is allowed."""


_LINES = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside this one to write to; it takes its place when all went well.

    Args:
        path: Where the file is to stand; its folder exists.

    Raises:
        OSError: The file cannot be written, for want of room too; what stood there still stands.
    """
    try:
        if _is_special(path):
            with tempfile.TemporaryDirectory() as folder:
                yield (beside := Path(folder, f"written{path.suffix}"))
                _pour(beside, path)
            return
        # the name is new and nobody's: a link that waits under a known one would be followed
        place = path.resolve()
        beside = place.with_name(f".{token_hex(6)}.tmp")
        mode = _new(beside, place)
        try:
            yield beside
            if not beside.is_dir():
                beside.chmod(mode)
            os.replace(beside, place)  # noqa: PTH105 - named as the rule has it
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
    except OSError as error:
        # named as its user knows it, and not as the file beside it
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None


class _Remembering(io.FileIO):
    """A file that takes all it is given, and keeps the error that it ends with."""

    failure: OSError | None = None

    def write(self, data: Any, /) -> int:
        """All of the bytes."""
        rest = memoryview(data).cast("B")
        whole_length = len(rest)
        try:
            while rest:
                rest = rest[super().write(rest) or 0 :]
        except OSError as error:
            self.failure = error
            raise
        return whole_length


@contextmanager
def binary_sink(path: Path) -> Iterator[IO[bytes]]:
    """A new file for a library that makes an error of its own of what the system says.

    Raises:
        OSError: The file cannot be written; as the system said it.
    """
    with _Remembering(path, "wb") as file:
        try:
            yield file
        except Exception:
            if file.failure is not None:
                raise file.failure from None
            raise


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file whole or not at all; text as UTF-8.

    Raises:
        OSError: It cannot be written, for want of room too; what stood there still stands.
    """
    body = data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data
    with whole(path) as beside:
        beside.write_bytes(body)


def write_in_run(path: Path, data: str) -> None:
    """Write a file of a run folder whole or not at all.

    Raises:
        NoRoomError: It cannot be written; the run goes on from what it has.
    """
    try:
        write_whole(path, data)
    except OSError as error:
        raise stopped_run(path, path.parent, error) from None


def stopped_run(path: Path, folder: Path, error: OSError) -> NoRoomError:
    """The sentence for a run one of whose files cannot be written any more."""
    what = f"{path}: {error.strerror}"
    return NoRoomError(
        f"{what}; what was recorded before is kept. Make room, then go on with:"
        f" harness run --resume {shlex.quote(str(folder))}",
        what,
    )


def dump_line(value: object) -> bytes:
    """A value as one line of JSON Lines in UTF-8, its newline included."""
    return _bytes_of(_LINES.encode(value))


def text_line(**texts: str) -> bytes:
    """`dump_line` of a mapping of names to texts, in a fifth of its time."""
    return _bytes_of(text_object(**texts))


def text_object(**texts: str) -> str:
    """The JSON of a mapping of names to texts.

    >>> text_object(role="user", content="Grüß Gott")
    '{"role":"user","content":"Grüß Gott"}'
    """
    said = ",".join([f'"{name}":{encode_basestring(text)}' for name, text in texts.items()])
    return f"{{{said}}}"


def _bytes_of(line: str) -> bytes:
    return line.encode("utf-8", "backslashreplace") + b"\n"  # half a pair as JSON escapes it


def _is_special(path: Path) -> bool:
    """Whether something stands there that is neither a file nor a folder."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _new(beside: Path, place: Path) -> int:
    """Make the file that is written to; the rights that it is to have in its place."""
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        return stat.S_IMODE(place.stat().st_mode)
    except OSError:
        return stat.S_IMODE(beside.stat().st_mode)


def _pour(written: Path, path: Path) -> None:
    """What was written, into a device or a FIFO."""
    with written.open("rb") as source, path.open("wb", buffering=0) as sink:
        while piece := source.read(1 << 20):
            while piece:
                piece = piece[sink.write(piece) :]
