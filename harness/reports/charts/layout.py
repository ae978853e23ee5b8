"""How large a picture and its letters are: for a slide, or for a column of a paper.

Its one rule: letters keep their size when the picture is set narrow. What there is less of is room,
so panels stand one under the other and names lose their middle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.core.errors import UsageError
from harness.reports.format import width as columns_of

MM = 96 / 25.4
"""Units of a drawing in a millimetre: CSS pixels."""

_UNITS = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72, "px": 25.4 / 96}
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(mm|cm|in|pt|px)\s*", re.IGNORECASE)
_LEAST_MM, _MOST_MM = 50, 1_000
_LETTER = 0.51
"""Of the size: the mean width of a letter in a sans-serif face."""
_AXIS = 50
"""Beside a panel, in units: tick labels and title, and half of the last label."""
_EDGE = 6
_WIDE_PANEL = 460
_READABLE = 235
"""The narrowest panel of which two stand side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Sizes of one picture, in units of 1/96 inch."""

    width_mm: float | None = None
    """Of the whole picture; None: as wide as two panels need."""
    font: str | None = None
    """Its family; None: a sans-serif face."""
    caption: bool = True
    """Whether its title, and what was measured and how, stand above it."""

    @property
    def size(self) -> float:
        """Of letters: 11 units for a screen, 7 points in a column."""
        return 11.0 if self.width_mm is None else 28 / 3

    @property
    def row(self) -> float:
        """The height of a line of text."""
        return round(self.size * 1.6, 1)

    @property
    def mark(self) -> float:
        """The area of a mark."""
        return 60.0 if self.width_mm is None else 34.0

    @property
    def gap(self) -> int:
        """Between panels."""
        return 30 if self.width_mm is None else 14

    @property
    def panel(self) -> int:
        """The width of a panel inside its axes."""
        if self.width_mm is None:
            return _WIDE_PANEL
        many = self.columns(2)
        return int((MM * self.width_mm - 2 * _EDGE - (many - 1) * self.gap) / many - _AXIS)

    @property
    def height(self) -> int:
        """The height of a panel of the curve."""
        return 280 if self.width_mm is None else max(120, round(0.58 * self.panel))

    def columns(self, most: int) -> int:
        """How many panels stand side by side."""
        if self.width_mm is None:
            return most
        room = MM * self.width_mm - 2 * _EDGE
        return max(1, min(most, int((room + self.gap) / (_READABLE + _AXIS + self.gap))))

    def width_of(self, words: str) -> float:
        """About how wide words are."""
        return _LETTER * self.size * columns_of(words)


SCREEN = Layout()


def fitted(layout: Layout, words: str, room: float) -> str:
    """The words, without their middle where they are wider than the room.

    >>> fitted(SCREEN, "reference/fading?onset=0.6", 100)
    'referenc…et=0.6'
    """
    if layout.width_of(words) <= room:
        return words
    kept = max(2, int(room / (_LETTER * layout.size)) - 1)
    head = (kept + 1) // 2
    return f"{words[:head]}…{words[len(words) - kept + head :]}"


def millimetres(text: str) -> float:
    """A length as it is written: '84mm', '3.3in', '240pt'.

    >>> millimetres("84mm"), millimetres("3.5 in")
    (84.0, 88.9)

    Raises:
        UsageError: It is no length, or none of a picture that could be read.
    """
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise UsageError(f"'{text}' is no width: give a number and a unit, such as 84mm or 3.3in")
    length = round(float(found[1]) * _UNITS[found[2].lower()], 3)
    if not _LEAST_MM <= length <= _MOST_MM:
        raise UsageError(f"a figure {text} wide cannot be read: give {_LEAST_MM}mm to {_MOST_MM}mm")
    return length
