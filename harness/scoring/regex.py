"""The scorer `regex`: a pattern of the author's is found in the reply."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.probe import Score
from harness.scoring.mentions import named
from harness.scoring.normalise import answer
from harness.scoring.verdict import NOTHING_EXPECTED, also_names

if TYPE_CHECKING:
    from harness.core.probe import Probe

_VALUE = "{value}"


@dataclass(frozen=True, slots=True)
class Regex:
    """1.0 when the pattern is found, and no wrong value is named nor the right one denied.

    Args:
        pattern: A Python regular expression. `{value}` in it stands for the expected value, in any
            of its spellings; without it, the pattern is the same whatever the session said.
        ignore_case: Whether capitals and small letters are one.
    """

    pattern: str
    ignore_case: bool = True

    def __post_init__(self) -> None:
        try:
            re.compile(self.pattern.replace(_VALUE, "value"))
        except re.error as error:
            raise ValueError(f"'{self.pattern}' is no regular expression: {error}") from error

    def score(self, probe: Probe, reply: str, /) -> Score:
        """What the reply is worth: 0.0 or 1.0; None when the probe expects no value."""
        if not probe.expected:
            return NOTHING_EXPECTED
        said = named(probe, reply)
        for value in probe.expected:
            if said.denies(value):
                return Score(0.0, f"The reply denies '{value.text}'.")
            spellings = "|".join(re.escape(text) for text in value.spellings)
            pattern = self.pattern.replace(_VALUE, f"(?:{spellings})")
            flags = re.IGNORECASE if self.ignore_case else re.NOFLAG
            if not re.search(pattern, answer(reply), flags):
                return Score(0.0, "The pattern is not found in the reply.")
        if said.wrong:
            return Score(0.0, also_names(said.wrong))
        return Score(1.0, "The pattern is found in the reply.")
