"""The average over the dictionary: every curve weighted by how well it explains the counts.

Each entry (a shape, a loss, a plateau) has an onset of its own, or none in the measured range.
Its one rule: no sampling. The same counts give the same posterior, to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.analysis.onset.cells import FINE
from harness.analysis.onset.likelihood import climb, heights, nodes, prepare
from harness.analysis.onset.shapes import AMPLITUDES, NONE_WEIGHT, shapes

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.onset.cells import Cells
    from harness.analysis.onset.likelihood import Data, Modes

    Floats: TypeAlias = npt.NDArray[np.float64]
    Singles: TypeAlias = npt.NDArray[np.float32]
    Integers: TypeAlias = npt.NDArray[np.int64]

_NEGLIGIBLE = 1e-3  # share of the posterior that may be left out, twice, to save time


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """The entries for one run: what each keeps of the plateau in each bin."""

    curves: Singles
    """Shapes on the fine grid, the last one flat: shape (shapes + 1, fine)."""
    kept: Singles
    """1 - A * S in each bin, shape (entries, bins); the last entry forgets nothing."""
    shape: Integers
    """Row of `curves` of each entry."""
    loss: Floats
    """A of each entry."""
    log_prior: Floats
    """Of each entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """The weighted curves that are left: one row for each entry and plateau worth keeping."""

    shape: Integers
    """Row of the dictionary's curves."""
    loss: Floats
    """A, as a fraction of what is above guessing."""
    plateau: Floats
    """Recall above guessing, (plateau - guess) / (1 - guess)."""
    weight: Floats
    """Posterior weight; sums to 1."""


def dictionary(cells: Cells) -> Dictionary:
    """The entries for these bins."""
    reach = max(1.0, np.ceil(cells.max_fill / 0.25 - 1e-9) * 0.25)
    book = shapes(cells.control, float(reach))
    fine = cells.weights.shape[1]
    curves = np.vstack((book.curves[:, :fine], np.zeros((1, fine), dtype=np.float32)))
    in_bin = curves[:-1] @ cells.weights.T.astype(np.float32)
    loss = AMPLITUDES.astype(np.float32)
    kept = np.ones((len(in_bin) * len(loss) + 1, in_bin.shape[1]), dtype=np.float32)
    kept[:-1] -= (loss[None, :, None] * in_bin[:, None, :]).reshape(-1, in_bin.shape[1])
    prior = np.repeat(book.prior, len(loss)) * (1 - NONE_WEIGHT) / len(loss)
    return Dictionary(
        curves=curves,
        kept=kept,
        shape=np.append(np.repeat(np.arange(len(in_bin)), len(loss)), len(in_bin)),
        loss=np.append(np.tile(AMPLITUDES, len(in_bin)), 0.0),
        log_prior=np.log(np.append(prior, NONE_WEIGHT)),
    )


def fit(cells: Cells, book: Dictionary, guess: float) -> tuple[Data, Modes]:
    """The best plateau of each entry, as if all probes were independent."""
    data = prepare(cells, guess)
    plateau = (cells.k[0] / cells.n[0] - guess) / (1 - guess)
    at = np.clip((plateau * cells.n[0] + 0.5) / (cells.n[0] + 1), 0.01, 0.99)
    start = np.full(len(book.kept), np.log(at / (1 - at)))
    return data, climb(book.kept, data, phi=1.0, start=start, rounds=4)


def roughly(book: Dictionary, modes: Modes) -> Mixture:
    """The posterior of the untempered fit with each entry at its best plateau only.

    Enough to see where the curve falls, which is all that the design effect needs.
    """
    evidence = modes.height - 0.5 * np.log(modes.information) + book.log_prior
    weight = np.exp(evidence - evidence.max())
    worth = _heaviest(weight)
    return Mixture(
        shape=book.shape[worth],
        loss=book.loss[worth],
        plateau=1 / (1 + np.exp(-modes.eta[worth])),
        weight=weight[worth] / weight[worth].sum(),
    )


def average(book: Dictionary, data: Data, modes: Modes, *, phi: float) -> Mixture:
    """The posterior with log-likelihoods divided by phi.

    Args:
        book: The entries.
        data: The counts.
        modes: Of the untempered fit; tempered anew here.
        phi: Design effect, at least 1.
    """
    evidence = modes.height / phi - 0.5 * np.log(modes.information / phi) + book.log_prior
    worth = _heaviest(np.exp(evidence - evidence.max()))
    kept = book.kept[worth]
    tempered = climb(kept, data, phi=phi, start=modes.eta[worth], rounds=2)
    eta = nodes(tempered)
    # equal spacing in units of each entry's own width: the width is part of the weight
    log_weight = heights(kept, eta, data, phi=phi)
    log_weight += (book.log_prior[worth] - 0.5 * np.log(tempered.information))[:, None]
    weight = np.exp(log_weight - log_weight.max()).ravel()
    row = np.repeat(worth, eta.shape[1])
    heavy = _heaviest(weight)
    weight, row, eta_flat = weight[heavy], row[heavy], eta.ravel()[heavy]
    return Mixture(
        shape=book.shape[row],
        loss=book.loss[row],
        plateau=1 / (1 + np.exp(-eta_flat)),
        weight=weight / weight.sum(),
    )


def _heaviest(weight: Floats) -> Integers:
    """Indices of the heaviest, ascending, that together hold all but a negligible share."""
    ascending = np.sort(weight)
    left_out = np.cumsum(ascending)
    least = ascending[np.searchsorted(left_out, _NEGLIGIBLE * left_out[-1])]
    return np.flatnonzero(weight >= least)


def onset_weights(
    book: Dictionary, mixture: Mixture, *, guess: float, criterion: float, max_fill: float
) -> tuple[Floats, float]:
    """How the onset is spread over the fine grid, and the weight past the measured range.

    The onset of an entry is where (1 - guess) * pi * A * S first reaches the criterion.

    Returns:
        Weights at multiples of the fine step up to `max_fill`, and the rest, which has no onset
        in the measured range.
    """
    fine = round(np.ceil(max_fill / FINE - 1e-6)) + 1
    with np.errstate(divide="ignore"):
        level = criterion / ((1 - guess) * mixture.plateau * mixture.loss)
    low = np.zeros(len(level), dtype=np.int64)
    high = np.full(len(level), min(fine, book.curves.shape[1]), dtype=np.int64)
    while np.any(low < high):  # bisection, all entries at once
        middle = (low + high) // 2
        open_ = low < high
        reached = book.curves[mixture.shape, np.minimum(middle, book.curves.shape[1] - 1)] >= level
        high = np.where(open_ & reached, middle, high)
        low = np.where(open_ & ~reached, middle + 1, low)
    spread = np.bincount(low, weights=mixture.weight, minlength=fine + 1)[: fine + 1]
    return spread[:fine].astype(np.float64), float(spread[fine:].sum())
