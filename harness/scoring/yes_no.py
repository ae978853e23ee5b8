"""The scorer `yes_no`: the reply says yes, or no, whatever reason it gives.

The one rule: what comes first counts. A reply that says neither has not answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.probe import Score
from harness.core.text import words
from harness.scoring.normalise import answer
from harness.scoring.verdict import NOTHING_EXPECTED

if TYPE_CHECKING:
    from harness.core.probe import Probe

_HEDGE = (
    r"(?:(?:well|so|most|very|quite|i|would|say|think|it|is|that|this|he|she|they|the|answer|my"
    r"|sorry|based|on|our|conversation|hmm|oh) )*"
)
_UNSURE = r"(?! (?:sure|certain|known|clear|only|just|mentioned|specified|enough))"
_UNKNOWING = r"(?! (?:know|remember|recall|sure|have (?:\w+ ){0,3}information))"
_NO = re.compile(
    rf"^{_HEDGE}(?:no|nope|nah|never|false|incorrect|unlikely|improbable|(?:not|hardly)\b{_UNSURE}"
    r"|(?:likely|probably|certainly|definitely|presumably|somewhat|apparently) (?:not|no)\b"
    r"|(?:do|does|did|would|could|should|is|was|has|have|had|will|can) not\b"
    rf"{_UNKNOWING})"
)
_YES = re.compile(
    rf"^{_HEDGE}(?:yes|yeah|yep|yup|true|correct|right|indeed|sure|absolutely|certainly|definitely"
    r"|likely|probably|presumably|of course|possibly|affirmative)\b"
)


def polarity(text: str) -> bool | None:
    """Whether a text says yes; None where it says neither yes nor no.

    >>> polarity("Yes, since she moved."), polarity("Likely no"), polarity("In May.")
    (True, False, None)
    """
    plain = " ".join(words(answer(text)))
    if _NO.search(plain):
        return False
    return True if _YES.search(plain) else None


@dataclass(frozen=True, slots=True)
class YesNo:
    """1.0 when the reply says yes where the expected answer does, or no where that does."""

    def score(self, probe: Probe, reply: str, /) -> Score:
        """What the reply is worth: 0.0 or 1.0; None when no yes or no is expected."""
        wanted = [polarity(value.text) for value in probe.expected]
        if not wanted or None in wanted:
            return NOTHING_EXPECTED if not wanted else Score(None, "No yes or no is expected.")
        said = polarity(reply)
        if said is None:
            return Score(0.0, "The reply says neither yes nor no.")
        return Score(float(said == wanted[0]), f"The reply says {'yes' if said else 'no'}.")
