"""The dictionary of forgetting curves: every way down that is thought of beforehand.

A shape S(x) says which part of the whole loss has happened by fill x. Its one rule: S is 0 up to
the end of the control zone, never falls, and lies in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.analysis.onset.grid import FINE, Grid, grid
from harness.analysis.onset.shapes_in_octaves import families_in_octaves

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]
    Singles: TypeAlias = npt.NDArray[np.float32]

AMPLITUDES: Floats = np.array(
    (
        *(0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.085, 0.1, 0.12, 0.145, 0.175, 0.21, 0.25, 0.3),
        *(0.36, 0.42, 0.48, 0.55, 0.62, 0.69, 0.76, 0.83, 0.89, 0.94, 0.975, 0.999),
    )
)
"""Losses, as fractions of the plateau, that a shape is tried with; equally likely beforehand."""

NONE_WEIGHT = 0.10
"""Prior probability that nothing is forgotten at all."""

_STEP, _RAMP, _LOGISTIC, _SATURATING, _AT_ONCE, _TWO_STAGE = 0.12, 0.22, 0.18, 0.13, 0.20, 0.15


LEVELS = 2000
"""How finely the height of a shape is told where its crossing is looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """Shapes on the fine grid, with their prior. The last one is flat: nothing is forgotten."""

    curves: Singles
    """S at the nodes of the grid, from fill 0 on; shape (shapes, fine)."""
    reach: npt.NDArray[np.int16]
    """How many fine steps lie below level i / LEVELS, i from 0 to LEVELS; one more column, for
    levels past 1, counts them all; shape (shapes, LEVELS + 2)."""
    prior: Floats
    """Prior weight of each shape, shape (shapes,); sums to 1."""


@lru_cache(maxsize=8)
def shapes(control: float, reach: float) -> Shapes:
    """The dictionary for one design; built once a process.

    On a grid of octaves half of the weight of every family lies on locations and widths that are
    even in the fill, and half on ones that are even in its logarithm.

    Args:
        control: Where the nearly empty window ends, as a fill.
        reach: How far up the fills go, at least 1.
    """
    fine = grid(control, reach)
    x = fine.nodes
    families = _families(x, control, reach)
    if not fine.even:
        halves = (*families, *families_in_octaves(x, control, reach))
        families = tuple((weight / 2, curves) for weight, curves in halves)
    zeroed = [_zeroed(np.vstack(curves), fine) for _, curves in families]
    # Where the fills hardly differ a family may have no curve between them, and so no weight.
    weights = [weight for weight, _ in families]
    shares = [np.full(len(s), w / max(len(s), 1)) for w, s in zip(weights, zeroed, strict=True)]
    falling = np.concatenate(shares)
    curves = np.vstack((*zeroed, np.zeros_like(x))).astype(np.float32)
    return Shapes(
        curves=curves,
        reach=_reach(curves),
        prior=np.append(falling / falling.sum() * (1 - NONE_WEIGHT), NONE_WEIGHT),
    )


def _families(x: Floats, control: float, reach: float) -> tuple[tuple[float, list[Floats]], ...]:
    """Every family with its weight."""
    return (
        (_STEP, _steps(x, control, reach)),
        (_RAMP, _ramps(x, control, reach)),
        (_LOGISTIC, _logistics(x, reach)),
        (_SATURATING, _saturating(x, control, reach)),
        (_AT_ONCE, _at_once(x, reach)),
        (_TWO_STAGE, _two_stage(x, control, reach)),
    )


def _reach(curves: Singles) -> npt.NDArray[np.int16]:
    """Fine steps before each level: those whose height, in whole levels, is lower."""
    whole = np.floor(curves.astype(np.float64) * LEVELS + 1e-3).astype(np.int64)
    found = np.zeros((len(curves), LEVELS + 2), dtype=np.int16)
    for row, height in zip(found, whole, strict=True):
        row[1:] = np.cumsum(np.bincount(height, minlength=LEVELS + 1))
    return found


def _zeroed(curves: Floats, fine: Grid) -> Floats:
    """The same curves counted from their own mean in the control zone."""
    inside = np.arange(len(fine.nodes)) <= fine.first
    mean = curves[:, inside].mean(axis=1, keepdims=True)
    past = np.clip((curves - mean) / np.maximum(1 - mean, 1e-9), 0, 1)
    return np.where(inside, 0.0, past)


def _starts(control: float, reach: float, step: float) -> Floats:
    return np.arange(control, reach - step / 2, step)[:, None]


def _steps(x: Floats, control: float, reach: float) -> list[Floats]:
    return [(x > _starts(control, reach, 0.005) + FINE / 2).astype(float)]


def _ramps(x: Floats, control: float, reach: float) -> list[Floats]:
    widths = 0.04 * np.sqrt(2.0) ** np.arange(12)
    return [np.clip((x - _starts(control, reach, 0.0125)) / width, 0, 1) for width in widths]


def _logistics(x: Floats, reach: float) -> list[Floats]:
    middle = np.arange(0.10, reach + 0.25, 0.0125)[:, None]
    scales = 0.015 * np.sqrt(2.0) ** np.arange(8)
    return [1 / (1 + np.exp(np.clip((middle - x) / scale, -50, 50))) for scale in scales]


def _saturating(x: Floats, control: float, reach: float) -> list[Floats]:
    past = np.maximum(x - _starts(control, reach, 0.0125), 0)
    widths = 0.03 * 2.0 ** np.arange(6)
    return [1 - np.exp(-past / width) for width in widths]


def _at_once(x: Floats, reach: float) -> list[Floats]:
    """Curves that begin with the first token: nothing in them marks a beginning."""
    u = x / reach
    powers = [0.5, 0.7, 0.85, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0]
    rates = [0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0]
    return [u[None, :] ** p for p in powers] + [1 - np.exp(-rate * u[None, :]) for rate in rates]


def _two_stage(x: Floats, control: float, reach: float) -> list[Floats]:
    """A first part of the loss, then the rest: two steps, or two ramps that meet."""
    first = _starts(control, reach, 0.0125)
    curves = []
    for gap in (0.1, 0.2, 0.3, 0.45):
        inside = first[first[:, 0] + gap < reach]
        one, two = ((x > edge + FINE / 2).astype(float) for edge in (inside, inside + gap))
        curves += [part * one + (1 - part) * two for part in (0.25, 0.5, 0.75)]
        rise, rest = np.clip((x - inside) / gap, 0, 1), np.clip((x - inside - gap) / 0.1, 0, 1)
        curves += [part * rise + (1 - part) * rest for part in (0.15, 0.35)]
    return curves
