"""Laws of forgetting in long windows whose onset is known in tokens, and studies drawn of them.

The location of each law is solved for the onset that is wanted, so that onsets can be drawn evenly
over octaves whatever the law's own parameter means.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import polars as pl

from harness.core.near_empty import near_empty_tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]
    Recall: TypeAlias = Callable[[Floats, Floats, float], Floats]
    """(tokens, position, location in tokens) to the chance of recall."""

Design = Literal["octaves", "halves"]
"""How the probes past the nearly empty window lie. `octaves`: most of them even in the logarithm of
the length, the others even in the length, as sessions are laid out. `halves`: as many of either."""

_IN_OCTAVES = {"octaves": 0.75, "halves": 0.5}

_POSITIONS = 40
_PER_OCTAVE = 96
_FALL = 3.0  # octaves over which the linear law and the middle fall


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLaw:
    """A model's forgetting in one window, exactly."""

    name: str
    window_tokens: int
    location_tokens: float
    """The parameter of the law: an edge, a middle, a knee or a distance."""
    recall: Recall

    def probability(self, tokens: Floats, position: Floats) -> Floats:
        """The chance of recall, any shapes that broadcast."""
        return self.recall(tokens, position, self.location_tokens)

    def marginal(self, tokens: Floats) -> Floats:
        """Recall at each length, averaged over positions evenly spread."""
        position = (np.arange(_POSITIONS) + 0.5) / _POSITIONS
        at = np.asarray(tokens, dtype=np.float64)[:, None]
        return np.asarray(self.probability(at, position[None, :]).mean(axis=1))

    @property
    def near_empty_tokens(self) -> int:
        """Where the nearly empty window ends."""
        return near_empty_tokens(self.window_tokens)

    @property
    def plateau(self) -> float:
        """Mean recall while the window is nearly empty."""
        lengths = self.near_empty_tokens * (np.arange(200) + 0.5) / 200
        return float(self.marginal(lengths).mean())

    def first_below(self, level: float) -> float | None:
        """The first length past the nearly empty window with recall at or under a level, or None.

        Exact to a ninety-sixth of an octave.
        """
        octaves = np.log2(self.window_tokens / self.near_empty_tokens)
        steps = np.arange(1, int(np.ceil(octaves * _PER_OCTAVE)) + 1) / _PER_OCTAVE
        lengths = np.minimum(self.near_empty_tokens * 2.0**steps, self.window_tokens)
        down = np.flatnonzero(self.marginal(lengths) <= level + 1e-12)
        return float(lengths[down[0]]) if down.size else None

    def onset(self, criterion: float = 0.05) -> float | None:
        """The first length at which recall is down from its plateau by the criterion."""
        return self.first_below(self.plateau - criterion)

    def auc(self) -> float:
        """Recall averaged over the logarithm of the length, up to the window."""
        octaves = float(np.log2(self.window_tokens / self.near_empty_tokens))
        middles = (np.arange(2000) + 0.5) / 2000 * octaves
        return float(self.marginal(self.near_empty_tokens * 2.0**middles).mean())


def _step(tokens: Floats, position: Floats, edge: float) -> Floats:
    return np.where(tokens > edge, 0.6, 0.95) + 0 * position


def _logistic(tokens: Floats, position: Floats, middle: float) -> Floats:
    z = np.log2(np.maximum(tokens, 1) / middle)
    return np.asarray(0.94 - 0.6 / (1 + np.exp(-z / 0.4)) + 0 * position)


def _linear(tokens: Floats, position: Floats, knee: float) -> Floats:
    z = np.log2(np.maximum(tokens, 1) / knee)
    return np.asarray(0.95 - 0.6 * np.clip(z / _FALL, 0, 1) + 0 * position)


def _power(tokens: Floats, position: Floats, knee: float) -> Floats:
    return np.asarray(0.95 * np.maximum(tokens / knee, 1.0) ** -0.3 + 0 * position)


def _distance(tokens: Floats, position: Floats, scale: float) -> Floats:
    return np.asarray(0.97 * np.exp(-tokens * (1 - position) / scale))


