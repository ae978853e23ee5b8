"""The law of confusion: nothing is lost, but now and then the neighbour is quoted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.models.reference.base import Prompt, Reader, between, chance

if TYPE_CHECKING:
    from harness.models.reference.reader import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap(Reader):
    """Quotes the second best sentence instead of the best, at a rate.

    It does so only where it would have answered at all, and where another sentence holds a word
    of the question.
    """

    rate: float = 0.3
    """Share of prompts in which the neighbour is quoted."""

    def __post_init__(self) -> None:
        Reader.__post_init__(self)
        between("rate", self.rate, 0, 1)

    def recall(self, fill: float, position: float, /) -> float:
        """1 - rate: that the best sentence is the one quoted."""
        del fill, position
        return 1.0 - self.rate

    def say(self, prompt: Prompt, reading: Reading) -> str:
        """The answer, or its neighbour."""
        if not reading.found or not reading.enough(reading.found[0]):
            return reading.answer()
        best = reading.found[0]
        others = [found.text for found in reading.found if found.text != best.text]
        if others and chance(prompt.key(), "swap") >= self.recall(prompt.fill, 0.0):
            return others[0]
        return reading.answer()
