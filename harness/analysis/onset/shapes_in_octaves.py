"""The same families where the axis is one of octaves: locations and widths even in log L.

In long windows much is lost within the first thousandths, which even steps of the fill do not tell
apart. Widths go from a quarter of an octave to four octaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]

_STEP, _RAMP, _LOGISTIC, _POWER, _TWO_STAGE = 0.12, 0.22, 0.18, 0.13, 0.15
_AT_ONCE, _FADING = 0.10, 0.10
"""Weights of the families, as in the even dictionary; of what starts at once half fades."""

_START = 1 / 4  # octaves between the beginnings of curves
_STEP_START = 1 / 12  # and of steps
_TOWARDS = 2  # octaves past the end of the range up to which a logistic may have its middle


def families_in_octaves(
    x: Floats, control: float, reach: float
) -> tuple[tuple[float, list[Floats]], ...]:
    """Every family with its weight, before it is zeroed in the control zone.

    Args:
        x: Fills, ascending from 0.
        control: Where the nearly empty window ends, as a fill above 0.
        reach: How far up the fills go.
    """
    z = np.log2(np.maximum(x, control / 64) / control)
    top = float(np.log2(reach / control))
    return (
        (_STEP, [(z > _starts(top, _STEP_START) + 1e-9).astype(float)]),
        (_RAMP, _ramps(z, top)),
        (_LOGISTIC, _logistics(z, top)),
        (_POWER, _powers(z, top)),
        (_AT_ONCE, _at_once(z, top)),
        (_FADING, [_fading(x, control, reach)]),
        (_TWO_STAGE, _two_stage(z, top)),
    )


def _starts(top: float, step: float) -> Floats:
    return np.arange(0.0, top - step / 2, step)[:, None]


def _ramps(z: Floats, top: float) -> list[Floats]:
    widths = 0.25 * np.sqrt(2.0) ** np.arange(9)
    return [np.clip((z - _starts(top, _START)) / width, 0, 1) for width in widths]


def _logistics(z: Floats, top: float) -> list[Floats]:
    middle = np.arange(0.0, top + _TOWARDS, _START)[:, None]
    # nine tenths of a logistic lie within about six scales
    scales = 0.25 / 6 * np.sqrt(2.0) ** np.arange(9)
    return [1 / (1 + np.exp(np.clip((middle - z) / scale, -50, 50))) for scale in scales]


def _powers(z: Floats, top: float) -> list[Floats]:
    """A power law from a knee: 1 - (L / knee)**-b, an exponential in octaves."""
    past = np.maximum(z - _starts(top, _START), 0)
    exponents = 0.08 * 2.0 ** np.arange(6)
    return [1 - 2.0 ** (-exponent * past) for exponent in exponents]


def _at_once(z: Floats, top: float) -> list[Floats]:
    """Curves that begin where the window is no longer nearly empty."""
    u = np.clip(z / top, 0, 1)
    powers = [0.5, 0.7, 0.85, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0]
    return [u[None, :] ** power for power in powers]


def _fading(x: Floats, control: float, reach: float) -> Floats:
    """What fades exponentially with the text since it was said, averaged over places even in it.

    With a text of u times the length over which it fades, (1 - exp(-u)) / u of it is left.
    """
    octaves = float(np.log2(reach * 8 / control))
    over = control / 2 * 2.0 ** _starts(octaves, _START)
    u = np.maximum(x / over, 1e-9)
    return np.asarray(1 + np.expm1(-u) / u)


def _two_stage(z: Floats, top: float) -> list[Floats]:
    """A first part of the loss, then the rest: two steps, or two ramps that meet."""
    first = _starts(top, _START)
    curves = []
    for gap in (0.5, 1.0, 2.0, 3.0):
        inside = first[first[:, 0] + gap < top]
        one, two = ((z > edge + 1e-9).astype(float) for edge in (inside, inside + gap))
        curves += [part * one + (1 - part) * two for part in (0.25, 0.5, 0.75)]
        rise, rest = np.clip((z - inside) / gap, 0, 1), np.clip((z - inside - gap) / 0.5, 0, 1)
        curves += [part * rise + (1 - part) * rest for part in (0.15, 0.35)]
    return curves
