"""Laws of forgetting whose onset is known, and studies drawn from them: the estimator's test track.

A law gives the chance that a fact is recalled, from the fill and the position, and nothing else: no
session, no chance, no harness. The truth is computed, never written down. In a study sessions
differ from each other, and the law stays the exact average over them. Tests and benchmarks alone
use this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from harness.core.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]

_FILL_STEP = 0.0005
_POSITIONS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedLaw:
    """A model's forgetting, exactly."""

    name: str
    probability: Callable[[Floats, Floats], Floats]
    """(fill, position) to the chance of recall; both in [0, 1], any shapes that broadcast."""
    claimable: bool = True
    """False for a model so poor from the start that no onset may be claimed of it."""

    def marginal(self, fill: Floats) -> Floats:
        """Recall at each fill, averaged over positions evenly spread; shape (fills,)."""
        position = (np.arange(_POSITIONS) + 0.5) / _POSITIONS
        recall = self.probability(np.asarray(fill, dtype=np.float64)[:, None], position[None, :])
        return np.asarray(recall.mean(axis=1), dtype=np.float64)


def law_onset(
    law: SimulatedLaw | str, criterion: float = 0.05, *, control: float = 0.05
) -> float | None:
    """The first fill past the control zone at which recall is down by the criterion.

    Args:
        law: A law, or the name of one in `LAWS`.
        criterion: The drop from the plateau that counts, in (0, 1).
        control: The fill at which the nearly empty window ends, in (0, 1).

    Returns:
        A fill in (control, 1], exact to 0.0005, or None where the drop is never reached.
    """
    if isinstance(law, str):
        law = law_named(law)
    nearly_empty = np.arange(_FILL_STEP / 2, control, _FILL_STEP)
    plateau = float(law.marginal(nearly_empty).mean())
    fill = np.arange(control + _FILL_STEP, 1 + _FILL_STEP / 2, _FILL_STEP)
    down = np.flatnonzero(law.marginal(fill) <= plateau - criterion)
    return float(fill[down[0]]) if down.size else None


def law_named(name: str) -> SimulatedLaw:
    """The law of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in LAWS:
        raise UsageError(f"Unknown law {name!r}: {nearest(name, LAWS)}")
    return LAWS[name]


def _anywhere(recall: Callable[[Floats], Floats]) -> Callable[[Floats, Floats], Floats]:
    """A law that does not care about the position."""
    return lambda fill, position: recall(fill) + 0.0 * position


def _logistic(fill: Floats) -> Floats:
    return np.asarray(0.93 - 0.48 / (1 + np.exp(-(fill - 0.65) / 0.07)))


def _stairs(fill: Floats) -> Floats:
    return np.asarray(0.95 - 0.10 * sum((fill > edge).astype(float) for edge in (0.35, 0.6, 0.8)))


def _distance(fill: Floats, position: Floats) -> Floats:
    """Memory fades with the text that has gone by since."""
    return np.asarray(0.97 * np.exp(-fill * (1 - position)))


def _middle(fill: Floats, position: Floats) -> Floats:
    """The beginning and the end are kept; the middle sinks as the window fills."""
    depth = np.clip((fill - 0.25) / 0.75, 0, 1)
    return np.asarray(0.95 * (1 - 0.8 * depth * 4 * position * (1 - position)))


def _window(fill: Floats, position: Floats, seen: float = 0.6) -> Floats:
    """What lies further back than that is not seen at all."""
    return np.where(fill * (1 - position) <= seen, 0.95, 0.03)


def _step(fill: Floats, edge: float = 0.6) -> Floats:
    return np.where(fill > edge, 0.65, 0.95)


def _linear(fill: Floats, knee: float = 0.4) -> Floats:
    return 0.95 - 0.4 * np.clip((fill - knee) / (1 - knee), 0, 1)


def _laws() -> Mapping[str, SimulatedLaw]:
    laws = (
        SimulatedLaw(name="step", probability=_anywhere(_step)),
        SimulatedLaw(name="logistic", probability=_anywhere(_logistic)),
        SimulatedLaw(name="linear", probability=_anywhere(_linear)),
        SimulatedLaw(name="accelerating", probability=_anywhere(lambda x: 0.95 - 0.45 * x**3)),
        SimulatedLaw(name="stairs", probability=_anywhere(_stairs)),
        SimulatedLaw(name="distance", probability=_distance),
        SimulatedLaw(name="middle", probability=_middle),
        SimulatedLaw(name="window", probability=_window),
        SimulatedLaw(name="none", probability=_anywhere(lambda x: 0.93 + 0.0 * x)),
        SimulatedLaw(name="small", probability=_anywhere(lambda x: 0.95 - 0.03 * x)),
        SimulatedLaw(
            name="floor", probability=_anywhere(lambda x: 0.12 - 0.07 * x), claimable=False
        ),
    )
    return {law.name: law for law in laws}


LAWS: Mapping[str, SimulatedLaw] = _laws()
"""Step, logistic, linear after a knee, accelerating, stairs, exponential in distance, lost in the
middle, sliding window, none, smaller than the criterion, and poor from the start."""


def simulate(
    law: SimulatedLaw,
    rng: np.random.Generator,
    *,
    n: int = 600,
    sessions: int = 30,
    correlation: float = 0.05,
    control: float = 0.05,
    control_share: float = 0.25,
) -> pl.DataFrame:
    """One study of `law`: columns session, fill, position and score, a row a probe.

    Within each session a quarter of the probes are controls; the others are spread over the rest
    of the window, one in each of equal strata, jittered inside it. A session is good or bad as a
    whole: its luck is one rank in (0, 1), and its recall at a fill is that quantile of the beta
    distribution whose mean is the law and whose intraclass correlation is `correlation`. The mean
    over sessions is therefore the law itself, at every fill.

    Args:
        law: What the model really does.
        rng: The source of all chance here.
        n: Probes in all; rounded down to the same number a session.
        sessions: Clusters.
        correlation: Of two probes of one session at the same fill, in [0, 1).
        control: Where the nearly empty window ends, as a fill.
        control_share: The share of control probes, in [0, 1].
    """
    each = n // sessions
    controls = round(each * control_share)
    spread = each - controls
    shape = (sessions, each)
    fill = np.empty(shape)
    fill[:, :controls] = control * rng.uniform(0.02, 1, (sessions, controls))
    strata = (np.arange(spread)[None, :] + rng.uniform(0, 1, (sessions, spread))) / max(spread, 1)
    fill[:, controls:] = control + (1 - control) * strata
    position = rng.uniform(0, 1, shape)
    recall: Floats = np.clip(law.probability(fill, position), 1e-9, 1 - 1e-9)
    if correlation > 0:
        from scipy.special import betaincinv

        mass = (1 - correlation) / correlation
        luck = rng.uniform(0, 1, (sessions, 1))
        recall = np.asarray(betaincinv(recall * mass, (1 - recall) * mass, luck), dtype=np.float64)
    score = (rng.uniform(0, 1, shape) < recall).astype(np.float64)
    names = [f"s{i:04d}" for i in range(sessions)]
    return pl.DataFrame(
        {
            "session": np.repeat(names, each),
            "fill": fill.ravel(),
            "position": position.ravel(),
            "score": score.ravel(),
        }
    )
