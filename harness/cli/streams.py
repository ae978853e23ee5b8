"""Standard output and standard error, on which no text of a model or a file is obeyed."""

from __future__ import annotations

import io
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any, TextIO, cast

from harness.core.printable import printable

if TYPE_CHECKING:
    from harness.reports.terminal_style import TerminalStyle


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


def terminal_style() -> TerminalStyle:
    """The width of the terminal and whether it shows colours; plain where there is no terminal.

    `NO_COLOR` in the environment, or a terminal that is called dumb, turns the colours off.
    """
    from harness.reports.terminal_style import TerminalStyle

    if not sys.stdout.isatty():
        return TerminalStyle()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return TerminalStyle(shutil.get_terminal_size().columns, color=not plain)


def print_styled(text: str, style: TerminalStyle) -> None:
    """Print a report that was written in that style, its colours as they are.

    Only reports come here: what they quote of others holds nothing that a terminal obeys.
    """
    stream = sys.stdout
    if style.color and isinstance(stream, PrintableStream):
        stream.stream.write(text)
        stream.stream.flush()
    else:
        stream.write(text)
