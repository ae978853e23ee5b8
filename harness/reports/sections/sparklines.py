"""Small curves of letters: recall as the window fills, one line a group.

Its one rule: where nothing was probed there is no letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.analysis.summary.model import CurveGroup

COLUMNS = 40
"""Of each curve."""

_LEVELS = "▁▂▃▄▅▆▇█"
_ONSET = "│"
_NAME = 28


def sparks(groups: Sequence[CurveGroup], names: Sequence[str]) -> Iterator[str]:
    """A heading with its scale, and one line for each group that was measured; 80 columns at most.

    Args:
        groups: The groups.
        names: What each is called; too long ones are cut.
    """
    drawn = [(group, name) for group, name in zip(groups, names, strict=True) if group.by_fill]
    if not drawn:
        return
    far = max(1.0, *(point.at for group, _ in drawn for point in group.by_fill))
    scale = f"0{'fill of the window':^{COLUMNS - 6}}{fmt.percent(far, 0):>5}"
    yield f"{'recall, 0 to 100 % (│ onset)':<{_NAME + 9}} {scale}"
    for group, name in drawn:
        shown = fmt.fit(fmt.model(name, _NAME), _NAME)
        yield f"{shown} {group.window_limit:>8,} {spark(group, far)}"


def spark(group: CurveGroup, far: float = 1.0) -> str:
    """Recall of a group from fill 0 to `far`, in `COLUMNS` letters; its onset upright."""
    found = group.onset
    fills = [point.fill for point in found.curve] or [point.at for point in group.by_fill]
    recall = [point.recall for point in found.curve] or [p.share.recall for p in group.by_fill]
    first, last = min(point.at for point in group.by_fill), max(p.at for p in group.by_fill)
    step = far / COLUMNS
    at = (np.arange(COLUMNS) + 0.5) * step
    heights = np.interp(at, fills, recall)
    letters = [
        _LEVELS[min(int(height * len(_LEVELS)), len(_LEVELS) - 1)]
        if first - step <= x <= last + step
        else " "
        for x, height in zip(at, heights, strict=True)
    ]
    if found.onset is not None:
        letters[min(int(found.onset / step), COLUMNS - 1)] = _ONSET
    return "".join(letters)
