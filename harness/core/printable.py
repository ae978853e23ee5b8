r"""Text of models and files made fit for where it goes: a file of UTF-8, a terminal, one line.

Its one rule: what is changed is replaced by something that shows it, never dropped in silence.
"""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"
"""Stands for half a pair of surrogates, as a decoder would write it."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and new line, delete, C1: they begin sequences
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the direction of what follows
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # annotations and tags: text that nobody sees
    "\ud800-\udfff\u2028\u2029]"
)
_PICTURES = 0x2400
"""Where Unicode keeps a picture of each control character."""
_DELETE, _PICTURE_OF_DELETE = 0x7F, "\u2421"
_FIRST_PRINTABLE = 0x20


def well_formed(text: str) -> str:
    r"""The text as UTF-8 can hold it: half a pair of surrogates becomes the replacement character.

    >>> well_formed("a\ud800b") == "a\ufffdb", well_formed("\U0001f44d") == "\U0001f44d"
    (True, True)
    """
    return _SURROGATE.sub(REPLACEMENT, text)


def printable(text: str) -> str:
    r"""The text with nothing in it that a terminal obeys; new lines and tabs stay.

    >>> printable("dry\x1b[31m\x07")
    'dry␛[31m␇'
    """
    return text if text.isascii() and text.isprintable() else _CONTROL.sub(_picture, text)


def escaped(json_text: str) -> str:
    r"""JSON with what a terminal obeys, or nobody sees, written as JSON escapes it.

    >>> escaped('{"a": "\x9b31m"}')
    '{"a": "\\u009b31m"}'
    """
    return _CONTROL.sub(_escape, json_text)


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    pairs = (units[i : i + 2].hex() for i in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs)


def shown(text: str, most: int = 80) -> str:
    r"""The text on one line as a sentence can quote it: printable, and not longer than that.

    >>> shown("a\n\tb" + "c" * 90, 9)
    'a bccccc…'
    """
    line = printable(" ".join(text[: 4 * most].split()))
    whole = len(text) <= 4 * most and len(line) <= most
    return line if whole else f"{line[: most - 1]}…"


def _picture(match: re.Match[str]) -> str:
    """A character that shows which one stood here."""
    code = ord(match[0])
    if code < _FIRST_PRINTABLE:
        return chr(_PICTURES + code)
    return _PICTURE_OF_DELETE if code == _DELETE else REPLACEMENT


def how_many(n: int, noun: str) -> str:
    """How many of something, in the right number.

    >>> how_many(1, "run"), how_many(1200, "run")
    ('1 run', '1,200 runs')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
