"""The languages that texts are read and graded in: which there are, and what each writes its way.

Its one rule: a language is known or refused. What is not in the table is never read as English.
"""

from __future__ import annotations

from harness.core.languages.language import CODES, Code, Language
from harness.core.languages.table import TABLE

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
