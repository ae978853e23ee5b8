"""What to do next follows from what the summary says."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.analysis.records import from_records
from harness.analysis.summary.build import summarise
from harness.analysis.summary.shares import Share
from harness.reports.sections.hints import hints
from tests.support.records import make_record

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
    (told,) = (hint for hint in hints(blunt) if "too few answers" in hint)
    assert "-w 8192 --seeds 64 would show a drop that matters" in told


def test_every_hint_names_the_run_or_the_model_that_it_is_about(summary) -> None:
    told = [hint for hint in hints(summary) if "harness" in hint]
    assert told
    assert all(summary.run_ids[-1] in hint or " -m " in hint for hint in told)
    assert not any("RUN" in hint.replace("RUN::", "") for hint in told)


def test_the_command_of_a_hint_is_one_that_a_shell_takes_as_it_stands() -> None:
    group = summarise(from_records([make_record(model="reference/fading?a=1&b=2")]))
    (told,) = (hint for hint in hints(group) if "more sessions" in hint)
    words = shlex.split(told.partition("more sessions: ")[2])
    assert words[:5] == ["harness", "run", "brand-voice", "-m", "reference/fading?a=1&b=2"]
