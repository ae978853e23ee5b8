"""What an answer at each fill would tell about the onset, given all answers so far.

Its one rule: only the onset counts, and only as closely as it is wanted. A probe that would sharpen
the plateau or the loss and leaves the onset where it was is worth nothing; nor is one that tells
two onsets apart where the interval asked for may hold both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.analysis.onset.cells import FINE
from harness.analysis.onset.posterior import Dictionary, average, dictionary, fit
from harness.analysis.onset.shapes import AMPLITUDES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from harness.analysis.onset.cells import Cells
    from harness.analysis.onset.posterior import Mixture

    Floats: TypeAlias = npt.NDArray[np.float64]
    Integers: TypeAlias = npt.NDArray[np.int64]

_THINNED = 2  # every so many losses of every so many shapes are enough for choosing
_SUREST = 0.01  # least variance of an answer: nothing is believed to be surer than 99 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Beliefs:
    """What is believed of recall at the candidate fills."""

    total: Floats
    """Covariance of recall between candidates, shape (candidates, candidates)."""
    within: Floats
    """The part of it that would be left if the onset were known; the same shape."""
    noise: Floats
    """Variance of one answer if recall were known, shape (candidates,)."""
    median: float | None
    """Posterior median of the onset, as a fill; None where it lies past the largest candidate."""


def believe(
    cells: Cells, fills: Floats, *, guess: float, criterion: float, half_width: float
) -> Beliefs:
    """Moments of recall at candidate fills, under the posterior of a thinned dictionary.

    Recall of an entry is guess + (1 - guess) * pi * (1 - A * S(x)), so that every moment over the
    posterior is a sum over shapes.

    Args:
        cells: The counts so far.
        fills: Candidates, ascending. Past what was measured recall is taken to stay as it is.
        guess: Chance of being right without remembering, in [0, 1).
        criterion: The drop from the plateau that counts, in (0, 1).
        half_width: Half the width of the interval wanted, as a fraction of the window.
    """
    book = _thinned(dictionary(cells))
    data, modes = fit(cells, book, guess)
    mixture = average(book, data, modes, phi=1.0)
    kept = mixture.plateau * (1 - guess)
    with np.errstate(divide="ignore"):
        onset = _first_reached(book.curves, mixture.shape, criterion / (kept * mixture.loss))
    last = book.curves.shape[1] - 1
    at = np.minimum(np.round(fills / FINE).astype(np.int64), last)
    curves = book.curves[:, at].astype(np.float64)
    spread = np.bincount(onset, weights=mixture.weight, minlength=last + 2)
    below = np.cumsum(spread.astype(np.float64))
    classes = _against_the_window(onset, below, max(round(half_width / FINE), 1))
    total, within, noise = _moments(mixture, kept, curves, classes, guess)
    middle = int(np.searchsorted(below, 0.5))
    return Beliefs(
        total=total,
        within=within,
        noise=noise,
        median=round(middle * FINE, 6) if middle <= last else None,
    )


def _against_the_window(onset: Integers, below: Floats, width: int) -> Integers:
    """Whether each onset lies before, in or past the likeliest window of some width.

    The window is half as wide as the interval wanted, since that comes from a posterior made
    wider by the clustering of probes. At the end of the range it takes in the onsets past it, as
    the stopping rule does where no onset is reached.

    Args:
        onset: Fine steps.
        below: Cumulated probability by fine step, the last step being past the range.
        width: Of the window, in fine steps.
    """
    before = np.concatenate(([0.0], below[:-1]))
    upto = below[np.minimum(np.arange(len(below)) + width, len(below) - 1)]
    first = int(np.argmax(upto - before))
    return (onset >= first).astype(np.int64) + (onset > first + width)


def worth(beliefs: Beliefs, cost: Floats) -> Floats:
    """What one answer at each candidate tells about the onset, in bits per cost.

    Half the log of the ratio of an answer's variance to what is left of it once the onset is
    known: the mutual information where answers are normal, and close to it for single right and
    wrong ones, which tell little each.
    """
    noise = np.maximum(beliefs.noise, _SUREST)
    told = np.log1p(np.diag(beliefs.total) / noise) - np.log1p(np.diag(beliefs.within) / noise)
    return np.asarray(np.maximum(told, 0.0) / (2 * np.log(2)) / cost)


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
    noise = max(float(beliefs.noise[at]), _SUREST)
    total, within = (
        part - np.outer(part[:, at], part[:, at]) / (part[at, at] + noise)
        for part in (beliefs.total, beliefs.within)
    )
    return replace(beliefs, total=total, within=within)


def _thinned(book: Dictionary) -> Dictionary:
    """Every other loss of every other shape; the flat entry stays."""
    chosen = np.isin(book.loss, AMPLITUDES[::_THINNED]) & (book.shape % _THINNED == 0)
    chosen[-1] = True
    worth = np.where(book.loss > 0, 2 * np.log(_THINNED), 0.0)
    return Dictionary(
        curves=book.curves,
        kept=book.kept[chosen],
        shape=book.shape[chosen],
        loss=book.loss[chosen],
        log_prior=(book.log_prior + worth)[chosen],
    )


def _first_reached(curves: npt.NDArray[np.float32], shape: Integers, level: Floats) -> Integers:
    """The fine step at which each shape first reaches a level, or one past the last."""
    found = np.empty(len(level), dtype=np.int64)
    order = np.argsort(shape, kind="stable")
    starts = np.flatnonzero(np.diff(shape[order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        found[rows] = np.searchsorted(curves[shape[rows[0]]], level[rows], side="left")
    return found


def _moments(
    mixture: Mixture, kept: Floats, curves: Floats, onset: Integers, guess: float
) -> tuple[Floats, Floats, Floats]:
    """Covariances of recall, in all and given the onset, and the variance of an answer.

    Args:
        mixture: The posterior.
        kept: (1 - guess) * pi of each of its rows.
        curves: Shapes at the candidates, shape (shapes, candidates).
        onset: The class of onsets of each row.
        guess: Chance of being right without remembering.
    """
    shapes = len(curves)
    weight, lost = mixture.weight, kept * mixture.loss
    classes, which = np.unique(onset, return_inverse=True)
    flat = which * shapes + mixture.shape
    size = len(classes) * shapes
    by_onset = np.bincount(flat, weights=weight * lost, minlength=size).reshape(-1, shapes) @ curves
    mass = np.bincount(which, weights=weight)
    given = (np.bincount(which, weights=weight * kept)[:, None] - by_onset) / mass[:, None]
    mean = mass @ given
    cross = np.bincount(mixture.shape, weights=weight * kept * lost, minlength=shapes) @ curves
    square = np.bincount(mixture.shape, weights=weight * lost**2, minlength=shapes)
    second = weight @ kept**2 - cross[:, None] - cross[None, :]
    second = second + (curves * square[:, None]).T @ curves
    between = (given * mass[:, None]).T @ given
    recall = guess + mean
    noise = recall - guess**2 - 2 * guess * mean - np.diag(second)
    return second - np.outer(mean, mean), second - between, noise
