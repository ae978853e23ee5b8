"""Probes of one session share its luck: how much less they tell than independent ones.

Its one rule: the design effect is that of the drop itself. A session that is poor throughout
lowers plateau and drop alike and says nothing about the onset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.onset.cells import Cells

    Floats: TypeAlias = npt.NDArray[np.float64]

MAX_PHI = 4.0
"""The most by which clustering is taken to widen a variance, with sessions of up to 20 probes."""
MAX_CORRELATION = 0.15
"""The same for longer sessions, as the correlation of two probes of one session."""

_PARAMETERS = 3
_TOLERATED = 4.0  # log-likelihood units that a miss of the dictionary may cost, roughly


def onset_design_effect(cells: Cells, recall: Floats, gradient: Floats, contrast: Floats) -> float:
    """Robust over model variance of a contrast, from a sandwich with sessions as clusters.

    Args:
        cells: The counts.
        recall: Fitted recall in each bin, shape (bins,), in (0, 1).
        gradient: Its derivatives by the parameters, shape (bins, parameters).
        contrast: Derivatives of what is asked by the parameters, shape (parameters,).

    Returns:
        The variance ratio times S / (S - 1) and the squared ratio of the t to the normal quantile
        (few sessions tell their own spread badly), kept within [1, `MAX_PHI`] (in long
        sessions up to what a correlation of `MAX_CORRELATION` does).

    Source:
        Liang and Zeger (1986), Biometrika 73, 13-22, eq. 8; the small-sample factors are ours.
    """
    from scipy.special import stdtrit

    per_probe = gradient / (recall * (1 - recall))[:, None]
    bread = (per_probe * cells.n[:, None]).T @ gradient
    scale = np.trace(bread) / len(bread)
    bread += 1e-6 * scale * np.eye(len(bread))
    direction = np.linalg.solve(bread, contrast)
    influence = per_probe @ direction
    residual = cells.cell_k - cells.cell_n * recall[cells.cell_bin]
    # sums in sorted order: neither the names nor the order of the sessions may tell
    by_session = np.bincount(cells.session, weights=residual * influence[cells.cell_bin])
    robust = float(np.sort(by_session**2).sum())
    model = float(contrast @ direction)
    sessions = cells.n_sessions
    few = sessions / (sessions - 1) * (float(stdtrit(sessions - 1, 0.975)) / 1.959964) ** 2
    most = max(MAX_PHI, 1 + (cells.n_probes / sessions - 1) * MAX_CORRELATION)
    return float(np.clip(few * robust / model, 1.0, most))


def level_effect(cells: Cells, recall: Floats) -> float:
    """Robust over model variance of the mean score, with sessions as clusters.

    Args:
        cells: The counts.
        recall: Fitted recall in each bin, shape (bins,), in [0, 1].

    Returns:
        At least 1, with the small-sample factors of `onset_design_effect`.
    """
    from scipy.special import stdtrit

    recall = np.clip(recall, 1e-3, 1 - 1e-3)
    residual = cells.cell_k - cells.cell_n * recall[cells.cell_bin]
    by_session = np.bincount(cells.session, weights=residual)
    model = float(cells.n @ (recall * (1 - recall)))
    sessions = cells.n_sessions
    few = sessions / (sessions - 1) * (float(stdtrit(sessions - 1, 0.975)) / 1.959964) ** 2
    return max(few * float(np.sort(by_session**2).sum()) / model, 1.0)


def lack_of_fit(cells: Cells, recall: Floats) -> float:
    """How far the likelihood is to be tempered because no curve of the dictionary fits.

    With very many probes even a near miss of the dictionary is many standard errors wide, and the
    weights of its entries would follow the miss and not the onset. The statistic is the sum over
    bins of the squared residual over its variance, model or robust, whichever is larger; what
    exceeds its expectation by more than two standard deviations is brought down to a few units.

    Args:
        cells: The counts.
        recall: Fitted recall in each bin, shape (bins,), in (0, 1).

    Returns:
        A factor of at least 1.
    """
    residual = cells.cell_k - cells.cell_n * recall[cells.cell_bin]
    order = np.lexsort((residual, cells.cell_bin))  # sums must not depend on the sessions' order
    where, sorted_ = cells.cell_bin[order], residual[order]
    total = np.bincount(where, weights=sorted_)
    robust = np.bincount(where, weights=sorted_**2)
    chi = float((total**2 / np.maximum(cells.n * recall * (1 - recall), robust)).sum())
    expected = max(len(cells.n) - _PARAMETERS, 1)
    excess = chi - expected - 2 * np.sqrt(2 * expected)
    return float(max(1.0, 1 + excess / _TOLERATED))
