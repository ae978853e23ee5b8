"""The scorer `contains`: the right value is in the reply, and no wrong one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.scoring.mentions import named
from harness.scoring.verdict import NOTHING_EXPECTED, names_all

if TYPE_CHECKING:
    from harness.core.probe import Probe, Score


@dataclass(frozen=True, slots=True)
class Contains:
    """1.0 when every expected value occurs in the reply, as whole words, and no wrong one does."""

    def score(self, probe: Probe, reply: str, /) -> Score:
        """What the reply is worth: 0.0 or 1.0; None when the probe expects no value."""
        if not probe.expected:
            return NOTHING_EXPECTED
        return names_all(probe, named(probe, reply))
