"""What an answer at each fill would tell about the onset, given all answers so far.

Its one rule: only the onset counts. A probe that would sharpen the plateau or the loss and leaves
the onset where it was is worth nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.analysis.onset.cells import FINE
from harness.analysis.onset.posterior import average, dictionary, onset_steps, thinned

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from harness.analysis.onset.cells import Cells
    from harness.analysis.onset.posterior import Dictionary, Mixture

    Floats: TypeAlias = npt.NDArray[np.float64]

_SUREST = 0.01  # least variance of an answer: nothing is believed to be surer than 99 %
_TAIL = 0.005  # of the onset's posterior at either end: what is out there no interval will show


@dataclass(frozen=True, slots=True, kw_only=True)
class Beliefs:
    """What is believed of recall at the candidate fills, and of the onset."""

    recall: Floats
    """Covariance of recall between candidates, shape (candidates, candidates)."""
    shared: Floats
    """Covariance of recall with the onset, shape (candidates,)."""
    onset: float
    """Variance of the onset, in squared fractions of the window."""
    noise: Floats
    """Variance of one answer if recall were known, shape (candidates,)."""
    median: float | None
    """Posterior median of the onset, as a fill; None where it lies past the largest candidate."""


def believe(cells: Cells, fills: Floats, *, guess: float, criterion: float) -> Beliefs:
    """Moments of recall at candidate fills and of the onset, under a thinned dictionary.

    Onsets past the last candidate are taken to be there, and those in the last half per cent of
    either tail at its edge: they move no interval.

    Args:
        cells: The counts so far.
        fills: Candidates, ascending. Past what was measured recall is taken to stay as it is.
        guess: Chance of being right without remembering, in [0, 1).
        criterion: The drop from the plateau that counts, in (0, 1).
    """
    book = thinned(dictionary(cells))
    mixture = average(book, cells, guess=guess, phi=1.0)
    steps = onset_steps(book, mixture.told, mixture.plateau, guess=guess, criterion=criterion)
    weight = mixture.weight[mixture.told].astype(np.float64).reshape(len(steps), -1)
    steps = steps.reshape(weight.shape)
    last = book.curves.shape[1] - 1
    spread = np.bincount(steps.ravel(), weights=weight.ravel(), minlength=last + 2)
    below = np.cumsum(spread) / spread.sum()
    low, middle, high = (int(np.searchsorted(below, q)) for q in (_TAIL, 0.5, 1 - _TAIL))
    onset = np.minimum(np.clip(steps, low, high) * FINE, fills[-1])
    return replace(
        _moments(book, mixture, weight, onset, fills=fills, guess=guess),
        median=round(middle * FINE, 6) if middle <= last else None,
    )


def _moments(
    book: Dictionary,
    mixture: Mixture,
    weight: Floats,
    onset: Floats,
    *,
    fills: Floats,
    guess: float,
) -> Beliefs:
    """Sums over the entries, whose recall is guess + (1 - guess) * pi * (1 - A * S(x)).

    Args:
        book: The shapes.
        mixture: Their posterior.
        weight: Of the shapes that matter, shape (shapes, losses * plateaus).
        onset: As a fill, the same shape.
        fills: Candidates.
        guess: Chance of being right without remembering.
    """
    at = np.minimum(np.round(fills / FINE).astype(np.int64), book.curves.shape[1] - 1)
    curves = book.curves[mixture.told][:, at].astype(np.float64)
    kept = (1 - guess) * np.broadcast_to(mixture.plateau, (len(book.loss), len(mixture.plateau)))
    lost = (kept * book.loss[:, None]).ravel()
    kept = kept.ravel()
    weight = weight / weight.sum()
    total = weight.sum(axis=0)
    given = total @ kept - (weight @ lost) @ curves
    cross = (weight @ (lost * kept)) @ curves
    second = total @ kept**2 - cross[:, None] - cross[None, :]
    second += (curves * (weight @ lost**2)[:, None]).T @ curves
    moved = weight * onset
    mean = float(moved.sum())
    with_onset = moved.sum(axis=0) @ kept - (moved @ lost) @ curves
    recall = guess + given
    return Beliefs(
        recall=second - np.outer(given, given),
        shared=with_onset - mean * given,
        onset=max(float((moved * onset).sum()) - mean**2, FINE**2 / 12),
        noise=np.maximum(recall - guess**2 - 2 * guess * given - np.diag(second), _SUREST),
        median=None,
    )


def worth(beliefs: Beliefs, cost: Floats) -> Floats:
    """What one answer at each candidate tells about the onset, in bits per cost.

    The mutual information of two normal variables with that correlation: it grows with the share
    of the onset's variance that the answer takes away.
    """
    told = beliefs.shared**2 / (np.diag(beliefs.recall) + beliefs.noise) / beliefs.onset
    return np.asarray(-np.log2(1 - np.clip(told, 0.0, 1 - 1e-9)) / 2 / cost)


def most_telling(
    beliefs: Beliefs, cost: Floats, size: int, *, given: Sequence[int] = ()
) -> list[tuple[int, float]]:
    """Candidates for the next probes, each the best one after those before it.

    Each probe is charged for what those before it will have told already, so that a batch spreads
    out by itself, and controls are taken where they sharpen the others.

    Args:
        beliefs: What is believed so far.
        cost: Of a probe at each candidate, positive.
        size: Probes wanted.
        given: Candidates that are asked in any case.

    Returns:
        For each probe the index of its candidate and the information per cost, in bits.

    Source:
        Krause, Singh and Guestrin (2008), JMLR 9, 235-284, section 4: greedy choice by mutual
        information; here about the onset alone, and per cost.
    """
    for at in given:
        beliefs = _after(beliefs, at)
    chosen = []
    for _ in range(size):
        value = worth(beliefs, cost)
        best = int(np.argmax(value))
        chosen.append((best, float(value[best])))
        beliefs = _after(beliefs, best)
    return chosen


def _after(beliefs: Beliefs, at: int) -> Beliefs:
    """What will be believed once there is one more answer, whatever it is."""
    variance = float(beliefs.recall[at, at] + beliefs.noise[at])
    column, shared = beliefs.recall[:, at], float(beliefs.shared[at])
    return replace(
        beliefs,
        recall=beliefs.recall - np.outer(column, column) / variance,
        shared=beliefs.shared - column * shared / variance,
        onset=max(beliefs.onset - shared**2 / variance, 1e-12),
    )
