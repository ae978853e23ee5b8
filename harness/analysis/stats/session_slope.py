"""How recall changes with one thing at equal fill, with sessions as the unit of chance.

Its one rule: the interval comes from leaving out one session at a time, so that whatever the
probes of a session share is counted once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy.special import stdtr, stdtrit

from harness.analysis.stats.session_mean import design_effect, fewest_sessions

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]
    Integers: TypeAlias = npt.NDArray[np.int64]

_NO_SPREAD = 1e-12
_SLACK = 0.25
"""Unequal sessions count as a little fewer than there are; so much fewer is still enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """Change of the score per unit of the regressor."""

    slope: float
    lo: float
    hi: float
    p_value: float
    """Two-sided, that the true slope is 0."""
    freedom: float
    """Degrees of freedom: the effective number of sessions, less one."""


def effective_sessions(z: Floats, stratum: Integers, session: Integers) -> float:
    """How many equal sessions would carry the same information about the slope.

    (sum h)^2 / sum h^2 with h the leverage of each session; it is the number of sessions where all
    are alike, and the number on the rarer side where each session has one side only. Source of the
    idea: Carter, Schnepel and Steigerwald, Review of Economics and Statistics 99 (2017).
    """
    if not len(z):
        return 0.0
    centred = z - _means(z, stratum)[stratum]
    share = np.bincount(session, weights=centred**2)
    return float(share.sum() ** 2 / (share**2).sum()) if share.sum() > _NO_SPREAD else 0.0


def slope_within(
    y: Floats, z: Floats, *, stratum: Integers, session: Integers, level: float
) -> Slope | None:
    """The slope of y on z inside strata, or None where there are too few sessions.

    Least squares with a mean for each stratum. Its standard error is the delete-one-session
    jackknife (CR3; MacKinnon, Nielsen and Webb, Journal of Applied Econometrics 38, 2023): sessions
    that lack one side take part with what they have, and where all sessions are alike it is exactly
    the t interval of the slopes of the single sessions.

    Args:
        y: Scores in [0, 1], shape (probes,).
        z: The regressor, same shape.
        stratum: Which stratum each probe is in, numbered from 0 without gaps.
        session: Which session, numbered from 0 without gaps.
        level: Of the two-sided interval, in (0, 1).
    """
    sessions = effective_sessions(z, stratum, session)
    if sessions < fewest_sessions(level) - _SLACK:
        return None
    slope, without = _leave_one_out(y, z, stratum, session)
    if without is None:
        return None
    freedom, count = sessions - 1, len(without)
    error = math.sqrt((count - 1) / count * float(((without - without.mean()) ** 2).sum()))
    if error < _NO_SPREAD:
        return _agreeing(slope, z, stratum, sessions=sessions, level=level, count=count)
    reach = float(stdtrit(freedom, (1 + level) / 2)) * error
    return Slope(
        slope=slope,
        lo=slope - reach,
        hi=slope + reach,
        p_value=float(2 * stdtr(freedom, -abs(slope) / error)),
        freedom=freedom,
    )


def _means(values: Floats, stratum: Integers) -> Floats:
    count = np.bincount(stratum)
    return np.asarray(np.bincount(stratum, weights=values) / np.maximum(count, 1))


def _leave_one_out(
    y: Floats, z: Floats, stratum: Integers, session: Integers
) -> tuple[float, Floats | None]:
    """The slope, and the slopes without each session; None where one session carries it alone."""
    z = z - z.mean()  # sums of squares far from 0 would lose their digits
    shape = (int(session.max()) + 1, int(stratum.max()) + 1)
    flat = session * shape[1] + stratum

    def sums(values: Floats | None = None) -> Floats:
        total = np.bincount(flat, weights=values, minlength=shape[0] * shape[1])
        return np.asarray(total.reshape(shape), dtype=np.float64)

    n, of_y, of_z, of_zz, of_zy = sums(), sums(y), sums(z), sums(z * z), sums(z * y)
    out = [part.sum(axis=0) - part for part in (n, of_y, of_z, of_zz, of_zy)]
    whole = _slope(*(part.sum(axis=0)[None, :] for part in (n, of_y, of_z, of_zz, of_zy)))
    without = _slope(*out)
    slope = float(whole[0])
    return slope, None if np.isnan(without).any() else without


def _slope(n: Floats, of_y: Floats, of_z: Floats, of_zz: Floats, of_zy: Floats) -> Floats:
    """Slopes from the sums of each stratum, one a row; NaN where z does not vary."""
    n = np.maximum(n, 1.0)
    square = (of_zz - of_z * of_z / n).sum(axis=1)
    product = (of_zy - of_z * of_y / n).sum(axis=1)
    flat = square < _NO_SPREAD
    return np.where(flat, np.nan, product / np.where(flat, 1.0, square))


def _agreeing(
    slope: float, z: Floats, stratum: Integers, *, sessions: float, level: float, count: int
) -> Slope:
    """Where no session moves the slope: the rule of three, as for a mean (see `sessionwise`)."""
    centred = z - _means(z, stratum)[stratum]
    share = 1 - ((1 - level) / 2) ** (design_effect(len(z) / count) / len(z))
    reach = share / float(np.sqrt((centred**2).mean()))
    return Slope(
        slope=slope,
        lo=slope - reach,
        hi=slope + reach,
        p_value=1.0 if abs(slope) < _NO_SPREAD else 2.0 ** (1 - sessions),
        freedom=sessions - 1,
    )
