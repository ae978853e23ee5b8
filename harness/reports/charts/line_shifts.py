"""Lines that lie on one another are drawn side by side, so that each can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.reports.charts.figure_style import LINE_STEP

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALIKE = 2.5
"""Pixels by which lines differ that lie on one another."""
_MOSTLY = 0.8


def line_shifts(lines: Sequence[Sequence[tuple[float, ...]]], height: int) -> list[float]:
    """By how many per cent of recall each line is drawn beside where it is: mostly none."""
    bundles: list[list[int]] = []
    for i, line in enumerate(lines):
        alike = (held for held in bundles if _alike(line, lines[held[0]], height))
        bundle = next(alike, None)
        if bundle is None:
            bundles.append([i])
        else:
            bundle.append(i)
    shifts = [0.0] * len(lines)
    for bundle in bundles:
        for place, i in enumerate(bundle):
            shifts[i] = 100 / height * LINE_STEP * ((len(bundle) - 1) / 2 - place)
    return shifts


def _alike(a: Sequence[tuple[float, ...]], b: Sequence[tuple[float, ...]], height: int) -> bool:
    """Whether two lines lie on one another nearly everywhere."""
    import numpy as np

    if not a or not b:
        return False
    fills = [point[0] for point in a if b[0][0] <= point[0] <= b[-1][0]]
    own, other = (
        np.interp(fills, [point[0] for point in line], [point[1] for point in line])
        for line in (a, b)
    )
    return len(fills) > 0 and bool(np.mean(abs(own - other) * height < _ALIKE) > _MOSTLY)
