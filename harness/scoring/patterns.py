"""Regular expressions of scenario authors, searched for in bounded time.

Its one rule: a pattern may take a time that is exponential in the length of a reply, so there is a
clock beside it. What it has not found by then is not known; it is not a miss.
"""

from __future__ import annotations

import re
import time
import warnings
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT_S = 0.5
"""Seconds for all patterns of one grading."""
TOO_SLOW = (
    f"The pattern was not through with the reply after {LIMIT_S} s: nothing was measured. Write it"
    " without one repetition inside another."
)


def check_pattern(pattern: str) -> None:
    """Refuse what is no regular expression of Python's.

    Raises:
        ValueError: It does not compile; the message says where.
    """
    try:
        re.compile(pattern)
        _compiled(pattern, ignore_case=False)
    except (re.error, regex.error, OverflowError, RecursionError, MemoryError) as error:
        told = str(error) or type(error).__name__
        raise ValueError(f"'{pattern}' is no regular expression: {told}") from error


def all_found(patterns: Iterable[str], text: str, *, ignore_case: bool = False) -> bool | None:
    r"""Whether each pattern is found in the text; None where the time was too short to tell.

    >>> all_found([r"\bdr[iy]"], "It is dry."), all_found(["(a+)+b"], "a" * 50_000)
    (True, None)
    """
    deadline = time.monotonic() + LIMIT_S
    for pattern in patterns:
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        try:
            if not _compiled(pattern, ignore_case=ignore_case).search(text, timeout=left):
                return False
        except (TimeoutError, MemoryError, RecursionError):
            return None
    return True


def _compiled(pattern: str, *, ignore_case: bool) -> regex.Pattern[str]:
    """The pattern, kept by the library for the next reply."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "possible nested set": it means a bracket, as in `re`
        return regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
