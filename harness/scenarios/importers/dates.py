"""Dates as data sets write them, so that sessions can be put in their order."""

from __future__ import annotations

import re
from datetime import date, datetime, time

_ISO = re.compile(
    r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"
    r"(?:\D{1,8}(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
)
_SPOKEN = re.compile(
    r"(?:(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*(?P<half>[ap]m)?\s+on\s+)?"
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?P<name>[A-Za-z]{3})[a-z]*\.?,?\s+(?P<year>\d{4})",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOON = 12


def when(text: str) -> datetime | None:
    """The time that a text names, without its zone; None where it names none.

    >>> when("2023/05/20 (Sat) 02:57"), when("1:56 pm on 8 May, 2023"), when("some day")
    (datetime.datetime(2023, 5, 20, 2, 57), datetime.datetime(2023, 5, 8, 13, 56), None)
    """
    found = _ISO.search(text)
    month = int(found["month"]) if found else 0
    if found is None:
        found = _SPOKEN.search(text)
        if found is None or found["name"].lower() not in _MONTHS:
            return None
        month = _MONTHS.index(found["name"].lower()) + 1
    parts = found.groupdict()
    hour = int(parts["hour"] or 0)
    half = (parts.get("half") or "").lower()
    if half:
        hour = hour % _NOON + _NOON * (half == "pm")
    try:
        day = date(int(parts["year"]), month, int(parts["day"]))
        return datetime.combine(day, time(hour, int(parts["minute"] or 0)))
    except ValueError:
        return None


def by_date(dates: list[str]) -> list[int]:
    """The order of sessions by their dates; as they stand, where one of them has none."""
    times = [when(date) for date in dates]
    order = list(range(len(dates)))
    known = [time for time in times if time is not None]
    return sorted(order, key=lambda at: known[at]) if len(known) == len(times) else order
