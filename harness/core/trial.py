"""A trial: one cell of the study, named by a hash of everything that can change the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from harness.core.arms import Arm
    from harness.core.scenario import Counts, Layout, Sample
    from harness.core.session import Blueprint
    from harness.core.window import Window

FORMAT = 1
"""Raised when the same inputs would give other bytes than before; part of every key."""


Replies = Literal["scripted", "live"]
"""Who answers the turns of a session: the script and the filler, or the model under test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What is done to a session: the causes that a run compares on the same facts."""

    policy: str
    memory: str
    replies: Replies = "scripted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One question to one model on one fork of one session."""

    key: str
    scenario: str
    session: str
    """Scenario and seed, and the question where questions are sampled: the cluster of every
    statistic."""
    seed: int
    repeat: int
    arm: Arm
    model: str
    window: Window
    policy: str
    memory: str
    layout: Layout
    blueprint: Blueprint
    cut: int
    """Index of the checkpoint in the blueprint."""
    question_id: str
    kind: str
    """Spec of the kind of question."""
    counts: Counts
    variant: str = ""
    """Name of the system prompt; empty: the scenario's own. Not part of the key: the text is."""
    batch: int = 0
    """0 for a plan made at once; adaptive runs count their batches from 1."""
    batch_why: str | None = None
    """Why an adaptive run chose it."""
    replies: Replies = "scripted"
    sample: Sample = "sessions"

    @property
    def treatment(self) -> Treatment:
        """What is done to the session before the question is put."""
        return Treatment(policy=self.policy, memory=self.memory, replies=self.replies)
