"""The scorer `abstain`: the right answer is that it was never said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.probe import Score
from harness.scoring.abstention import abstains

if TYPE_CHECKING:
    from harness.core.probe import Probe


@dataclass(frozen=True, slots=True)
class Abstain:
    """1.0 when the reply says that it does not know or was never told, and names no value."""

    def score(self, probe: Probe, reply: str, /) -> Score:
        """What the reply is worth: 0.0 or 1.0."""
        if abstains(probe, reply):
            return Score(1.0, "The reply says that it is not known.")
        return Score(0.0, "The reply does not say that it is not known.")
