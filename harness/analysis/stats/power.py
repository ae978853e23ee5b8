"""How much must be run: trials for a margin, seeds for a drop, seeds for the width of an onset.

Its one rule: a number of seeds is a plan and not a promise, so every rule here says where it comes
from and how far off it has been.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from scipy.special import ndtri

from harness.analysis.stats.session_mean import CORRELATION, design_effect, fewest_sessions
from harness.core.errors import UsageError

DISCORDANT = 0.12
"""Share of pairs that differ between two runs, where nothing better is known."""

WIDTHS: tuple[tuple[int, float, float, float], ...] = (
    (200, 0.36, 0.42, 0.47),
    (600, 0.08, 0.24, 0.35),
    (2000, 0.04, 0.12, 0.16),
    (6000, 0.025, 0.064, 0.091),
    (16000, 0.013, 0.033, 0.048),
)
"""Scored probes, and the mean width of the onset's 95 % interval for the easiest law (step), on
average over the eight laws with an onset, and for the hardest. Measured on `analysis.laws` with
sessions of 20 probes, a quarter of them controls, correlated at 0.05, eight studies a law. Sessions
of 10 or 60 probes gave the same widths to 0.01 (n = 2000): a session's luck moves its controls too
and mostly cancels, so that probes are what counts."""

_FUZZ = 1e-9


def trials_needed(
    margin: float,
    discordant: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    per_session: int = 10,
    correlation: float = CORRELATION,
) -> int:
    """Scored pairs needed to show that nothing was lost by the margin, or to find such a drop.

    n = (z_alpha + z_power)^2 * max(psi, m (1 - m)) / m^2, times the design effect of clustering.
    psi is the share of discordant pairs and m the margin. The variance of a paired difference of
    two answers is psi - m^2 (Connor, Biometrics 43, 1987); without a change it is psi; and with a
    loss of m at least m of the pairs differ, so that it is m - m^2 at the least.

    Args:
        margin: The drop that matters, in (0, 1).
        discordant: Share of pairs right in one run and wrong in the other, in [0, 1].
        power: Chance of the right answer, in (0, 1).
        alpha: One-sided error, in (0, 1).
        per_session: Probes in a session.
        correlation: Of the differences of two pairs of one session, in [0, 1].

    >>> trials_needed(0.05, 0.12, per_session=1)
    297
    """
    _check("margin", margin)
    _check("power", power)
    _check("alpha", alpha)
    _check("discordant", discordant, ends=True)
    _check("correlation", correlation, ends=True)
    _check_count("per_session", per_session)
    normal = float(ndtri(1 - alpha) + ndtri(power)) ** 2
    single = normal * max(discordant, margin * (1 - margin)) / margin**2
    return math.ceil(single * design_effect(per_session, correlation) - _FUZZ)


def seeds_to_detect(
    drop: float,
    probes_per_seed: int,
    *,
    discordant: float = DISCORDANT,
    power: float = 0.8,
    alpha: float = 0.05,
    correlation: float = CORRELATION,
) -> int:
    """Sessions in each of two runs needed to find a drop, at one-sided `alpha`.

    `trials_needed` over the probes of a session, and never fewer than an interval takes.

    Args:
        drop: The loss of recall to find, in (0, 1).
        probes_per_seed: Scored probes of one seed.
        discordant: Share of pairs that differ, in [0, 1]; at least `drop` of them do.
        power: Chance of finding it, in (0, 1).
        alpha: One-sided error, in (0, 1).
        correlation: Of the differences of two pairs of one session, in [0, 1].
    """
    trials = trials_needed(
        drop,
        discordant,
        power=power,
        alpha=alpha,
        per_session=probes_per_seed,
        correlation=correlation,
    )
    return max(math.ceil(trials / probes_per_seed), fewest_sessions(1 - 2 * alpha))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedsForWidth:
    """How many seeds an onset of that precision takes."""

    half_width: float
    """Of the 95 % interval, as a fraction of the window."""
    probes_per_seed: int
    easy: int
    """Seeds if recall falls in one step."""
    typical: int
    """Seeds for a mean width of twice the half-width, over the laws."""
    hard: int
    """Seeds if recall falls in small stairs, or slowly."""
    extrapolated: bool
    """Whether the widths measured do not reach so far, for one of the three."""

    @property
    def message(self) -> str:
        """One plain sentence."""
        text = (
            f"An onset to within {100 * self.half_width:g} % of the window takes about "
            f"{self.typical} seeds of {self.probes_per_seed} probes ({self.easy} if recall falls "
            f"in one step, {self.hard} if it falls little by little)"
        )
        return f"{text}, beyond what was simulated" if self.extrapolated else text


def seeds_for_half_width(half_width: float, probes_per_seed: int) -> SeedsForWidth:
    """Seeds for an onset interval of a given half-width, without adaptive choice of fills.

    Read off the widths that were simulated (`WIDTHS`), straight between them on logarithmic axes;
    outside them the width goes with 1 / sqrt(n). Which law a model follows is not known before the
    run, and the laws differ tenfold: hence three numbers.

    Args:
        half_width: Wanted, as a fraction of the window, in (0, 0.5).
        probes_per_seed: Scored probes of one seed.
    """
    if not 0.0 < half_width < 0.5:  # noqa: PLR2004 - half of the window
        raise UsageError(f"half_width is {half_width}, expected a fraction between 0 and 0.5")
    _check_count("probes_per_seed", probes_per_seed)
    probes = [_probes_for(2 * half_width, column) for column in (1, 2, 3)]
    easy, typical, hard = (
        max(math.ceil(n / probes_per_seed - _FUZZ), fewest_sessions(0.95)) for n in probes
    )
    return SeedsForWidth(
        half_width=half_width,
        probes_per_seed=probes_per_seed,
        easy=easy,
        typical=typical,
        hard=hard,
        extrapolated=max(probes) > WIDTHS[-1][0] or min(probes) < WIDTHS[0][0],
    )


def _probes_for(width: float, column: int) -> float:
    """Probes at which the mean width of a column of `WIDTHS` is `width`."""
    for few, many in itertools.pairwise(WIDTHS):
        if few[column] >= width >= many[column]:
            share = math.log(few[column] / width) / math.log(few[column] / many[column])
            return float(few[0] * (many[0] / few[0]) ** share)
    end = WIDTHS[0] if width > WIDTHS[0][column] else WIDTHS[-1]
    return float(end[0] * (end[column] / width) ** 2)


def _check(name: str, value: float, *, ends: bool = False) -> None:
    inside = 0.0 <= value <= 1.0 if ends else 0.0 < value < 1.0
    if not inside:
        raise UsageError(f"{name} is {value}, expected a fraction between 0 and 1")


def _check_count(name: str, value: int) -> None:
    if value < 1:
        raise UsageError(f"{name} is {value}, expected a whole number from 1")
