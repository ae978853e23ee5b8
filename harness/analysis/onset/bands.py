"""Curves, bands and intervals read from the mixture.

Its one rule: everything shown comes from the posterior that also gives the onset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.analysis.onset.cells import FINE
from harness.analysis.onset.result import CurvePoint

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.onset.posterior import Dictionary, Mixture

    Floats: TypeAlias = npt.NDArray[np.float64]

_SHOWN = 10  # a point of the curve for so many fine steps
_SHARES = 8000  # equal parts of the posterior from which quantiles are read


def evenly(weights: Floats) -> npt.NDArray[np.int64]:
    """Indices at evenly spaced steps of the cumulated weight: each stands for the same share.

    Quantiles over them are those of the weighted whole, to one part in their number.
    """
    below = np.cumsum(weights)
    at = (np.arange(_SHARES) + 0.5) / _SHARES * below[-1]
    return np.asarray(np.searchsorted(below, at), dtype=np.int64)


def mean_loss(book: Dictionary, mixture: Mixture) -> Floats:
    """What is lost of the recall above guessing, posterior mean on the fine grid."""
    weights = mixture.weight * mixture.plateau * mixture.loss
    by_shape = np.bincount(mixture.shape, weights=weights, minlength=len(book.curves))
    used = np.flatnonzero(by_shape)
    return np.asarray(by_shape[used] @ book.curves[used].astype(np.float64))


def curve(
    book: Dictionary, mixture: Mixture, *, guess: float, level: float, max_fill: float
) -> tuple[CurvePoint, ...]:
    """Recall against fill with a pointwise band of probability `level`."""
    part = evenly(mixture.weight)
    shape, plateau, loss = mixture.shape[part], mixture.plateau[part], mixture.loss[part]
    last = min(round(np.ceil(max_fill / FINE - 1e-6)), book.curves.shape[1] - 1)
    tails = ((1 - level) / 2, (1 + level) / 2)
    plateau_mean = float(mixture.weight @ mixture.plateau)
    mean = guess + (1 - guess) * (plateau_mean - mean_loss(book, mixture))
    points = []
    for node in sorted({*range(0, last, _SHOWN), last}):
        recall = guess + (1 - guess) * plateau * (1 - loss * book.curves[shape, node])
        lo, hi = (float(end) for end in np.quantile(recall, tails))
        fill = min(round(node * FINE, 6), max_fill)
        at = float(mean[node])
        points.append(CurvePoint(fill=fill, recall=at, lo=min(lo, at), hi=max(hi, at)))
    return tuple(points)
