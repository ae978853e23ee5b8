"""Every curve as one long table of comma separated values, a point a line."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.analysis.findings import Group, Summary
    from harness.analysis.frame import Frame

HEADER = (
    "run", "model", "window_limit", "policy", "memory", "layout", "axis", "from", "to", "at", "n",
    "sessions", "recall", "lo", "hi", "from_tokens", "to_tokens", "at_tokens",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Csv:
    """The curves, with fractions as they are; an open end of a bin is empty."""

    def write(self, summary: Summary, frame: Frame, path: Path, /) -> None:  # noqa: ARG002 - the plug's shape
        """Write the table."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(curve_rows(summary))


def curve_rows(summary: Summary) -> Iterator[tuple[object, ...]]:
    """The lines under `HEADER`."""
    for group in summary.groups:
        name = (
            group.run or "",
            group.model,
            group.window_limit,
            group.policy,
            group.memory,
            group.layout,
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
                tokens = (
                    _tokens(value, group.window_limit) if axis == "fill" else ""
                    for value in (point.start, point.end, point.at)
                )
                yield (*name, axis, *ends, share.n, share.sessions, *recall, *tokens)
        yield from onset_rows(name, group)


def onset_rows(name: tuple[object, ...], group: Group) -> Iterator[tuple[object, ...]]:
    """The onset and the lengths of a group: the axis says which, `at` is the fill."""
    found = group.onset
    told = [("onset", found.onset, found.lo, found.hi)]
    if found.lengths is not None:
        told += [
            (axis, length.fill, length.lo, length.hi)
            for axis, length in (
                ("length_ruler", found.lengths.ruler),
                ("length_nolima", found.lengths.nolima),
                ("half_life", found.lengths.half_life),
            )
        ]
    for axis, at, lo, hi in told:
        fills = (_short(value) for value in (lo, hi, at))
        tokens = (_tokens(value, group.window_limit) for value in (lo, hi, at))
        yield (*name, axis, *fills, found.n_probes, found.n_sessions, "", "", "", *tokens)


def _tokens(fill: float | None, window: int) -> str:
    return "" if fill is None else f"{fill * window:.0f}"


def _short(value: float | None) -> str:
    """A number in as few digits as six decimals need; nothing for None."""
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")
