"""Pure scorers, one file each, and the outcome of a trial.

A scorer is a frozen dataclass whose fields are its options. A new one is one file, one line below
and one test that calls `check_scorer`. Each is imported when a question is scored by it.
"""

from __future__ import annotations

from harness.core.protocols import Scorer
from harness.core.registry import Registry
from harness.scoring.abstention import abstains, refuses, says_unknown
from harness.scoring.attribute import Judgement, score_and_attribute
from harness.scoring.conformance import check_scorer

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
scorers.add("abstain", "harness.scoring.abstain:Abstain")
scorers.add("choice", "harness.scoring.choice:Choice")
scorers.add("contains", "harness.scoring.contains:Contains")
scorers.add("exact", "harness.scoring.exact:Exact")
scorers.add("judge", "harness.scoring.judged:Judge")
scorers.add("number", "harness.scoring.number:Number")
scorers.add("regex", "harness.scoring.regex:Regex")
scorers.add("sequence", "harness.scoring.sequence:Sequence")
scorers.add("set", "harness.scoring.set_:Set")
scorers.add("yes_no", "harness.scoring.yes_no:YesNo")
