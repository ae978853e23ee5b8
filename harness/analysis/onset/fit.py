"""One fit: the posterior over the dictionary, tempered for the clustering of probes by session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.analysis.onset.bands import mean_loss
from harness.analysis.onset.clustering import lack_of_fit, onset_design_effect
from harness.analysis.onset.grid import FINE
from harness.analysis.onset.posterior import Mixture, average, dictionary, onset_weights
from harness.analysis.onset.result import OnsetPosterior

if TYPE_CHECKING:
    from harness.analysis.onset.cells import Cells
    from harness.analysis.onset.posterior import Dictionary
    from harness.analysis.onset.settings import EstimateSettings

_FLAT = 1e-6  # a parameter that moves no bin by more is left out of the sandwich


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What the probes say of every curve of the dictionary, and so of the onset."""

    book: Dictionary
    mixture: Mixture
    phi: float
    """Design effect with which the likelihood was tempered, at least 1."""
    posterior: OnsetPosterior
    """Of the onset."""


def fit(asked: EstimateSettings, cells: Cells) -> Fit:
    """The fit of these counts, tempered by what probes of a session are worth."""
    book = dictionary(cells)
    rough = average(book, cells, guess=asked.guess, phi=1.0)
    posterior = _posterior(asked, cells, book, rough)
    phi = _phi(asked, cells, book, rough, posterior)
    if phi <= 1:
        return Fit(book=book, mixture=rough, phi=phi, posterior=posterior)
    mixture = average(book, cells, guess=asked.guess, phi=phi)
    tempered = _posterior(asked, cells, book, mixture)
    return Fit(book=book, mixture=mixture, phi=phi, posterior=tempered)


def _posterior(
    asked: EstimateSettings, cells: Cells, book: Dictionary, mixture: Mixture
) -> OnsetPosterior:
    weights, past = onset_weights(
        book, mixture, guess=asked.guess, criterion=asked.criterion, max_fill=cells.max_fill
    )
    nodes = book.grid.nodes[: len(weights)].tolist()
    fills = (min(round(fill, 9), cells.max_fill) for fill in nodes)
    return OnsetPosterior(
        fills=tuple(fills), weights=tuple(weights.tolist()), past=past, max_fill=cells.max_fill
    )


def _phi(
    asked: EstimateSettings,
    cells: Cells,
    book: Dictionary,
    mixture: Mixture,
    posterior: OnsetPosterior,
) -> float:
    """The design effect of the drop at the posterior median onset, or at the last bin."""
    plateau = mixture.mean_plateau
    loss = mean_loss(book, mixture)
    smooth = np.convolve(np.pad(loss, 10, mode="edge"), np.ones(21) / 21, mode="valid")
    in_bin = cells.weights @ np.stack((loss, np.gradient(smooth, FINE)), axis=1)
    kept = (1 - asked.guess) * (plateau - in_bin[:, 0])
    recall = np.clip(asked.guess + kept, 1e-3, 1 - 1e-3)
    gradient = np.stack((kept, -in_bin[:, 0], -in_bin[:, 1]), axis=1)
    gradient[0, 1:] = 0.0
    size = np.abs(gradient).max(axis=0)
    told = size > _FLAT
    gradient = gradient[:, told] / size[told]
    median = posterior.quantile(0.5)
    fill = cells.max_fill if median is None else median
    at = max(int(np.argmin(np.abs(cells.fill - fill))), 1)
    phi = onset_design_effect(cells, recall, gradient, gradient[at] - gradient[0])
    return max(phi, lack_of_fit(cells, recall))
