"""The scorer `set`: how many of the values are named, and how many that do not belong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.probe import Score
from harness.scoring.mentions import named
from harness.scoring.verdict import NOTHING_EXPECTED

if TYPE_CHECKING:
    from harness.core.probe import Probe


@dataclass(frozen=True, slots=True)
class Set:
    """F1 of the expected values that the reply names; order does not count, nor do repeats.

    Precision counts wrong items: planted, stale and decoy values and made-up ones of their shape.
    Source: van Rijsbergen, Information Retrieval (1979), chapter 7, with beta = 1.
    """

    def score(self, probe: Probe, reply: str, /) -> Score:
        """What the reply is worth, in [0, 1]; None when the probe expects no value."""
        if not probe.expected:
            return NOTHING_EXPECTED
        said = named(probe, reply)
        expected = {value.text: value for value in probe.expected}
        hits = sum(said.stands(value) for value in expected.values())
        wrong = len({mention.value for mention in said.wrong})
        f1 = 2 * hits / (hits + wrong + len(expected))
        return Score(f1, f"The reply names {hits} of {len(expected)}, and {wrong} wrong.")
