"""A mean over sessions, with its interval and p-value: one number a session goes in.

Its one rule: sessions are the unit. Probes of one session share its luck, so that however many
there are, they count as one.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr, stdtrit

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

T_SESSIONS = 10
"""From so many sessions on the t distribution is used; below it, the flips of signs."""
CORRELATION = 0.05
"""Of two probes of one session, where the data cannot tell: the value that the table of trials
needed was made with."""

_NO_SPREAD = 1e-12
"""Session means closer than this differ by rounding only."""
_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMean:
    """A mean over sessions and how sure it is. All numbers in the units of what went in."""

    effect: float
    lo: float
    hi: float
    p_value: float
    """Two-sided, that the true mean is 0."""
    method: str
    """Name of the interval and test, as a report prints it."""


def check_level(level: float) -> None:
    """Refuse what is no confidence level.

    Raises:
        UsageError: It does not lie in (0, 1); 95 for 0.95 is the usual slip.
    """
    if not 0.0 < level < 1.0:
        raise UsageError(f"level is {level}, expected a fraction between 0 and 1, such as 0.95")


def fewest_sessions(level: float) -> int:
    """How many sessions an interval of that level takes at the least.

    With S sessions there are 2^S ways to flip the signs of their differences; the most extreme
    two-sided p-value is 2 / 2^S, which must not exceed 1 - level.

    >>> fewest_sessions(0.95), fewest_sessions(0.90)
    (6, 5)
    """
    return math.ceil(math.log2(2 / (1 - level)) - _TINY)


def design_effect(per_session: float, correlation: float = CORRELATION) -> float:
    """By how much clustering multiplies the variance of a mean: 1 + (m - 1) rho.

    Source: Kish, Survey Sampling (1965), 8.2.

    Args:
        per_session: Probes in a session, at least 1.
        correlation: Of two probes of one session, in [0, 1].
    """
    return 1 + (per_session - 1) * correlation


def session_mean(values: Sequence[float], *, level: float, n_probes: int) -> SessionMean | None:
    """The mean of one value a session, or None where there are too few sessions.

    From 10 sessions on: Student's t on the session values, S - 1 degrees of freedom. Below: the
    sign-flip permutation test, by full enumeration, and the interval that inverts it, whose ends
    are means of subsets of the sessions (Hartigan, Using subsample values as typical values, JASA
    64, 1969). Where all sessions agree exactly there is no variance to read an interval from; see
    `agreeing`.

    Args:
        values: One a session, in [-1, 1].
        level: Of the two-sided interval, in (0, 1).
        n_probes: Pairs of probes behind the values; used where all sessions agree.
    """
    count = len(values)
    if count < fewest_sessions(level):
        return None
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    # fsum: the same number in any order of the sessions, and exactly mirrored for -values
    effect = math.fsum(ordered) / count
    if ordered[-1] - ordered[0] < _NO_SPREAD:
        return agreeing(effect, count, level=level, n_probes=n_probes)
    if count < T_SESSIONS:
        return _flipped(ordered, effect, level)
    spread = math.fsum((ordered - effect) ** 2)
    error = math.sqrt(spread / (count - 1) / count)
    reach = float(stdtrit(count - 1, (1 + level) / 2)) * error
    return SessionMean(
        effect=effect,
        lo=max(effect - reach, -1.0),
        hi=min(effect + reach, 1.0),
        p_value=float(2 * stdtr(count - 1, -abs(effect) / error)),
        method="t over session means",
    )


def agreeing(effect: float, sessions: int, *, level: float, n_probes: int) -> SessionMean:
    """The interval where every session shows the same value: the exact form of the rule of three.

    No probe behaved otherwise, hence a share u = 1 - (alpha / 2)^(1 / n) of them may at the
    most (Clopper and Pearson 1934, for 0 of n), and each of these could lie anywhere in [-1, 1].
    n is the number of probes over the design effect; it is never below the number of sessions.
    """
    effective = n_probes / design_effect(n_probes / sessions)
    share = 1 - ((1 - level) / 2) ** (1 / effective)
    return SessionMean(
        effect=effect,
        lo=effect - share * (1 + effect),
        hi=effect + share * (1 - effect),
        p_value=1.0 if abs(effect) < _NO_SPREAD else 2.0 ** (1 - sessions),
        method="exact bound, all sessions agree",
    )


def _flipped(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], effect: float, level: float
) -> SessionMean:
    """Sign flips of at most nine values; p-value and interval come from the same 2^S cases."""
    cases = list(itertools.product((False, True), repeat=len(values)))
    total = abs(math.fsum(values))
    as_far = sum(
        abs(math.fsum(np.where(case, values, -values))) >= total - _NO_SPREAD for case in cases
    )
    means = sorted(math.fsum(values[list(case)]) / sum(case) for case in cases if any(case))
    # an end lies at the k-th mean from outside; k >= 1 since there are enough sessions
    outside = math.floor((1 - level) / 2 * len(cases) + _TINY)
    return SessionMean(
        effect=effect,
        lo=means[outside - 1],
        hi=means[-outside],
        p_value=as_far / len(cases),
        method="sign flips of session means",
    )
