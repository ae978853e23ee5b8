"""The rule of the gate: when a difference is a pass, when a failure, and when nobody can tell.

Its one rule: everything here takes numbers or arrays alike, so that the benchmark which says how
often the gate is wrong judges the very code that judges a run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from harness.analysis.stats.power import DISCORDANT, trials_needed
from harness.analysis.stats.session_mean import T_SESSIONS, fewest_sessions, session_mean
from harness.core.errors import UsageError

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]
    Yes: TypeAlias = npt.NDArray[np.bool_]

Verdict = Literal["pass", "fail", "inconclusive"]

LEAST = 0.6
"""A drop smaller than this share of the margin is no failure, however sure it is."""

_NO_SPREAD = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """What the gate is set to. Fractions in (0, 1)."""

    margin: float = 0.05
    """The drop of recall that matters."""
    alpha: float = 0.05
    """One-sided error of each test."""
    power: float = 0.8
    """Chance of a decision that the number of missing seeds is planned for."""
    onset_margin: float = 0.1
    """How much earlier an onset may lie, as a fraction of the window."""

    def __post_init__(self) -> None:
        for name in ("margin", "alpha", "power", "onset_margin"):
            value = getattr(self, name)
            if not 0.0 < value < 1.0:
                raise UsageError(f"{name} is {value:g}, expected a fraction between 0 and 1")
        if self.alpha >= 0.5:  # noqa: PLR2004 -- a one-sided error of a half is a coin
            raise UsageError(f"alpha is {self.alpha:g}, expected a fraction below 0.5")

    @property
    def level(self) -> float:
        """Of the two-sided interval whose ends are the one-sided bounds."""
        return 1 - 2 * self.alpha


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Many looks at once: differences of recall, run less baseline, shape (looks,)."""

    effect: Floats
    lo: Floats
    """One-sided lower bounds at 1 - alpha."""
    hi: Floats
    """One-sided upper bounds at 1 - alpha."""
    p_worse: Floats
    """One-sided p-values, that the run is not worse."""


def looks(means: Floats, rule: GateRule, *, n_probes: int) -> Looks:
    """Every row of session means as a look at the difference, by the rules of `session_mean`.

    Args:
        means: Mean difference of each session, shape (looks, sessions), in [-1, 1].
        rule: The gate.
        n_probes: Pairs behind one row.

    Raises:
        UsageError: There are fewer sessions than an interval of that level takes.
    """
    rows, sessions = means.shape
    needed = fewest_sessions(rule.level)
    if sessions < needed:
        raise UsageError(f"{sessions} sessions; an interval at alpha {rule.alpha:g} takes {needed}")
    effect = means.mean(axis=1)
    error = means.std(axis=1, ddof=1) / math.sqrt(sessions)
    flat = np.ptp(means, axis=1) < _NO_SPREAD
    one_by_one = np.flatnonzero(flat) if sessions >= T_SESSIONS else np.arange(rows)
    reach = student(rule.alpha, sessions) * error
    lo, hi = np.maximum(effect - reach, -1.0), np.minimum(effect + reach, 1.0)
    p_worse = stdtr(sessions - 1, effect / np.where(error > 0, error, 1.0))
    for row in one_by_one:
        found = session_mean(means[row].tolist(), level=rule.level, n_probes=n_probes)
        assert found is not None  # noqa: S101 -- there are sessions enough, see above
        effect[row], lo[row], hi[row] = found.effect, found.lo, found.hi
        p_worse[row] = one_sided(found.effect, found.p_value)
    return Looks(effect=effect, lo=lo, hi=hi, p_worse=p_worse)


def one_sided(effect: float, p_value: float) -> float:
    """The p-value against 'not worse', from the two-sided one.

    >>> one_sided(-0.1, 0.04), one_sided(0.1, 0.04)
    (0.02, 0.98)
    """
    return p_value / 2 if effect < 0 else 1 - p_value / 2


@lru_cache(maxsize=1024)
def student(alpha: float, sessions: int) -> float:
    """The quantile of Student's t that one-sided bounds over session means reach out to."""
    return float(stdtrit(sessions - 1, 1 - alpha))


def passes(lo: Floats | float, margin: float) -> Yes:
    """Whether a drop as large as the margin is excluded."""
    return np.asarray(lo > -margin)


def fires(
    effect: Floats | float, lo: Floats | float, p_worse: Floats | float, rule: GateRule
) -> Yes:
    """Whether one look calls for a second one: surely worse, by enough, and not a pass.

    Args:
        effect: Differences, run less baseline.
        lo: One-sided lower bounds.
        p_worse: One-sided p-values, corrected where several tests are made at once.
        rule: The gate.
    """
    large = np.asarray(effect <= -LEAST * rule.margin + _NO_SPREAD)
    return np.asarray(large & np.asarray(p_worse <= rule.alpha) & ~passes(lo, rule.margin))


def sessions_to_plan(rule: GateRule, *, per_session: int, discordant: float = DISCORDANT) -> int:
    """Sessions with which a drop of the margin is found with the rule's power, by both looks.

    Each look must see it, so that each is planned for the root of the power; and since the spread
    of few sessions is estimated, z^2 / 2 of them come on top (Guenther, The American Statistician
    35, 1981).

    Args:
        rule: The gate.
        per_session: Scored probes in a session.
        discordant: Share of pairs that differ between two runs of the same, in [0, 1].
    """
    trials = trials_needed(
        rule.margin,
        discordant,
        power=math.sqrt(rule.power),
        alpha=rule.alpha,
        per_session=per_session,
    )
    extra = float(ndtri(1 - rule.alpha)) ** 2 / 2
    return max(math.ceil(trials / per_session + extra), fewest_sessions(rule.level))


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """How many sessions are missing for a decision, and for which question."""

    sessions: int
    """More than there are; at least 1."""
    drop: float
    """The difference that they would tell from none, in (0, 1)."""


def short_of(effect: float, lo: float, hi: float, n_sessions: int, rule: GateRule) -> Short:
    """What an inconclusive look lacks.

    The standard error is read off the interval. As many sessions are needed as would find a drop
    of the margin; where there are so many already, the true drop lies between 'none' and 'the
    margin', and the missing sessions are those that would tell it from the nearer of the two.

    Args:
        effect: Difference, run less baseline.
        lo: One-sided lower bound.
        hi: One-sided upper bound.
        n_sessions: Sessions behind them.
        rule: The gate.
    """
    error = (hi - lo) / 2 / student(rule.alpha, n_sessions)
    z = float(ndtri(1 - rule.alpha) + ndtri(rule.power))

    def wanted(distance: float) -> int:
        return math.ceil(n_sessions * (z * error / distance) ** 2 - 1e-9)

    planned = wanted(rule.margin) - n_sessions
    if planned > 0:
        return Short(sessions=planned, drop=rule.margin)
    nearer = max(rule.margin + effect, -effect if effect <= -LEAST * rule.margin else 0.0)
    # a tenth of the margin: closer than that nobody can afford to tell
    distance = max(nearer, rule.margin / 10)
    return Short(sessions=max(wanted(distance) - n_sessions, 1), drop=distance)
