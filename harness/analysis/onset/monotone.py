"""Whether recall comes back after a fall: then it is not forgetting that grows with the fill.

Its one rule: sessions are the unit. A recovery counts only if it stands out from the differences
between sessions, after paying for every pair of blocks that was looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.onset.cells import Cells

    Floats: TypeAlias = npt.NDArray[np.float64]

RECOVERY_LEVEL = 0.01
"""Family-wise level of the test."""

_SCALES = ((8, 1), (40, 20))
"""At most so many blocks, of at least so many probes each: broad recoveries, and narrow dips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """The most telling rise of recall with the fill."""

    p: float
    """Family-wise p-value, in [0, 1]."""
    low_fill: float
    """Mean fill of the block where recall is low."""
    low_recall: float
    """Mean score there."""
    high_fill: float
    """Mean fill of the later block where it is higher."""
    high_recall: float
    """Mean score there."""


def recovery(cells: Cells) -> Recovery | None:
    """The strongest evidence that recall rises from one block of fills to a later one.

    The controls are one block; the other probes are cut into blocks of about equal size, once
    coarsely and once finely. For each pair of blocks a one-sided t test on the sessions (S - 1
    degrees of freedom), with a variance not below that of independent probes with a common mean;
    p-values times the number of pairs (Bonferroni).

    Returns:
        The pair with the smallest p-value, or None where there is nothing to compare.
    """
    looks = [_look(cells, _blocks(cells.n, most, least)) for most, least in _SCALES]
    pairs = sum(count for _, count in looks)
    found = [best for best, _ in looks if best is not None]
    if not found:
        return None
    best = min(found, key=lambda one: one.p)
    return replace(best, p=min(1.0, best.p * pairs))


def _look(cells: Cells, block: npt.NDArray[np.int64]) -> tuple[Recovery | None, int]:
    """The pair with the smallest p-value, before paying for the search, and the number of pairs."""
    from scipy.special import stdtr

    n, k, moment = (np.bincount(block, weights=w) for w in (cells.n, cells.k, cells.n * cells.fill))
    fill, mean = moment / n, k / n
    first, second = np.triu_indices(len(n), k=1)
    if not first.size:
        return None, 0
    covariance = _covariance(cells, block, mean) / np.outer(n, n)
    robust = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
    both = (k[first] + k[second]) / (n[first] + n[second])
    independent = both * (1 - both) * (1 / n[first] + 1 / n[second])
    spread = np.sqrt(np.maximum(np.maximum(robust, independent), 1e-12))
    t = (mean[second] - mean[first]) / spread
    best = int(np.argmax(t))
    low, high = first[best], second[best]
    found = Recovery(
        p=float(stdtr(cells.n_sessions - 1, -t[best])),
        low_fill=float(fill[low]),
        low_recall=float(mean[low]),
        high_fill=float(fill[high]),
        high_recall=float(mean[high]),
    )
    return found, len(t)


def _blocks(n: Floats, most: int, least: int) -> npt.NDArray[np.int64]:
    """The block of each bin: the controls, then runs of bins of about equal size."""
    past = n[1:]
    count = max(min(most, int(past.sum() / least)), 1)
    before = np.cumsum(past) - past / 2
    cut = np.floor(before / max(past.sum(), 1.0) * count).astype(np.int64)
    _, compact = np.unique(cut, return_inverse=True)
    return np.concatenate(([0], compact + 1)).astype(np.int64)


def _covariance(cells: Cells, block: npt.NDArray[np.int64], mean: Floats) -> Floats:
    """Covariance of the blocks' sums over sessions, shape (blocks, blocks)."""
    at = block[cells.cell_bin]
    flat = cells.session * len(mean) + at
    size = cells.n_sessions * len(mean)
    scored = np.bincount(flat, weights=cells.cell_k - cells.cell_n * mean[at], minlength=size)
    # multiples of one unit, small enough that sums of products are exact in any order
    largest = max(float(np.abs(scored).max()), 1e-9)
    unit = 2.0 ** np.floor((51 - np.log2(size)) / 2) / 2.0 ** np.ceil(np.log2(largest))
    units = np.round(scored * unit).reshape(cells.n_sessions, len(mean))
    factor = cells.n_sessions / (cells.n_sessions - 1)
    # not by BLAS, whose threads may wait for each other longer than these few products take
    products = np.einsum("sa,sb->ab", units, units)
    return np.asarray(factor * products / unit**2)
