"""What every figure of a report looks like, on the page and as a picture: one specification.

Its one rule: a series differs from the others in colour, dash and mark at once, so that a figure is
read in grey and by the colour-blind too; and both drawers, the script of the page and the pictures,
take it from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.core.near_empty import LONG_TOKENS
from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.summary.model import CurveGroup

COLOURS = ("#0072b2", "#c8500a", "#00835f", "#b0548a", "#a87400", "#2b8cc4", "#30363c")
"""After Okabe and Ito (2008), https://jfly.uni-koeln.de/color/, without the yellow, and dark enough
to be told from paper at 3 : 1."""

DASHES = ((), (8, 3), (2, 3), (9, 3, 2, 3), (5, 5))
"""Lengths of strokes and gaps in pixels; empty is a whole line."""

MARKS = ("circle", "square", "triangle", "diamond", "cross", "down")

RAMP = (
    "#00204c", "#003171", "#1f406c", "#414d6b", "#575c6d", "#6c6d72", "#7f7c75", "#958f78",
    "#aea371", "#c9b765", "#e5cd51", "#ffe945",
)  # fmt: skip
"""Cividis (Nuñez, Anderton, Renslow 2018) from recall 0 to 1: even in grey."""

DARK = 0.55
"""Below this recall a cell is so dark that its text is white."""

FEW = 5
"""Cells of fewer probes are drawn pale and hatched, their value in brackets."""

FEW_OPACITY = 0.32

POINT_STEP = 5
"""Pixels between points of several series at one place: side by side, so that each is seen."""

LINE_STEP = 3.5
"""Pixels between lines that lie on one another."""

CROWD = 4
"""With more series than this in a panel the shaded bands would hide each other."""


def style() -> dict[str, Any]:
    """The specification as the script of the page reads it."""
    return {
        "dashes": [" ".join(map(str, dash)) for dash in DASHES],
        "marks": MARKS,
        "colours": len(COLOURS),
        "ramp": RAMP,
        "dark": DARK,
        "few": FEW,
        "fewOpacity": FEW_OPACITY,
        "pointStep": POINT_STEP,
        "lineStep": LINE_STEP,
        "crowd": CROWD,
        "long": LONG_TOKENS,
    }


def series_names(groups: Sequence[CurveGroup]) -> list[str]:
    """A name for each group: the model, and whatever else differs between groups."""
    parts = [(group.policy, group.memory, group.layout, fmt.run_label(group)) for group in groups]
    varied = [i for i in range(4) if len({part[i] for part in parts}) > 1]
    return [
        fmt.plain(", ".join([group.name or group.model, *(part[i] for i in varied if part[i])]))
        for group, part in zip(groups, parts, strict=True)
    ]


def onset_words(found: OnsetEstimate, window: int) -> str:
    """The onset in a few characters, in tokens too where the axis is one of tokens."""
    tokens = fmt.onset_tokens(found) if window > LONG_TOKENS else ""
    return f"{fmt.onset(found)}{', ' if tokens else ''}{tokens}"
