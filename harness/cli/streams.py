"""Standard output and standard error, on which no text of a model or a file is obeyed."""

from __future__ import annotations

import io
import sys
from typing import Any, TextIO, cast

from harness.core.printable import printable


class PrintableStream:
    """A stream that shows control characters in place of sending them to a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write what can be printed of a text."""
        return self.stream.write(printable(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def speak_plainly() -> None:
    """Let no character that a terminal or a pipe cannot take end the command, and none rule it."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
        if not isinstance(stream, PrintableStream):
            setattr(sys, name, cast("TextIO", PrintableStream(stream)))


def screen() -> TextIO:
    """Standard error as it is, for a bar that moves the cursor itself."""
    stream = sys.stderr
    return stream.stream if isinstance(stream, PrintableStream) else stream
