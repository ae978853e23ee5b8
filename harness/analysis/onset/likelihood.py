"""How well every curve of the dictionary fits, all of them at once.

Recall in a bin is p = guess + (1 - guess) * pi * (1 - A * S), with S the shape averaged over the
probes of the bin. For given plateau pi and loss A, log p is a smooth function of log(1 + d - S)
and log(1 - p) one of log(S + d), as long as d is smaller than the distance to where they diverge:
both are Chebyshev series of some twenty terms. So each shape is met once, in the sums over bins of
the counts times each polynomial, and these moments serve all plateaus and losses: the whole table
is the product of two thin matrices.

Its one rule: the series are cut where all probes together are off by less than a hundredth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]
    Numbers: TypeAlias = npt.NDArray[np.floating]

_PRECISION = 0.01
_FEW = 20_000  # with so many probes single precision, which is twice as fast, is off by less
_BLOCK = 512  # shapes at a time: what fits in a core's cache


def log_likelihood(
    shape: Floats, *, n: Floats, k: Floats, guess: float, loss: Floats, plateau: Floats
) -> Numbers:
    """The log-likelihood of every shape with every loss and plateau.

    Relative to that of the bins' own means, so never positive but for rounding.

    Args:
        shape: S in each bin, shape (shapes, bins), in [0, 1].
        n: Probes in each bin, shape (bins,), positive.
        k: Sum of their scores, shape (bins,).
        guess: Chance of being right without remembering, in [0, 1).
        loss: A, shape (losses,), in (0, 1).
        plateau: pi, shape (plateaus,), in (0, 1).

    Returns:
        Shape (shapes, losses, plateaus); in single precision where that is enough.

    Source:
        Trefethen (2013), Approximation Theory and Approximation Practice, theorem 8.2: the terms
        of the series of a function that is analytic in an ellipse fall off geometrically.
    """
    most = float(loss.max())
    highest = float(plateau.max())

    def hit(s: Floats) -> Floats:
        return np.asarray(np.log(guess + (1 - guess) * plateau * (1 - loss[:, None] * s)))

    def miss(s: Floats) -> Floats:
        return np.asarray(np.log((1 - guess) * (1 - plateau + plateau * loss[:, None] * s)))

    total = float(n.sum())
    from_end = _Series(gap=1 / most - 1, precision=_PRECISION / total)
    from_start = _Series(gap=(1 - highest) / (highest * most), precision=_PRECISION / total)
    moments = np.concatenate(
        (from_end.moments(1 - shape, k), from_start.moments(shape, n - k)), axis=1
    )
    coefficients = np.concatenate(
        (from_end.coefficients(lambda rest: hit(1 - rest)), from_start.coefficients(miss))
    )
    mean = np.clip(k / n, 1e-12, 1 - 1e-12)
    best = float(k @ np.log(mean) + (n - k) @ np.log1p(-mean))
    kind = np.float32 if total <= _FEW else np.float64
    table: Numbers = moments.astype(kind) @ coefficients.astype(kind)
    table -= best
    return table.reshape(len(shape), len(loss), len(plateau))


class _Series:
    """Chebyshev series in log(s + gap) of functions of s in [0, 1] that diverge at -gap or below.

    With s + gap = exp(t) such a function is log(exp(t) + c), c >= 0, or a sum with a constant: its
    singularities lie at least pi away from the real axis.
    """

    def __init__(self, *, gap: float, precision: float) -> None:
        self._gap = gap
        self._low, high = np.log(gap), np.log1p(gap)
        self._half = (high - self._low) / 2
        away = np.pi / self._half
        ratio = away + np.sqrt(1 + away**2)
        self._terms = max(int(np.ceil(-np.log(precision) / np.log(ratio))), 4)

    def moments(self, s: Floats, counts: Floats) -> Floats:
        """Sums over bins of the counts times each polynomial, shape (shapes, terms)."""
        found = np.empty((len(s), self._terms))
        found[:, 0] = counts.sum()
        for low in range(0, len(s), _BLOCK):
            block = slice(low, low + _BLOCK)
            z = (np.log(s[block] + self._gap) - self._low) / self._half - 1
            twice, before, now, spare = 2 * z, np.ones_like(z), z, np.empty_like(z)
            for term in range(1, self._terms):
                found[block, term] = now @ counts
                np.multiply(twice, now, out=spare)
                spare -= before
                before, now, spare = now, spare, before
        return found

    def coefficients(self, function: Callable[[Floats], Floats]) -> Floats:
        """Those of a table of functions, shape (terms, losses * plateaus)."""
        order = np.arange(self._terms)
        angle = (order + 0.5) * np.pi / self._terms
        s = np.exp(self._low + self._half * (np.cos(angle) + 1)) - self._gap
        values = np.stack([function(node).ravel() for node in s])
        cosines = np.cos(order[:, None] * angle[None, :]) * (2 / self._terms)
        cosines[0] /= 2
        return np.asarray(cosines @ values)
