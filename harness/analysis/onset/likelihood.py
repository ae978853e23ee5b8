"""How well each entry of the dictionary fits: the plateau is found, then averaged over.

Recall in a bin is p = guess + (1 - guess) * pi * u, with u = 1 - A * S averaged over the probes of
the bin. For given u the posterior of eta = logit(pi) has one mode, so it is climbed to and then
summed over a few nodes around it: no grid of plateaus to be too coarse or too wide.

Its one rule: log-likelihoods are taken relative to the bins' own means, so that single precision
is enough for a million probes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.onset.cells import Cells

    Floats: TypeAlias = npt.NDArray[np.float64]
    Singles: TypeAlias = npt.NDArray[np.float32]

_BLOCK = 2048  # entries at a time: what fits in a core's cache
_TINY = 1e-6
_LONGEST_STRIDE = 2.0
_NODES = np.array([-2.5, -1.25, 0.0, 1.25, 2.5])  # the sum of a Gaussian is off by 1e-5 so


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The counts, as the likelihood wants them."""

    n: Singles
    """Scored probes in each bin, shape (bins,)."""
    k: Singles
    """Sum of their scores, shape (bins,)."""
    guess: float
    """Chance of being right without remembering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """The best plateau of each entry, shape (entries,) each."""

    eta: Floats
    """Logit of the plateau above guessing."""
    information: Floats
    """Fisher information of eta, tempered and with the prior's."""
    height: Floats
    """Tempered log-posterior at the mode, relative to the bins' own means."""


def prepare(cells: Cells, guess: float) -> Data:
    """The counts in single precision."""
    return Data(n=cells.n.astype(np.float32), k=cells.k.astype(np.float32), guess=guess)


def climb(u: Singles, data: Data, *, phi: float, start: Floats, rounds: int) -> Modes:
    """The mode of eta for each row of u, by Fisher scoring.

    Args:
        u: What is kept of the plateau in each bin, shape (entries, bins), in (0, 1].
        data: The counts.
        phi: Design effect; the log-likelihood is divided by it.
        start: Where to begin, shape (entries,).
        rounds: Steps of Fisher scoring.
    """
    parts = []
    for low in range(0, len(u), _BLOCK):
        block = slice(low, low + _BLOCK)
        parts.append(_climb_block(u[block], data, phi, start[block].astype(np.float32), rounds))
    eta, information, height = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Modes(eta=eta, information=information, height=height)


def heights(u: Singles, eta: Floats, data: Data, *, phi: float) -> Floats:
    """Tempered log-posterior of eta, shape of `eta`: (entries, nodes).

    The prior of the plateau is Jeffreys' for a binomial, Beta(1/2, 1/2).
    """
    out = np.empty(eta.shape)
    for low in range(0, len(u), _BLOCK):
        block = slice(low, low + _BLOCK)
        for node in range(eta.shape[1]):
            at = eta[block, node].astype(np.float32)
            out[block, node] = _height(u[block], at, data, phi)
    return out


def nodes(modes: Modes) -> Floats:
    """Where to evaluate eta around each mode; shape (entries, nodes), evenly spaced."""
    return modes.eta[:, None] + _NODES[None, :] / np.sqrt(modes.information)[:, None]


def _recall(u: Singles, eta: Singles, guess: float) -> tuple[Singles, Singles]:
    """Recall in each bin, and the slope a = (1 - guess) * pi with which it follows u."""
    slope = ((1 - guess) / (1 + np.exp(-eta))).astype(np.float32)
    p = u * slope[:, None]
    if guess:
        p += np.float32(guess)
    np.clip(p, _TINY, 1 - _TINY, out=p)
    return p, slope


def _climb_block(
    u: Singles, data: Data, phi: float, eta: Singles, rounds: int
) -> tuple[Floats, Floats, Floats]:
    information: Singles = np.ones(len(u), dtype=np.float32)
    for _ in range(rounds):
        p, slope = _recall(u, eta, data.guess)
        miss = 1 / (1 + np.exp(eta))
        # d p / d eta = slope * (1 - pi) * u; t = u / (p q) serves the score and the information
        t = u / (p * (1 - p))
        score = (t @ data.k - (t * p) @ data.n) * slope * miss / phi + 0.5 * (2 * miss - 1)
        t *= u
        tempered = (t @ data.n) * (slope * miss) ** 2 / phi
        information = (tempered + miss * (1 - miss)).astype(np.float32)
        step = np.clip(score / information, -_LONGEST_STRIDE, _LONGEST_STRIDE)
        eta = np.clip(eta + step, -12, 12).astype(np.float32)
    height = _height(u, eta, data, phi)
    return eta.astype(np.float64), information.astype(np.float64), height.astype(np.float64)


def _height(u: Singles, eta: Singles, data: Data, phi: float) -> Singles:
    p, _ = _recall(u, eta, data.guess)
    mean = np.clip(data.k / data.n, _TINY, 1 - _TINY)
    hit = np.log(p / mean) @ data.k
    miss = np.log((1 - p) / (1 - mean)) @ (data.n - data.k)
    prior = -0.5 * (np.logaddexp(0, -eta) + np.logaddexp(0, eta))
    return np.asarray((hit + miss) / phi + prior, dtype=np.float32)
