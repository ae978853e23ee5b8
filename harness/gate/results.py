"""What a check finds, as frozen values: the shape that its reports publish.

Its one rule: what was not measured is None. Differences are the run less the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from harness.gate.decision import GateRule, Verdict

CHECK_SCHEMA = 1
"""Version of the fields of `Check`, as published in JSON."""

Kind = Literal["overall", "scenario", "abstain", "rule", "onset"]


_NAMES = {
    "overall": "recall",
    "abstain": "never said",
    "rule": "standing rules",
    "onset": "onset",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The conditions that both sides share; of those that differ, what the run has."""

    model: str
    variant: str
    window_limit: int
    """Tokens."""
    policy: str
    memory: str
    layout: str

    @property
    def name(self) -> str:
        """In a few words."""
        prompt = f" [{self.variant}]" if self.variant else ""
        return f"{self.model}{prompt}, {self.window_limit:,} tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTest:
    """One question put to the differences, and its answer."""

    __test__ = False  # for pytest, which would collect it by its name

    kind: Kind
    scenario: str | None
    """None where all scenarios of the cell are meant."""
    cell: Conditions
    effect: float | None
    """Difference of recall, in [-1, 1]; of an onset, in fractions of the window. None where it
    cannot be told."""
    lo: float | None
    """One-sided lower bound at 1 - alpha; None where it is open."""
    hi: float | None
    """One-sided upper bound."""
    p_worse: float | None
    """One-sided, after Holm's correction; None for onsets, whose bounds are corrected instead."""
    n_pairs: int
    n_sessions: int
    passes: bool
    fires: bool
    """Whether this look calls for a second one."""
    verdict: Verdict
    message: str
    """One plain sentence."""
    second: str | None = None
    """What the second look said; None where there was no need of one."""
    seeds_missing: int | None = None
    """More seeds for a decision; None where there is one, or where it cannot be planned."""

    @property
    def name(self) -> str:
        """What is tested, in a word or two."""
        if self.kind == "scenario":
            return f"scenario {self.scenario}"
        return _NAMES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A question that was answered less well than in the baseline."""

    scenario: str
    question: str
    """Its id: of a question that stands under a fact, the fact's."""
    n: int
    """Pairs."""
    before: float
    """Recall in the baseline, in [0, 1]."""
    now: float
    """Recall in the run."""
    outcomes: tuple[tuple[str, int], ...]
    """What came where the baseline mostly recalled and the run did not; the commonest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostReply:
    """One reply of the run to a question that lost."""

    key: str
    """Of its record."""
    scenario: str
    question: str
    """The words in which it was put."""
    expected: str
    """A right answer."""
    reply: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A run against a baseline."""

    schema: int = CHECK_SCHEMA
    run: str
    baseline: str
    blessed_run: str
    """The run that was blessed."""
    baseline_repeats: int
    rule: GateRule
    verdict: Verdict
    message: str
    """One plain sentence."""
    tests: tuple[GateTest, ...]
    """Overall ones first."""
    lost: tuple[Lost, ...]
    """The questions that lost most, first."""
    notes: tuple[str, ...]
    """What differs beside the answers, and what was left out."""
    not_measured: float
    """Share of the baseline's trials that the run has no score for, in [0, 1]."""
    replies: tuple[LostReply, ...] = ()
    """Examples of what came, one a question that lost."""
    second_run: str | None = None
    """Name of the run folder of the second look."""
