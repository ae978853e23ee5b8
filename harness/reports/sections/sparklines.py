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
"""Of each curve, in a terminal of 80 columns or more."""
_NARROW = 24
"""Of each curve in a narrower one."""

_LEVELS = "▁▂▃▄▅▆▇█"
_ONSET = "│"
_HEADINGS = ("recall, 0 to 100 % (│ onset)", "recall (│ onset)")
_BESIDE = 10
"""Columns of the window and the spaces between."""
_LONGEST_NAME = 48


def sparks(
    groups: Sequence[CurveGroup], names: Sequence[str], columns: int = fmt.COLUMNS
) -> Iterator[str]:
    """A heading with its scale, and one line for each group that was measured.

    Args:
        groups: The groups.
        names: What each is called; too long ones are cut.
        columns: The most that a line may take.
    """
    drawn = [(group, name) for group, name in zip(groups, names, strict=True) if group.by_fill]
    if not drawn:
        return
    wide = COLUMNS if columns >= fmt.COLUMNS else _NARROW
    name = min(columns - wide - _BESIDE, _LONGEST_NAME, max(fmt.width(one) for _, one in drawn))
    name = max(name, len(_HEADINGS[-1]) - _BESIDE + 1)
    what = next((one for one in _HEADINGS if len(one) < name + _BESIDE), _HEADINGS[-1])
    for title, at, some in _scales(drawn, wide):
        yield f"{what:<{name + _BESIDE - 1}} {title}"
        for group, called in some:
            shown = fmt.fit_columns(fmt.model(called, name), name)
            yield f"{shown} {group.window_limit:>8,} {_letters(group, at)}"


def _scales(
    drawn: Sequence[tuple[CurveGroup, str]], wide: int
) -> Iterator[tuple[str, Floats, list[tuple[CurveGroup, str]]]]:
    """Curves that share a scale: its title, the fills of its letters, and the groups."""
    even = [one for one in drawn if one[0].window_limit <= LONG_TOKENS]
    if even:
        far = _far(group for group, _ in even)
        title = f"0{'fill of the window':^{wide - 6}}{fmt.percent(far, 0):>5}"
        yield title, _even(far, wide), even
    for window in sorted(
        {group.window_limit for group, _ in drawn if group.window_limit > LONG_TOKENS}
    ):
        of_window = [one for one in drawn if one[0].window_limit == window]
        far = _far(group for group, _ in of_window)
        first = near_empty_fill(window)
        ends = (fmt.tokens(round(end * window)) for end in (first, far))
        low, high = (f"{end:{side}6}" for end, side in zip(ends, "<>", strict=True))
        words = "tokens, in octaves" if wide == COLUMNS else "in octaves"
        at = first * (far / first) ** ((np.arange(wide) + 0.5) / wide)
        yield f"{low}{words:^{wide - 12}}{high}", at, of_window


def _far(groups: Iterable[CurveGroup]) -> float:
    return max(1.0, *(point.at for group in groups for point in group.by_fill))


def _even(far: float, wide: int) -> Floats:
    at: Floats = (np.arange(wide) + 0.5) * far / wide
    return at


def spark(group: CurveGroup, far: float = 1.0) -> str:
    """Recall of a group from fill 0 to `far`, in `COLUMNS` letters; its onset upright."""
    return _letters(group, _even(far, COLUMNS))


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
