"""The average over the dictionary: every curve weighted by how well it explains the counts.

Each entry (a shape, a loss, a plateau) has an onset of its own, or none in the measured range.
Its one rule: no sampling. The same counts give the same posterior, to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.analysis.onset.cells import reach
from harness.analysis.onset.likelihood import log_likelihood
from harness.analysis.onset.shapes import AMPLITUDES, LEVELS, shapes

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.onset.cells import Cells
    from harness.analysis.onset.grid import Grid

    Floats: TypeAlias = npt.NDArray[np.float64]
    Singles: TypeAlias = npt.NDArray[np.float32]
    Numbers: TypeAlias = npt.NDArray[np.floating]
    Steps: TypeAlias = npt.NDArray[np.int16]
    Flags: TypeAlias = npt.NDArray[np.bool_]

_SPACING = 1.0  # of the plateaus, in standard deviations: the sum of a Gaussian is exact so
_SPREAD = 4.5  # how far the plateaus go at first to either side, in standard deviations
_NOTHING = 1e-9  # weight of a shape that nothing is lost by leaving out
_EDGE = 1e-5  # share of the posterior on the last plateau from which on more of them are tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """The shapes for one run, and what each loses in each bin."""

    grid: Grid
    """The fine grid."""
    curves: Singles
    """Shapes on it, the last one flat: shape (shapes, fine)."""
    reach: npt.NDArray[np.int16]
    """Fine steps before each shape reaches each of `LEVELS` even levels; shape (shapes, levels)."""
    in_bin: Floats
    """S in each bin, shape (shapes, bins)."""
    prior: Floats
    """Of each shape, shape (shapes,); sums to 1."""
    loss: Floats
    """What a shape may lose in all, as fractions of the plateau; equally likely beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """The weighted curves: a weight for every shape, loss and plateau."""

    weight: Numbers
    """Posterior weight, shape (shapes, losses, plateaus); sums to 1."""
    by_shape: Floats
    """Posterior weight of each shape, shape (shapes,)."""
    by_plateau: Floats
    """Posterior weight of each plateau, shape (plateaus,)."""
    plateau: Floats
    """Recall above guessing, (plateau - guess) / (1 - guess): sin(angle)**2; shape (plateaus,)."""
    angle: Floats
    """Even steps, ascending; shape (plateaus,)."""
    step: float
    """Between the angles: each stands for half a step to either side."""

    @property
    def mean_plateau(self) -> float:
        """Posterior mean of the recall above guessing."""
        return float(self.by_plateau @ self.plateau)

    @property
    def told(self) -> Flags:
        """The shapes that matter, shape (shapes,)."""
        return self.by_shape > _NOTHING


def dictionary(cells: Cells) -> Dictionary:
    """The shapes for these bins."""
    book = shapes(cells.control, reach(cells.max_fill))
    curves = book.curves[:, : cells.weights.shape[1]]
    return Dictionary(
        grid=cells.grid,
        curves=curves,
        reach=book.reach,
        in_bin=_in_bins(curves, cells),
        prior=book.prior,
        loss=AMPLITUDES,
    )


def thinned(book: Dictionary) -> Dictionary:
    """Every other loss of every other shape, in a quarter of the time; the flat one stays."""
    chosen = np.append(np.arange(0, len(book.prior) - 1, 2), len(book.prior) - 1)
    prior = book.prior[chosen]
    prior[:-1] *= (1 - prior[-1]) / prior[:-1].sum()
    return Dictionary(
        grid=book.grid,
        curves=book.curves[chosen],
        reach=book.reach[chosen],
        in_bin=book.in_bin[chosen],
        prior=prior,
        loss=book.loss[::2],
    )


def _in_bins(curves: Singles, cells: Cells) -> Floats:
    """Each shape averaged over the probes of each bin, from the few nodes that a bin touches."""
    found = np.empty((len(curves), len(cells.weights)))
    for at, weights in enumerate(cells.weights):
        touched = np.flatnonzero(weights)
        low, high = touched[0], touched[-1] + 1
        found[:, at] = curves[:, low:high] @ weights[low:high].astype(np.float32)
    return np.clip(found, 0.0, 1.0, out=found)


