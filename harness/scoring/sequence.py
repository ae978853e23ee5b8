"""The scorer `sequence`: the reply names all values, in the right order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.probe import Score
from harness.scoring.mentions import named
from harness.scoring.verdict import NOTHING_EXPECTED, listed_values, names_all

if TYPE_CHECKING:
    from harness.core.probe import Probe


@dataclass(frozen=True, slots=True)
class Sequence:
    """1.0 when the values are all named, each after the one before it, and no other is.

    A value counts where it is named last: a reply may list them before it puts them in order.
    """

    def score(self, probe: Probe, reply: str, /) -> Score:
        """What the reply is worth: 0.0 or 1.0; None when the probe expects no value."""
        if not probe.expected:
            return NOTHING_EXPECTED
        said = named(probe, reply)
        score = names_all(probe, said)
        if not score.value:
            return score
        last = {mention.value: mention.start for mention in said.right}
        given = sorted(last, key=lambda value: last[value])
        wanted = [value.text for value in probe.expected]
        if given != wanted:
            return Score(0.0, f"The reply names them in another order: {', '.join(given)}.")
        return Score(1.0, f"The reply names {listed_values(probe)} in this order.")
