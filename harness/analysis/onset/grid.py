"""The grid of fills on which shapes and onsets live: even steps, or octaves below even steps.

Where the nearly empty window ends at a twentieth of it, steps are even. Where it ends earlier, as
in windows of more than 20,000 tokens, much happens in what even steps take for one: there steps
are equal parts of an octave until the even ones are finer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]

FINE = 0.0025
"""Even step, as a fill."""
OCTAVE = 24
"""Steps of an octave, where they are not even."""
EVEN_FROM = 0.05
"""The grid is even where the nearly empty window ends here or later."""

_EMPTY = 8  # steps inside a nearly empty window whose end is no multiple of the even step


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Fills at which something is told apart, and how to find one among them."""

    nodes: Floats
    """Ascending from 0."""
    first: int
    """Which of them is the end of the nearly empty window."""
    even: bool
    """Whether all steps are the same."""

    def index(self, fill: Floats | float) -> Floats:
        """Where fills stand among the nodes, between them in parts of a step."""
        if self.even:
            return np.asarray(fill) / FINE
        return np.asarray(np.interp(fill, self.nodes, np.arange(len(self.nodes))))

    def last(self, fill: float) -> int:
        """The first node that is not below a fill."""
        return min(round(float(np.ceil(self.index(fill) - 1e-6))), len(self.nodes) - 1)


@lru_cache(maxsize=8)
def grid(control: float, reach: float) -> Grid:
    """The grid for one design.

    Args:
        control: Where the nearly empty window ends, as a fill.
        reach: How far up the fills go.
    """
    top = round(reach / FINE) + 2
    if control >= EVEN_FROM - 1e-9:
        nodes = np.arange(top, dtype=np.float64) * FINE
        return Grid(nodes=nodes, first=round(control / FINE), even=True)
    ratio = 2.0 ** (1 / OCTAVE)
    even_from = FINE / (ratio - 1)
    count = max(int(np.ceil(np.log2(even_from / control) * OCTAVE)), 0)
    octaves = control * ratio ** np.arange(count + 1)
    begin = int(np.ceil(octaves[-1] / FINE + 0.5))
    empty = np.linspace(0, control, _EMPTY + 1)[:-1]
    nodes = np.concatenate((empty, octaves, np.arange(begin, top) * FINE))
    return Grid(nodes=nodes, first=_EMPTY, even=False)
