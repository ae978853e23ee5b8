"""The scorer `exact`: the reply is the value and nothing else.

The word is taken strictly: case, accents, markup, quotes and full stops are not differences, but
"The answer is dry" is not "dry". Use `contains` where a sentence is as good an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.printable import shown
from harness.core.probe import Score
from harness.scoring.mentions import named
from harness.scoring.verdict import NOTHING_EXPECTED, listed_values, names_all

if TYPE_CHECKING:
    from harness.core.probe import Probe


@dataclass(frozen=True, slots=True)
class Exact:
    """1.0 when the reply is a spelling of the value; for a set, its values in any order."""

    def score(self, probe: Probe, reply: str, /) -> Score:
        """What the reply is worth: 0.0 or 1.0; None when the probe expects no value."""
        if not probe.expected:
            return NOTHING_EXPECTED
        said = named(probe, reply)
        score = names_all(probe, said)
        if not score.value:
            return score
        covered = {i for mention in said.right for i in range(mention.start, mention.stop)}
        more = [word for i, word in enumerate(said.text.words) if i not in covered]
        if len(probe.expected) > 1:
            more = [word for word in more if word != "and"]
        if more:
            return Score(
                0.0, f"The reply says more than {listed_values(probe)}: '{shown(more[0])}'."
            )
        if len(said.right) > len(probe.expected):
            return Score(0.0, f"The reply says {listed_values(probe)} more than once.")
        return Score(1.0, f"The reply is {listed_values(probe)}.")
