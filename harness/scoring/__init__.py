"""Pure scorers, one file each, and the outcome of a trial.

A scorer is a frozen dataclass whose fields are its options. A new one is one file, one line below
and one test that calls `check_scorer`.
"""

from __future__ import annotations

from harness.core.protocols import Scorer
from harness.core.registry import Registry
from harness.scoring.abstain import Abstain
from harness.scoring.abstention import abstains, refuses, says_unknown
from harness.scoring.attribute import Judgement, score_and_attribute
from harness.scoring.choice import Choice
from harness.scoring.conformance import check_scorer
from harness.scoring.contains import Contains
from harness.scoring.exact import Exact
from harness.scoring.judged import Judge
from harness.scoring.number import Number
from harness.scoring.regex import Regex
from harness.scoring.sequence import Sequence
from harness.scoring.set_ import Set
from harness.scoring.yes_no import YesNo

__all__ = [
    "Judgement",
    "abstains",
    "check_scorer",
    "refuses",
    "says_unknown",
    "score_and_attribute",
    "scorers",
]

scorers: Registry[Scorer] = Registry("scorer", Scorer)
scorers.add("abstain", Abstain)
scorers.add("choice", Choice)
scorers.add("contains", Contains)
scorers.add("exact", Exact)
scorers.add("judge", Judge)
scorers.add("number", Number)
scorers.add("regex", Regex)
scorers.add("sequence", Sequence)
scorers.add("set", Set)
scorers.add("yes_no", YesNo)
