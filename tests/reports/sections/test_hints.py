"""What to do next follows from what the summary says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.analysis.summary.shares import Share
from harness.reports.sections.hints import hints

if TYPE_CHECKING:
    from harness.analysis.summary.model import Summary


def with_onset(summary: Summary, needle: float, **changes: object) -> Summary:
    group = summary.groups[-1]
    alone = Share(n=40, sessions=8, recall=needle, lo=0.0, hi=1.0)
    changed = replace(group, onset=replace(group.onset, **changes), needle_only=alone)
    return replace(summary, groups=(changed,))


def test_a_model_weak_without_any_filler_is_told_to_let_the_fact_be_said_again(summary) -> None:
    words = "so let the assistant say the fact again"
    assert words in "\n".join(hints(with_onset(summary, 0.3, weak=True)))
    assert words not in "\n".join(hints(with_onset(summary, 0.9, weak=True)))
    assert words not in "\n".join(hints(with_onset(summary, 0.3, weak=False)))


def test_a_blunt_run_is_told_how_many_seeds_would_do(summary) -> None:
    blunt = with_onset(summary, 1.0, verdict="cannot_tell", onset=None, seeds_needed=64)
    assert "harness run --seeds 64 would show a drop that matters" in "\n".join(hints(blunt))
