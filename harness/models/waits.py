"""How long a provider asks to wait before the next call: in its headers, else in its words.

Its one rule: a wait that cannot be read is none, and never a guess.
"""

from __future__ import annotations

import email.utils
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SECONDS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6}
_UNIT = (
    r"(?:(?P<d>days?|d)|(?P<h>hours?|hrs?|h)|(?P<ms>milliseconds?|millis|msecs?|ms)"
    r"|(?P<us>microseconds?|us|µs)|(?P<m>minutes?|mins?|m)|(?P<s>seconds?|secs?|s))(?![a-z])"
)
_PART = re.compile(rf"(\d{{1,9}}(?:\.\d{{1,9}})?)\s{{0,2}}{_UNIT}", re.IGNORECASE)
_JOIN = re.compile(r"\s{0,2}(?:,|and|und)?\s{0,2}", re.IGNORECASE)
_ISO_DURATION = re.compile(r"\APT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?\Z")
_NUMBER = re.compile(r"\+?\d{1,15}(?:\.\d{1,9})?")

_ASKED = re.compile(
    r"(?:re-?try|try(?:ing)? (?:it |your request )?again|wait|back ?off|available again)"
    r"[^\d\n]{0,24}",
    re.IGNORECASE,
)
"""Words before a wait."""

_ASKED_OUTRIGHT = re.compile(
    r"(?:re-?try[-_ ]?(?:after|in|delay)|try again (?:in|after)|wait(?: for)?)(?:[-_ ]?seconds)?"
    r"[\"']?\s{0,2}[:=]?\s{0,2}[\"']?(\d{1,9}(?:\.\d{1,9})?)(?=[\"'\s.,;)}\]]|\Z)",
    re.IGNORECASE,
)
"""A wait without a unit, which is in seconds."""

_DATE = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})"
)
_RESET = re.compile(r"rate-?limit.*reset|reset.*rate-?limit")
_IN_ONE = re.compile(r"(?:\breset|\bt)=(\d{1,9})")
"""The reset in the one header of the IETF's draft: `limit=10, remaining=0, reset=30`."""

_EPOCH_S, _EPOCH_MS = 1e9, 1e12
"""Numbers beyond these are dates."""

_READ = 4000


def retry_after_s(error: BaseException, text: str, now_s: float | None) -> float | None:
    """How long the provider asks to wait, in seconds; None where it does not say.

    Args:
        error: What the call raised.
        text: What it says.
        now_s: Seconds since the epoch, to read what is a date.
    """
    every = list(_headers(error))
    for headers in every:
        for name in ("retry-after-ms", "x-ms-retry-after-ms"):
            milliseconds = _number(headers.get(name))
            if milliseconds is not None:
                return milliseconds * _SECONDS["ms"]
        for name in ("retry-after", "x-retry-after"):
            told = _span(headers.get(name), now_s)
            if told is not None:
                return told
    said = asked_in_words(text, now_s)
    if said is not None:
        return said
    return next((wait for wait in (_reset(headers, now_s) for headers in every) if wait), None)


def duration_s(text: str) -> float | None:
    """A span of time as people and providers write it, in seconds; None for anything else.

    >>> duration_s("9m38s"), duration_s("1h2m3.5s"), duration_s("2 hours and 5 minutes")
    (578.0, 3723.5, 7500.0)
    >>> duration_s("250ms"), duration_s("PT1M30S"), duration_s("soon")
    (0.25, 90.0, None)
    """
    text = text.strip()
    iso = _ISO_DURATION.match(text)
    if iso is not None:
        hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return hours * _SECONDS["h"] + minutes * _SECONDS["m"] + seconds
    return _leading_s(text, 0)


def _leading_s(text: str, at: int) -> float | None:
    """The span of time that begins there."""
    total = None
    part = _PART.match(text, at)
    while part is not None:
        unit = next(name for name, found in part.groupdict().items() if found)
        total = (total or 0.0) + float(part[1]) * _SECONDS[unit]
        joint = _JOIN.match(text, part.end())
        part = _PART.match(text, joint.end() if joint else part.end())
    return total


def asked_in_words(text: str, now_s: float | None) -> float | None:
    """The wait that a text asks for, in seconds; None where it asks for none."""
    text = text[:_READ]
    for asked in _ASKED.finditer(text):
        found = _leading_s(text, asked.end())
        if found is not None:
            return found
        date = _DATE.match(text, asked.end())
        # the day of the week and the like stand before the first digit
        date = date or _DATE.search(text, asked.start(), asked.end() + 40)
        if date is not None:
            return _until(date[0], now_s)
    outright = _ASKED_OUTRIGHT.search(text)
    return float(outright[1]) if outright is not None else None


def _reset(headers: Mapping[str, Any], now_s: float | None) -> float | None:
    """When the limit that is used up is lifted; of several that may be meant, the soonest."""
    waits: list[float] = []
    used_up: list[float] = []
    for name, value in headers.items():
        in_one = _IN_ONE.search(str(value)) if name == "ratelimit" else None
        if in_one is not None:
            waits.append(float(in_one[1]))
        if _RESET.search(name) is None:
            continue
        wait = _span(value, now_s)
        if wait is None:
            continue
        waits.append(wait)
        if _number(headers.get(name.replace("reset", "remaining"))) == 0.0:
            used_up.append(wait)
    return max(used_up) if used_up else min(waits, default=None)


def _span(value: object, now_s: float | None) -> float | None:
    """A header's value, in seconds from now: a number, a span of time, or a date."""
    if value is None:
        return None
    number = _number(value)
    if number is None:
        found = duration_s(str(value))
        return found if found is not None else _until(str(value), now_s)
    if number < _EPOCH_S:
        return number
    then_s = number / 1000.0 if number >= _EPOCH_MS else number
    return None if now_s is None else max(0.0, then_s - now_s)


def _headers(error: BaseException) -> Iterator[Mapping[str, Any]]:
    """Every set of response headers that hangs on the error, names in lower case."""
    for holder in (error, getattr(error, "response", None)):
        for name in ("headers", "litellm_response_headers"):
            headers = getattr(holder, name, None)
            if headers is not None and hasattr(headers, "items"):
                yield {
                    str(key).lower().removeprefix("llm_provider-"): value
                    for key, value in headers.items()
                }


def _number(value: object) -> float | None:
    """A header's value as a number that is no less than zero."""
    found = _NUMBER.fullmatch(str(value).strip())
    number = float(found[0]) if found is not None else math.inf
    return number if math.isfinite(number) else None


def _until(date: str, now_s: float | None) -> float | None:
    """Seconds from now to a date, of the web or of ISO 8601; 0 when it has passed."""
    if now_s is None:
        return None
    try:
        then = email.utils.parsedate_to_datetime(date)
    except (TypeError, ValueError, IndexError):
        try:
            then = datetime.fromisoformat(date.strip())
        except ValueError:
            return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max(0.0, then.timestamp() - now_s)
