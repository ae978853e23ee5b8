"""The scorer `choice`: the reply picks the right one of the fact's options.

Options are the expected values and the decoys. A question that lists them excuses nothing here: a
reply that repeats the list has not chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.core.probe import Score
from harness.scoring.mentions import named
from harness.scoring.verdict import NOTHING_EXPECTED, also_names, names_all

if TYPE_CHECKING:
    from harness.core.probe import Probe


@dataclass(frozen=True, slots=True)
class Choice:
    """1.0 when the reply names the expected option and no other."""

    def score(self, probe: Probe, reply: str, /) -> Score:
        """What the reply is worth: 0.0 or 1.0; None when the probe expects no value."""
        if not probe.expected:
            return NOTHING_EXPECTED
        score = names_all(probe, named(probe, reply))
        if score.value:
            unasked = replace(probe, question="")
            others = [m for m in named(unasked, reply).wrong if m.kind == "decoy"]
            if others:
                return Score(0.0, also_names(others))
        return score
