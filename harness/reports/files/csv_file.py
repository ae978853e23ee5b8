"""Every curve as one long table of comma separated values, a point a line."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.analysis.summary.model import Summary
    from harness.reports.report_input import ReportInput

HEADER = (
    "run", "model", "window_limit", "policy", "memory", "layout", "axis", "from", "to", "at", "n",
    "sessions", "recall", "lo", "hi",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Csv:
    """The curves, with fractions as they are; an open end of a bin is empty."""

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Write the table."""
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(curve_rows(report.summary))


def curve_rows(summary: Summary) -> Iterator[tuple[object, ...]]:
    """The lines under `HEADER`."""
    for group in summary.groups:
        name = (
            cell(group.run or ""),
            cell(group.model),
            group.window_limit,
            cell(group.policy),
            cell(group.memory),
            cell(group.layout),
        )
        curves = (
            ("fill", group.by_fill),
            ("position", group.by_position),
            ("gap_tokens", group.by_gap),
        )
        for axis, points in curves:
            for point in points:
                share = point.share
                ends = (_short(value) for value in (point.start, point.end, point.at))
                recall = (_short(value) for value in (share.recall, share.lo, share.hi))
                yield (*name, axis, *ends, share.n, share.sessions, *recall)


def cell(text: str) -> str:
    """Text as a spreadsheet shows it: what would be taken for a formula begins with an apostrophe.

    >>> cell("=cmd()"), cell("openai/x")
    ("'=cmd()", 'openai/x')
    """
    return f"'{text}" if text[:1] in _FORMULA else text


_FORMULA = frozenset("\0=+-@\t\r\n|%＝＋－＠")
"""Characters with which programs begin to calculate."""


def _short(value: float | None) -> str:
    """A number in as few digits as six decimals need; nothing for None."""
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")
