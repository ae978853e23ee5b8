"""Kinds of text that tokenizers differ on: each has a ratio of its own between two of them.

What a scenario says is short, full of names and codes; its filler is prose. Code, and scripts other
than Latin, are told by their characters, whoever says them.
"""

from __future__ import annotations

from typing import Literal

TextKind = Literal["said", "filler", "code", "script"]

KINDS: tuple[TextKind, ...] = ("said", "filler", "code", "script")
"""Their order in `kind_tokens` of a record."""

_MARKS = b"{}[]();=<>_\\|"
_CODE = 0.05
"""Share of marks from which on a text is code; English prose has less than a hundredth."""
_OTHER = 1.3
"""UTF-8 bytes a character from which on a text is of another script: Latin letters with accents
have 1.1, Cyrillic 1.8, Korean and Chinese 2.5 and more."""


def text_kind_of(text: str, *, said: bool) -> TextKind:
    """The kind of a message.

    Args:
        text: Its content.
        said: Whether the scenario says it itself; else it is filler.

    >>> text_kind_of("The code is QF-4009.", said=True)
    'said'
    >>> text_kind_of("오늘 회의는 세 시입니다.", said=False)
    'script'
    """
    spelled = text.encode("utf-8", "surrogatepass")
    if not text.isascii() and len(spelled) >= _OTHER * len(text):
        return "script"
    marks = len(spelled) - len(spelled.translate(None, _MARKS))
    if marks and marks >= _CODE * len(text):
        return "code"
    return "said" if said else "filler"