def _middle(tokens: Floats, position: Floats, knee: float) -> Floats:
    depth = np.clip(np.log2(np.maximum(tokens, 1) / knee) / _FALL, 0, 1)
    return np.asarray(0.95 * (1 - 0.9 * depth * 4 * position * (1 - position)))


def _none(tokens: Floats, position: Floats, _: float) -> Floats:
    return np.asarray(0.93 + 0 * tokens + 0 * position)


def _poor(tokens: Floats, position: Floats, window: float) -> Floats:
    return np.asarray(0.12 - 0.07 * tokens / window + 0 * position)


def _small(tokens: Floats, position: Floats, window: float) -> Floats:
    return np.asarray(0.95 - 0.03 * tokens / window + 0 * position)


FALLING: dict[str, Recall] = {
    "step": _step,
    "logistic": _logistic,
    "linear": _linear,
    "power": _power,
    "distance": _distance,
    "middle": _middle,
}
"""Laws with an onset, wherever it is wanted."""
STEADY: dict[str, Recall] = {"none": _none, "small": _small, "poor": _poor}
"""Laws without: nothing is forgotten, less than the criterion, and poor from the start."""


def law_in_tokens(name: str, window_tokens: int, onset_tokens: float | None = None) -> TokenLaw:
    """The law of that name in that window; a falling one with its onset where it is wanted."""
    if name in STEADY or onset_tokens is None:
        recall = STEADY[name]
        place = float(window_tokens)
        return TokenLaw(
            name=name, window_tokens=window_tokens, location_tokens=place, recall=recall
        )
    make = partial(TokenLaw, name=name, window_tokens=window_tokens, recall=FALLING[name])
    low, high = onset_tokens / 64, onset_tokens * 64
    for _ in range(40):
        middle = float(np.sqrt(low * high))
        found = make(location_tokens=middle).onset()
        if found is None or found > onset_tokens:
            high = middle
        else:
            low = middle
    return make(location_tokens=low)


def simulate_tokens(
    law: TokenLaw,
    rng: np.random.Generator,
    *,
    n: int = 600,
    sessions: int = 30,
    correlation: float = 0.05,
    design: Design = "octaves",
) -> pl.DataFrame:
    """One study: columns session, fill, window_limit, position and score, a row a probe.

    Sessions differ as in `simulate`; a quarter of the probes lies in the nearly empty window.
    """
    from scipy.special import betaincinv

    fill = np.stack([_fills(law, n // sessions, rng, design) for _ in range(sessions)])
    position = rng.uniform(0, 1, fill.shape)
    recall = np.clip(law.probability(fill * law.window_tokens, position), 1e-9, 1 - 1e-9)
    mass = (1 - correlation) / correlation
    luck = rng.uniform(0, 1, (sessions, 1))
    own = betaincinv(recall * mass, (1 - recall) * mass, luck)
    score = (rng.uniform(0, 1, fill.shape) < own).astype(np.float64)
    return pl.DataFrame(
        {
            "session": np.repeat([f"s{i:04d}" for i in range(sessions)], fill.shape[1]),
            "fill": fill.ravel(),
            "window_limit": law.window_tokens,
            "position": position.ravel(),
            "score": score.ravel(),
        }
    )


def _fills(law: TokenLaw, each: int, rng: np.random.Generator, design: Design) -> Floats:
    """The fills of one session."""
    control = law.near_empty_tokens / law.window_tokens
    controls = round(each / 4)
    low = control * rng.uniform(0.02, 1, controls)
    rest = each - controls
    octaves = round(_IN_OCTAVES[design] * rest)
    even = rest - octaves
    strata = (np.arange(octaves) + rng.uniform(0, 1, octaves)) / max(octaves, 1)
    by_octave = control ** (1 - strata)
    spread = control + (1 - control) * (np.arange(even) + rng.uniform(0, 1, even)) / max(even, 1)
    return np.concatenate((low, by_octave, spread))
