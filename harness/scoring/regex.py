"""The scorer `regex`: a pattern of the author's is found in the reply."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.probe import Score
from harness.core.scenario import PLACEHOLDER
from harness.scoring.mentions import named
from harness.scoring.normalise import answer
from harness.scoring.patterns import TOO_SLOW, all_found, check_pattern
from harness.scoring.verdict import NOTHING_EXPECTED, also_names

if TYPE_CHECKING:
    from harness.core.probe import Probe
    from harness.core.scenario import Value


@dataclass(frozen=True, slots=True)
class Regex:
    """1.0 when the pattern is found, and no wrong value is named nor the right one denied.

    None when the pattern takes longer than half a second to tell.

    Args:
        pattern: A Python regular expression. `{value}` in it stands for the expected value, in any
            of its spellings; without it, the pattern is the same whatever the session said.
        ignore_case: Whether capitals and small letters are one.
    """

    pattern: str
    ignore_case: bool = True

    def __post_init__(self) -> None:
        check_pattern(self.pattern.replace(PLACEHOLDER, "value"))

    def score(self, probe: Probe, reply: str, /) -> Score:
        """What the reply is worth: 0.0 or 1.0; None when the probe expects no value."""
        if not probe.expected:
            return NOTHING_EXPECTED
        said = named(probe, reply)
        for value in probe.expected:
            if said.denies(value):
                return Score(0.0, f"The reply denies '{value.text}'.")
        found = all_found(
            map(self._for, probe.expected), answer(reply), ignore_case=self.ignore_case
        )
        if found is None:
            return Score(None, TOO_SLOW)
        if not found:
            return Score(0.0, "The pattern is not found in the reply.")
        if said.wrong:
            return Score(0.0, also_names(said.wrong))
        return Score(1.0, "The pattern is found in the reply.")

    def _for(self, value: Value) -> str:
        """The pattern, with the spellings of a value in it."""
        spellings = "|".join(re.escape(text) for text in value.spellings)
        return self.pattern.replace(PLACEHOLDER, f"(?:{spellings})")
