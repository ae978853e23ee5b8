"""The first table in a terminal, at whatever width there is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.reports import format as fmt
from harness.reports.first_table import HEADER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.reports.first_table import FirstRow
    from harness.reports.terminal_style import TerminalStyle

_WIDE, _NARROW = 110, 76
"""From so many columns on each row is one line; below so many, columns stand below one another."""
_STACKED = (
    ("model",), ("window",), ("nearly_empty", "near_full"), ("onset",),
    ("lost_by", "cost", "latency"),
)  # fmt: skip
_SPARED = 62
"""Columns that the others take where each row takes several lines: the model has the rest."""
_SPARED_STACKED = 44
"""And where they stand below one another."""
_PARTS = re.compile(r"[^?&/ -]*[?&/ -]?")
_TO_RIGHT = frozenset({"window", "nearly_empty", "near_full"})
_STYLES = {"model": "bold", "onset": "yellow"}
_MOST_LINES = 3
"""What is longer than that loses its end."""


def first_table_lines(rows: Sequence[FirstRow], style: TerminalStyle) -> list[str]:
    """The table; no line is wider than the terminal."""
    groups = _STACKED if style.columns < _NARROW else tuple((name,) for name in HEADER)
    wide = style.columns >= _WIDE
    between = ", " if wide else "\n"
    heads = [",\n".join(HEADER[name] if wide else _short(name) for name in one) for one in groups]
    column = style.columns // 2
    if not wide:
        column = style.columns - (_SPARED_STACKED if groups is _STACKED else _SPARED)
    cells = [
        tuple("\n".join(_cell(row, name, between, column) for name in one) for one in groups)
        for row in rows
    ]
    named = {one[0]: head for one, head in zip(groups, heads, strict=True)}
    right = _TO_RIGHT if style.columns < _NARROW else _TO_RIGHT | {"cost", "latency"}
    return style.table(
        heads,
        cells,
        right={named[name] for name in right & named.keys()},
        folded=("model",),
        styles={named[name]: look for name, look in _STYLES.items()},
    )


def _short(name: str) -> str:
    """The head of a column in lines of one word."""
    return HEADER[name] if name == "lost_by" else HEADER[name].replace(" ", "\n")


def _cell(row: FirstRow, name: str, between: str, column: int) -> str:
    if name == "model":
        names = [
            fmt.model(text, _MOST_LINES * column) for text in (row.model, row.told_apart) if text
        ]
        return between.join(_broken(text, column) for text in names)
    if name == "onset":
        return between.join(onset_parts(row))
    return str(getattr(row, name))


def _broken(name: str, column: int) -> str:
    """A long name in lines that end where its parts do, as far as they can."""
    lines = [""]
    for part in _PARTS.findall(name):
        if lines[-1] and fmt.width(lines[-1] + part) > column:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.strip() for line in lines)


def onset_parts(row: FirstRow) -> list[str]:
    """The onset with its interval: in tokens, then in per cent; the verdict where there is none."""
    if row.verdict == "before":
        parts = [f"before {place}" for place in (row.onset_tokens, row.onset_percent)]
    elif row.verdict == "found":
        pairs = (
            (row.onset_tokens, row.interval_tokens), (row.onset_percent, row.interval_percent),
        )  # fmt: skip
        parts = [f"{place} ({ends})" for place, ends in pairs if place != fmt.NOTHING]
    else:
        parts = [row.verdict]
    return [*parts, *([row.aside] if row.aside else [])]
