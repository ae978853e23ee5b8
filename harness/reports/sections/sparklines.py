"""Small curves of letters: recall as the window fills, one line a group.

Its one rule: where nothing was probed there is no letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.core.near_empty import LONG_TOKENS, near_empty_fill
from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from harness.analysis.summary.model import CurveGroup

    Floats: TypeAlias = npt.NDArray[np.float64]

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
    what = "recall, 0 to 100 % (│ onset)"
    even = [one for one in drawn if one[0].window_limit <= LONG_TOKENS]
    if even:
        far = _far(group for group, _ in even)
        scale = f"0{'fill of the window':^{COLUMNS - 6}}{fmt.percent(far, 0):>5}"
        yield f"{what:<{_NAME + 9}} {scale}"
        yield from (_line(name, group, spark(group, far)) for group, name in even)
    for window in sorted(
        {group.window_limit for group, _ in drawn if group.window_limit > LONG_TOKENS}
    ):
        of_window = [one for one in drawn if one[0].window_limit == window]
        far = _far(group for group, _ in of_window)
        first = near_empty_fill(window)
        ends = (fmt.tokens(round(end * window)) for end in (first, far))
        low, high = (f"{end:{side}6}" for end, side in zip(ends, "<>", strict=True))
        yield f"{what:<{_NAME + 9}} {low}{'tokens, in octaves':^{COLUMNS - 12}}{high}"
        at = first * (far / first) ** ((np.arange(COLUMNS) + 0.5) / COLUMNS)
        yield from (_line(name, group, _letters(group, at)) for group, name in of_window)


def _far(groups: Iterable[CurveGroup]) -> float:
    return max(1.0, *(point.at for group in groups for point in group.by_fill))


def _line(name: str, group: CurveGroup, letters: str) -> str:
    return f"{fmt.fit_columns(fmt.model(name, _NAME), _NAME)} {group.window_limit:>8,} {letters}"


def spark(group: CurveGroup, far: float = 1.0) -> str:
    """Recall of a group from fill 0 to `far`, in `COLUMNS` letters; its onset upright."""
    return _letters(group, (np.arange(COLUMNS) + 0.5) * far / COLUMNS)


def _letters(group: CurveGroup, at: Floats) -> str:
    """A letter for each fill, as far as something was probed near it."""
    found = group.onset
    fills = [point.fill for point in found.curve] or [point.at for point in group.by_fill]
    recall = [point.recall for point in found.curve] or [p.share.recall for p in group.by_fill]
    first, last = min(point.at for point in group.by_fill), max(p.at for p in group.by_fill)
    steps = np.append(np.diff(at), at[-1] - at[-2])
    heights = np.interp(at, fills, recall)
    letters = [
        _LEVELS[min(int(height * len(_LEVELS)), len(_LEVELS) - 1)]
        if first - step <= x <= last + step
        else " "
        for x, height, step in zip(at, heights, steps, strict=True)
    ]
    if found.onset is not None:
        letters[int(np.argmin(np.abs(at - found.onset)))] = _ONSET
    return "".join(letters)