def average(book: Dictionary, cells: Cells, *, guess: float, phi: float) -> Mixture:
    """The posterior with log-likelihoods divided by phi.

    Plateaus pi = sin(a)**2 are taken at even steps of the angle a, in which Jeffreys' prior of a
    binomial is flat and the likelihood nowhere sharper than that of all probes at the plateau.

    Args:
        book: The shapes.
        cells: The counts.
        guess: Chance of being right without remembering, in [0, 1).
        phi: Design effect, at least 1.
    """
    count = int(np.ceil(np.pi * np.sqrt(cells.n_probes / phi) / _SPACING)) + 8
    step = np.pi / 2 / count
    kept = np.clip((cells.k[0] / cells.n[0] - guess) / (1 - guess), 0.0, 1.0)
    middle = np.arcsin(np.sqrt((kept * cells.n[0] + 0.5) / (cells.n[0] + 1))) / step
    told = cells.n[0] / phi * (1 - guess) * kept / (guess + (1 - guess) * kept + 1e-9)
    around = _SPREAD / np.sqrt(4 * told + 1) / step
    low, high = max(int(middle - around), 0), min(int(middle + around) + 1, count)
    while True:
        angle: Floats = (np.arange(low, high, dtype=np.float64) + 0.5) * step
        plateau = np.sin(angle) ** 2
        weight = _weight(book, cells, guess, phi, plateau)
        share = weight.sum(axis=(0, 1), dtype=np.float64)
        more = (high - low + 1) // 2
        wider = (
            max(low - more * bool(share[0] > _EDGE), 0),
            min(high + more * bool(share[-1] > _EDGE), count),
        )
        if wider == (low, high):
            break
        low, high = wider
    return Mixture(
        weight=weight,
        by_shape=weight.sum(axis=(1, 2), dtype=np.float64),
        by_plateau=share,
        plateau=plateau,
        angle=angle,
        step=step,
    )


def _weight(book: Dictionary, cells: Cells, guess: float, phi: float, plateau: Floats) -> Numbers:
    weight = log_likelihood(
        book.in_bin, n=cells.n, k=cells.k, guess=guess, loss=book.loss, plateau=plateau
    )
    weight /= phi
    weight += np.log(book.prior)[:, None, None].astype(weight.dtype)
    weight -= weight.max()
    np.exp(weight, out=weight)
    weight /= weight.sum(dtype=np.float64)
    return weight


def onset_steps(
    book: Dictionary, which: Flags, plateau: Floats, *, guess: float, criterion: float
) -> Steps:
    """The fine step of the onsets of some shapes, shape (shapes, losses, plateaus).

    That is where (1 - guess) * pi * A * S first reaches the criterion; where it never does, a step
    past the last of the whole grid.
    """
    level = criterion / ((1 - guess) * book.loss[:, None] * plateau)
    at = np.where(level <= 1, np.round(level * LEVELS), LEVELS + 1).astype(np.int64)
    return np.asarray(np.take(book.reach[which], at, axis=1))


def onset_weights(
    book: Dictionary, mixture: Mixture, *, guess: float, criterion: float, max_fill: float
) -> tuple[Floats, float]:
    """How the onset is spread over the fine grid, and the weight past the measured range.

    Returns:
        Weights at the nodes of the grid up to `max_fill`, and the rest, which has no onset in the
        measured range.
    """
    fine = book.grid.last(max_fill) + 1
    told = mixture.told
    at = onset_steps(book, told, mixture.plateau, guess=guess, criterion=criterion)
    spread = np.bincount(at.ravel(), weights=mixture.weight[told].ravel(), minlength=fine + 1)
    return spread[:fine].astype(np.float64), float(spread[fine:].sum())
