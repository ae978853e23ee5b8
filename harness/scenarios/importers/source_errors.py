"""What is wrong with a file that is to be imported, in words and with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.transcript import Skipped
from harness.scenarios.importers.entries import MOST_LEVELS

if TYPE_CHECKING:
    from harness.core.errors import Where


def stopped_at(error: Exception, piece: bytes) -> int:
    """Where in a piece the parser stopped: it quotes what stands around, and points into it."""
    _, _, rest = str(error).partition("\n")
    quoted, _, pointer = rest.partition("\n")
    around = quoted.lstrip()
    at = piece.decode("latin-1").replace("\n", " ").find(around) if around else -1
    return max(at, 0) + max(pointer.find("^") - len(quoted) + len(around), 0) if at >= 0 else 0


def parser_reason(error: Exception) -> str:
    """The first line of what the parser says."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    text = str(error).strip().partition("\n")[0].removeprefix("b'").partition("\\n")[0]
    text = text.removeprefix("parse error: ").removeprefix("lexical error: ").strip(" .")
    ended = "premature EOF" in text or "ncomplete" in text
    return "the file ends in the middle of a record" if ended else text or type(error).__name__


def damaged_line(where: Where, detail: str) -> Skipped:
    """A line that is no record."""
    return Skipped(what="damaged line", where=where, detail=detail, broken=True)


def too_deep(where: Where, number: int) -> Skipped:
    """A record that is nested deeper than is read."""
    detail = f"record {number} has more than {MOST_LEVELS} levels"
    return Skipped(what="record nested too deeply", where=where, detail=detail, broken=True)


def not_utf8(error: UnicodeDecodeError) -> str:
    """Which byte is none of UTF-8, and what to do."""
    return f"byte 0x{error.object[error.start]:02x} is not UTF-8; save the file as UTF-8"


def in_megabytes(size: int) -> str:
    """A number of bytes, as people say it."""
    return f"{size >> 20} MB"
