"""From rows to counts: probes gathered by session and by bin of fill.

Its one rule: the counts do not know the order of the rows nor the names of the sessions. Sums are
therefore of integers (scores and fills in units of 2**-32), which add up the same in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import polars as pl

from harness.analysis.onset.grid import EVEN_FROM, FINE, Grid, grid
from harness.analysis.value_codes import value_codes

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]
    Integers: TypeAlias = npt.NDArray[np.int64]

BIN = 5
"""Largest width of a bin of fills in fine steps, where there are too many levels to keep apart."""
OCTAVE_BIN = 3
"""The same on a grid of octaves."""
NARROWEST = 2
"""Smallest width of a bin in fine steps."""
FULL = 0.01
"""A bin is full with this share of the probes past the controls: where they lie close together, as
around an onset that was looked for, bins are narrow, and so is what an interval is rounded to."""
MAX_LEVELS = 60
"""With at most so many distinct fills each is kept as it is."""
PLATEAU_SHARE = 0.1
"""Without controls the plateau is read from this lowest share of the probes."""

_UNIT = 2.0**32
_MANY = 10_000
"""Fills that are looked at first, to see whether there are few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """All that the estimator knows of a run. Bin 0 holds the control probes."""

    n: Floats
    """Probes in each bin, shape (bins,); none is empty."""
    k: Floats
    """Sum of their scores, shape (bins,)."""
    fill: Floats
    """Their mean fill, shape (bins,)."""
    weights: Floats
    """How the probes of a bin lie on the fine grid, shape (bins, fine); rows sum to 1."""
    grid: Grid
    """The fine grid, up to the largest fill and a little further."""
    edges: Floats
    """Ascending fills between which nothing is told apart: the levels, the edges of bins, or
    the steps of octaves."""
    session: Integers
    """Session of each (session, bin) cell, numbered without meaning; shape (cells,)."""
    cell_bin: Integers
    """Bin of each cell, shape (cells,)."""
    cell_n: Floats
    """Probes in each cell, shape (cells,)."""
    cell_k: Floats
    """Sum of scores in each cell, shape (cells,)."""
    control: float
    """The fill up to which probes count as controls; a node of the grid."""
    has_controls: bool
    """False where no probe lay in the control zone asked for: `control` is then a makeshift."""
    max_fill: float
    """The largest fill that was scored."""

    @property
    def n_probes(self) -> int:
        """Scored probes."""
        return round(float(self.n.sum()))

    @property
    def n_sessions(self) -> int:
        """Sessions with at least one scored probe."""
        return int(self.session.max()) + 1


def gather(frame: pl.DataFrame, *, control: float) -> Cells:
    """Counts by session and by bin.

    Args:
        frame: At least one row of session, fill and score; no nulls, no NaN.
        control: Where the nearly empty window ends, as a fill.
    """
    fill = frame["fill"].to_numpy()
    has_controls = bool(fill.min() <= control)
    if not has_controls:
        last = max(int(np.ceil(PLATEAU_SHARE * len(fill))), 1) - 1
        control = float(np.partition(fill, last)[last])
    if control >= EVEN_FROM - 1e-9:
        control = float(np.ceil(round(control / FINE, 6)) * FINE)
    fine = grid(control, reach(float(fill.max())))
    upper = _upper_edges(frame["fill"], control, fine)
    where = np.searchsorted(upper, fill, side="left")
    kept = np.flatnonzero(np.bincount(where, minlength=len(upper)) + (np.arange(len(upper)) == 0))
    edges = _edges(upper, kept, fine, levels=len(upper) - 1 <= MAX_LEVELS)
    number = np.zeros(len(upper), dtype=np.int64)
    number[kept] = np.arange(len(kept))
    where = number[where]
    n, k, cells = _count(frame, where, len(kept))
    weights = _spread(fill, where, n, fine)
    return Cells(
        n=n,
        k=k,
        fill=weights @ fine.nodes[: weights.shape[1]],
        weights=weights,
        grid=fine,
        edges=edges,
        session=cells.session,
        cell_bin=cells.bin,
        cell_n=cells.n.astype(np.float64),
        cell_k=cells.k / _UNIT,
        control=control,
        has_controls=has_controls,
        max_fill=float(fill.max()),
    )


def reach(max_fill: float) -> float:
    """How far up a dictionary for such fills goes: the window, or quarters of it past its end."""
    return float(max(1.0, np.ceil(max_fill / 0.25 - 1e-9) * 0.25))


