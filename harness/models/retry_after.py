"""How long a provider asks to wait before the next call: in its headers, else in its words.

Its one rule: a wait that cannot be read is none, and never a guess.
"""

from __future__ import annotations

import email.utils
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAIT = re.compile(
    r"""(?:try\ again\ in|retry\ (?:in|after)|retry[-_]?(?:after|delay)["']?\s*[:=]?)\s*["']?
        (?:(\d+)m(?!s))?\s*(?:(\d+(?:\.\d+)?)\s*(ms|s\b|sec|["'}]|$|,))?""",
    re.IGNORECASE | re.VERBOSE,
)
_MILLI = 1000.0


def retry_after_s(error: BaseException, text: str, now_s: float | None) -> float | None:
    """How long the provider asks to wait, in seconds; None where it does not say.

    Args:
        error: What the call raised.
        text: What it says.
        now_s: Seconds since the epoch, to read a header that is a date.
    """
    for headers in _headers(error):
        milliseconds = _number(headers.get("retry-after-ms"))
        if milliseconds is not None:
            return milliseconds / _MILLI
        told = headers.get("retry-after")
        seconds = _number(told)
        if seconds is None and told and now_s is not None:
            seconds = _until(str(told), now_s)
        if seconds is not None:
            return seconds
    found = _WAIT.search(text)
    if found is None or not (found[1] or found[2]):
        return None
    seconds = float(found[2] or 0)
    if (found[3] or "").lower() == "ms":
        seconds /= _MILLI
    return 60.0 * int(found[1] or 0) + seconds


def _headers(error: BaseException) -> list[Mapping[str, Any]]:
    """Every set of response headers that hangs on the error, names in lower case."""
    found: list[Mapping[str, Any]] = []
    for holder in (error, getattr(error, "response", None)):
        for name in ("headers", "litellm_response_headers"):
            headers = getattr(holder, name, None)
            if headers is not None and hasattr(headers, "items"):
                found.append({str(key).lower(): value for key, value in headers.items()})
    return found


def _number(value: object) -> float | None:
    """A header's value as a number that is no less than zero."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if 0.0 <= number < float("inf") else None


def _until(date: str, now_s: float) -> float | None:
    """Seconds from now to an HTTP date; 0 when it has passed."""
    try:
        then = email.utils.parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
    return max(0.0, then.timestamp() - now_s)
