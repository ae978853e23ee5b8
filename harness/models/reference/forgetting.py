"""Laws of forgetting: each sentence is lost by chance, and the law says with which probability.

The draw is a hash, so it is repeatable. What is drawn is a sentence: the echo of a fact in the
assistant's answer is no second chance (the reader leaves echoes out).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from harness.models.reference.base import Prompt, Reader, between, chance, one_of

if TYPE_CHECKING:
    from harness.models.reference.reader import Sees

_BY_SENTENCE = b"sentence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting(Reader):
    """Loses each sentence with probability 1 - recall(fill, position); the base of these laws."""

    draw: Literal["prompt", "sentence"] = "prompt"
    """prompt: every prompt draws anew, so probes are independent; sentence: the draw belongs to
    the sentence, so what is lost at one fill stays lost at all higher ones."""

    def __post_init__(self) -> None:
        Reader.__post_init__(self)
        one_of("draw", self.draw, ("prompt", "sentence"))

    def sees(self, prompt: Prompt) -> Sees:
        """Which sentences the draws leave visible."""
        key = _BY_SENTENCE if self.draw == "sentence" else prompt.key()
        positions = prompt.positions()

        @cache
        def share(message: int) -> float:
            return self.recall(prompt.fill, positions[message])

        def sees(message: int, sentence: str) -> bool:
            seen = share(message)
            return seen >= 1.0 or chance(key, sentence) < seen

        return sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Fading(Forgetting):
    """Forgets nothing up to the onset, then more the fuller the window is, in a straight line."""

    onset: float = 0.6
    """Fill where forgetting begins."""
    slope: float = 2.0
    """Recall lost for one unit of fill beyond the onset."""
    floor: float = 0.0
    """Recall never falls below it."""

    def __post_init__(self) -> None:
        Forgetting.__post_init__(self)
        between("onset", self.onset, 0)
        between("slope", self.slope, 0)
        between("floor", self.floor, 0, 1)

    def recall(self, fill: float, position: float, /) -> float:
        """max(floor, 1 - slope * (fill - onset)) beyond the onset, else 1."""
        del position
        return max(self.floor, 1.0 - self.slope * max(0.0, fill - self.onset))


@dataclass(frozen=True, slots=True, kw_only=True)
class Logistic(Forgetting):
    """Recall falls along a logistic curve: half of what can be lost is lost at `mid`."""

    mid: float = 0.7
    """Fill of the steepest fall."""
    scale: float = 0.06
    """Width of the fall, in fill: from 73 % to 27 % within two of it."""
    floor: float = 0.1
    """Recall that stays however full the window is."""

    def __post_init__(self) -> None:
        Forgetting.__post_init__(self)
        between("mid", self.mid, 0)
        between("scale", self.scale, 1e-6)
        between("floor", self.floor, 0, 1)

    def recall(self, fill: float, position: float, /) -> float:
        """From 1 to the floor: floor + (1 - floor) / (1 + exp((fill - mid) / scale))."""
        del position
        steps = min(700.0, (fill - self.mid) / self.scale)  # exp overflows beyond
        return self.floor + (1.0 - self.floor) / (1.0 + math.exp(steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLaw(Forgetting):
    """Recall falls at once, from 1 to 1 - drop, when the fill reaches the onset."""

    onset: float = 0.5
    """Fill of the step."""
    drop: float = 0.6
    """Recall lost there."""

    def __post_init__(self) -> None:
        Forgetting.__post_init__(self)
        between("onset", self.onset, 0)
        between("drop", self.drop, 0, 1)

    def recall(self, fill: float, position: float, /) -> float:
        """1 below the onset, 1 - drop from it on."""
        del position
        return 1.0 if fill < self.onset else 1.0 - self.drop


@dataclass(frozen=True, slots=True, kw_only=True)
class MiddleLaw(Forgetting):
    """Loses the middle of the prompt more than its ends, and more of it the fuller it is."""

    loss: float = 0.8
    """Recall lost in the very middle of a full window."""
    onset: float = 0.0
    """Fill where the loss begins; it grows from there in a straight line until the window is
    full, and no further."""
    sharp: float = 1.0
    """How narrow the middle is: 1 is a parabola over the whole prompt, more is narrower."""

    def __post_init__(self) -> None:
        Forgetting.__post_init__(self)
        between("loss", self.loss, 0, 1)
        between("onset", self.onset, 0, 0.99)
        between("sharp", self.sharp, 0.01, 100)

    def recall(self, fill: float, position: float, /) -> float:
        """1 - loss * grown(fill) * (4 * position * (1 - position)) ** sharp."""
        grown = min(1.0, max(0.0, fill - self.onset) / (1.0 - self.onset))
        middle = math.pow(max(0.0, 4.0 * position * (1.0 - position)), self.sharp)
        return 1.0 - self.loss * grown * middle


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse(Forgetting):
    """Loses sentences at random, full or empty: the carelessness that is no forgetting."""

    rate: float = 0.1
    """Probability that a sentence is missed."""

    def __post_init__(self) -> None:
        Forgetting.__post_init__(self)
        between("rate", self.rate, 0, 1)

    def recall(self, fill: float, position: float, /) -> float:
        """1 - rate."""
        del fill, position
        return 1.0 - self.rate
