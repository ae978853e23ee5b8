"""The languages that texts are read and graded in: which there are, and what each writes its way.

Its one rule: a language is known or refused. What is not in the table is never read as English.
"""

from __future__ import annotations

from typing import Literal, get_args

from harness.core.languages.table import TABLE, Language

Code = Literal[
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ar", "hi", "zh", "ja", "ko"
]
"""ISO 639 code of a language that can be graded."""

CODES: tuple[Code, ...] = get_args(Code)

__all__ = ["CODES", "Code", "Language", "language"]


def language(code: str) -> Language:
    """What is known of a language.

    Raises:
        ValueError: It is none of those that can be graded.

    >>> language("ko").name
    'Korean'
    """
    try:
        return TABLE[code]
    except KeyError:
        known = ", ".join(f"{found.code} ({found.name})" for found in TABLE.values())
        raise ValueError(f"language '{code}' is not known; expected one of {known}") from None
