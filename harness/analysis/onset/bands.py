"""Curves, bands and intervals read from the mixture.

Its one rule: everything shown comes from the posterior that also gives the onset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.analysis.onset.result import CurvePoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from harness.analysis.onset.grid import Grid
    from harness.analysis.onset.posterior import Dictionary, Mixture

    Floats: TypeAlias = npt.NDArray[np.float64]
    Numbers: TypeAlias = npt.NDArray[np.floating]
    Integers: TypeAlias = npt.NDArray[np.int64]

_SHOWN = 10  # a point of the curve for so many even steps
_SHOWN_OF_OCTAVE = 6  # and for so many steps of an octave
_SHARES = 4000  # equal parts of the posterior from which quantiles are read


def quantiles(mixture: Mixture, tails: Sequence[float]) -> Floats:
    """Of the plateau above guessing, shape (tails,)."""
    at, part = evenly(mixture.by_plateau)
    return np.asarray(np.quantile(plateaus(mixture, at, part), tails))


def evenly(weights: Numbers) -> tuple[Integers, Floats]:
    """Indices at evenly spaced steps of the cumulated weight, and how far into each weight.

    Each stands for the same share: quantiles over them are those of the weighted whole, to one
    part in their number.
    """
    below = np.cumsum(weights, dtype=np.float64)
    at = (np.arange(_SHARES) + 0.5) / _SHARES * below[-1]
    index = np.searchsorted(below, at)
    part = (below[index] - at) / weights[index]
    return index.astype(np.int64), np.clip(part, 0.0, 1.0)


def sampled_bands(mixture: Mixture) -> tuple[Integers, Integers, Integers, Floats]:
    """Entries that each stand for the same share of the posterior.

    Returns:
        The index of the shape, of the loss and of the plateau, and how far into the plateau's step.
    """
    weight = mixture.weight[mixture.told]
    index, part = evenly(weight.ravel())
    at_shape, at_loss, at_plateau = np.unravel_index(index, weight.shape)
    return np.flatnonzero(mixture.told)[at_shape], at_loss, at_plateau, part


def plateaus(mixture: Mixture, index: Integers, part: Floats) -> Floats:
    """Plateaus between the nodes: a node stands for half a step to either side."""
    return np.asarray(np.sin(mixture.angle[index] + (0.5 - part) * mixture.step) ** 2)


def mean_loss(book: Dictionary, mixture: Mixture) -> Floats:
    """What is lost of the recall above guessing, posterior mean on the fine grid."""
    told = mixture.told
    lost = np.outer(book.loss, mixture.plateau).ravel().astype(mixture.weight.dtype)
    by_shape = mixture.weight[told].reshape(-1, lost.size) @ lost
    return np.asarray(by_shape @ book.curves[told], dtype=np.float64)


def curve(
    book: Dictionary, mixture: Mixture, *, guess: float, level: float, max_fill: float
) -> tuple[CurvePoint, ...]:
    """Recall against fill with a pointwise band of probability `level`."""
    shape, at_loss, at_plateau, part = sampled_bands(mixture)
    loss, plateau = book.loss[at_loss], plateaus(mixture, at_plateau, part)
    fine = book.grid
    last = min(fine.last(max_fill), book.curves.shape[1] - 1)
    tails = ((1 - level) / 2, (1 + level) / 2)
    mean = guess + (1 - guess) * (mixture.mean_plateau - mean_loss(book, mixture))
    points = []
    for node in _shown(fine, last):
        recall = guess + (1 - guess) * plateau * (1 - loss * book.curves[shape, node])
        lo, hi = (float(end) for end in np.quantile(recall, tails))
        fill = min(round(float(fine.nodes[node]), 6), max_fill)
        at = float(mean[node])
        points.append(CurvePoint(fill=fill, recall=at, lo=min(lo, at), hi=max(hi, at)))
    return tuple(points)


def _shown(fine: Grid, last: int) -> list[int]:
    """The nodes at which the curve is shown: an even number of them, or some of each octave."""
    if fine.even:
        return sorted({*range(0, last, _SHOWN), last})
    spacing = np.diff(fine.nodes)
    even = int(np.searchsorted(spacing, spacing.max() * (1 - 1e-9)))
    octaves = range(fine.first, min(even, last), _SHOWN_OF_OCTAVE)
    return sorted({0, *octaves, *range(even, last, _SHOWN), last})