def _upper_edges(fill: pl.Series, control: float, fine: Grid) -> Floats:
    """Upper ends of the bins; the first is the control zone, and every bin is open below."""
    values = fill.to_numpy()
    # where the first of them tell that there are many, the others need not be put in order
    past = _levels(values[:_MANY], control)
    if len(past) <= MAX_LEVELS:
        past = _levels(values, control)
    if len(past) > MAX_LEVELS:
        past = _full_bins(values, control, fine)
        past[-1] = max(past[-1], values.max())
    return np.concatenate(([control], past))


def _levels(fill: Floats, control: float) -> Floats:
    """The distinct fills past the control zone, ascending."""
    return np.unique(fill[fill > control])


def _full_bins(fill: Floats, control: float, fine: Grid) -> Floats:
    """Upper ends of bins that are closed when they are full, or wide enough."""
    step = _steps_past(fill[fill > control], control, fine)
    inside = np.bincount(step)
    full = FULL * inside.sum()
    ends, held, width = [], 0, 0
    widest, narrowest = (BIN, NARROWEST) if fine.even else (OCTAVE_BIN, 1)
    for end, count in enumerate(inside[1:], start=1):
        held, width = held + int(count), width + 1
        if width >= widest or (held >= full and width >= narrowest):
            ends.append(end)
            held, width = 0, 0
    if width:
        ends.append(len(inside) - 1)
    if fine.even:
        return control + FINE * np.array(ends, dtype=np.float64)
    return np.asarray(fine.nodes[fine.first + np.array(ends, dtype=np.int64)])


def _steps_past(fill: Floats, control: float, fine: Grid) -> Integers:
    """How many fine steps past the control zone each fill lies, at least 1."""
    past = (fill - control) / FINE if fine.even else fine.index(fill) - fine.first
    return np.asarray(np.maximum(np.ceil(past - 1e-9), 1), dtype=np.int64)


def _edges(upper: Floats, kept: Integers, fine: Grid, *, levels: bool) -> Floats:
    """The fills to which an interval is rounded outward.

    In bins on a grid of octaves these are its nodes: within a bin the probes are spread over them,
    and a bin of the even part is wide beside the interval of an early onset.
    """
    control = upper[0]
    if levels:
        return upper
    if not fine.even:
        return fine.nodes[fine.first :]
    lower = np.concatenate(([control], upper[:-1]))
    return np.unique(np.concatenate(([control], lower[kept], upper[kept])))


class _SessionCounts(NamedTuple):
    """Counts of each session in each bin; parallel arrays, sessions one after the other."""

    session: Integers
    """Numbered from 0 without gaps."""
    bin: Integers
    n: Integers
    k: Integers
    """In units of 2**-32."""


def _count(
    frame: pl.DataFrame, where: Integers, bins: int
) -> tuple[Floats, Floats, _SessionCounts]:
    """Probes and scores of each bin, and the same for each session in it."""
    k = frame.select((pl.col("score") * _UNIT).round().cast(pl.Int64)).to_series().to_numpy()
    at = value_codes(frame["session"]) * bins + where
    order = np.argsort(at)
    at, k = at[order], k[order]
    starts = np.flatnonzero(np.diff(at, prepend=-1))
    named, place = np.divmod(at[starts], bins)
    cells = _SessionCounts(
        session=np.cumsum(np.diff(named, prepend=named[0]) > 0),
        bin=place,
        n=np.diff(starts, append=len(at)),
        k=np.add.reduceat(k, starts),
    )
    total = np.zeros(bins, dtype=np.int64)
    np.add.at(total, cells.bin, cells.k)
    return np.bincount(where, minlength=bins).astype(np.float64), total / _UNIT, cells


def _spread(fill: Floats, where: Integers, n: Floats, fine: Grid) -> Floats:
    """The share of each bin's probes at each node of the fine grid, by linear interpolation."""
    index = fine.index(fill)
    node = np.floor(index).astype(np.int64)
    nodes = int(node.max()) + 2
    share = np.round((index - node) * 2.0**20)
    at = where * nodes + node
    whole = np.bincount(at, minlength=len(n) * nodes) * 2.0**20
    upper = np.bincount(at, weights=share, minlength=len(n) * nodes)
    weights = (whole - upper).reshape(len(n), nodes)
    weights[:, 1:] += upper.reshape(len(n), nodes)[:, :-1]
    return np.asarray(weights / 2.0**20 / np.maximum(n, 1)[:, None])
