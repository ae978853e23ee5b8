"""What to do next: a few commands that would make this report say more.

Its one rule: a hint rests on something that the summary says, and names the run and the model.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from harness.analysis.onset.result import WEAK
from harness.core.near_empty import LONG_TOKENS
from harness.reports.format import mend, percent

if TYPE_CHECKING:
    from harness.analysis.summary.model import CurveGroup, Summary

_WIDE_INTERVAL = 0.2
_WIDE_OCTAVES = 4.0  # upper over lower end, in long windows
_NEAR_CEILING = 0.9
_MOST_RUNS = 4
"""Runs and scenarios that a command names at most."""


def hints(summary: Summary) -> tuple[str, ...]:
    """Sentences with commands, the most urgent first; never empty."""
    found: list[str] = []
    if any(control.flag == "leak" for control in summary.controls):
        found.append(
            "a control arm named values that it was never told: they leak or can be guessed."
            f" See one with: harness show {_run(summary)} KEY --messages"
        )
    if any(control.flag == "weak" for control in summary.controls):
        found.append(
            "the plants alone, without filler, are not all recalled: mend the wording or the scorer"
            " of those facts before blaming the length"
        )
    cut, errors = (_unscored(summary, status) for status in ("cut", "error"))
    if cut:
        mends = dict.fromkeys(one for group in summary.groups for one in group.attribution.mends)
        how = f": {mend(tuple(mends))}" if mends else ""
        found.append(
            f"{cut:,} replies were cut before they held an answer, and the curve is too kind while"
            f" they are missing{how}"
        )
    if errors:
        found.append(
            f"{errors:,} probes failed; ask them again: harness run --resume"
            f" {_run(summary, 'error')} --retry-errors"
        )
    for hint in (_few, _weak, _blunt, _no_controls, _short, _wide, _unpriced):
        found += [text for text in (hint(group) for group in summary.groups) if text][:1]
    runs = " ".join(map(shlex.quote, summary.run_ids[-_MOST_RUNS:]))
    found.append(
        f"look at it: harness report {runs} -o report.html (or curve.png, heatmap.png, report.md)"
    )
    return tuple(found)


def _run(summary: Summary, status: str | None = None) -> str:
    """The run that a hint is about: the latest, or the latest with probes of that status."""
    named = [
        group.run
        for group in summary.groups
        if group.run and any(count.name == status for count in group.attribution.unscored)
    ]
    return shlex.quote(max(named, default=max(summary.run_ids)))


def _again(group: CurveGroup, *flags: str) -> str:
    """The command that measures the same once more, with other flags."""
    scenarios = [one.scenario for one in group.scenarios]
    words = ["harness", "run", *scenarios[:_MOST_RUNS], "-m", group.model.partition(" [")[0]]
    words += ["-w", f"{group.window_limit}"]
    for flag, value, usual in (
        ("--policy", group.policy, "send_all"),
        ("--memory", group.memory, "none"),
    ):
        words += [flag, value] if value != usual else []
    return " ".join([*map(shlex.quote, words), *flags])


def _unscored(summary: Summary, status: str) -> int:
    """How many probes have no score, and that status."""
    counts = (count for group in summary.groups for count in group.attribution.unscored)
    return sum(count.n for count in counts if count.name == status)


def _few(group: CurveGroup) -> str | None:
    if group.onset.verdict != "insufficient":
        return None
    return (
        "too little to tell an onset; more sessions:"
        f" {_again(group, '--seeds 30')}{_of_a_log(group)}"
    )


def _weak(group: CurveGroup) -> str | None:
    needle = group.needle_only
    if not group.onset.weak or needle is None or needle.recall >= WEAK:
        return None
    return (
        f"{percent(needle.recall, 0)} are recalled with nothing but the facts: a weak model takes"
        " the script for its example, so let the assistant say the fact again where it"
        " acknowledges it (reply: of a fact), and ask again"
    )


def _blunt(group: CurveGroup) -> str | None:
    seeds = group.onset.seeds_needed
    if group.onset.verdict != "cannot_tell" or not seeds:
        return None
    return (
        "too few answers to say that nothing is forgotten:"
        f" {_again(group, f'--seeds {seeds}')}{_of_a_log(group)} would show a drop that matters"
    )


def _of_a_log(group: CurveGroup) -> str:
    """What is in the place of seeds where a script may be a real log, which has one session."""
    return " (of a real log: as many questions)" if group.layout == "script" else ""


def _no_controls(group: CurveGroup) -> str | None:
    if group.onset.has_controls or not group.n_probes:
        return None
    return (
        "no probe of a nearly empty window, so 'forgot' and 'cannot' look alike:"
        f" {_again(group, '--fills 12')}"
    )


def _short(group: CurveGroup) -> str | None:
    reached = group.max_fill
    if group.onset.verdict != "not_reached" or reached is None or reached >= _NEAR_CEILING:
        return None
    return (
        f"fills end at {percent(reached, 0)}; go nearer the ceiling:"
        f" {_again(group, '--fills 0.02,0.5,0.75,0.95')}"
    )


def _wide(group: CurveGroup) -> str | None:
    low, high = group.onset.lo, group.onset.hi
    if group.onset.onset is None or low is None or high is None:
        return None
    in_octaves = group.window_limit > LONG_TOKENS and high > _WIDE_OCTAVES * max(low, 1e-9)
    if high - low <= _WIDE_INTERVAL and not in_octaves:
        return None
    return (
        "an onset is still uncertain; narrow it for few tokens:"
        f" {_again(group, '--adaptive', '--half-width 0.03')}"
    )


def _unpriced(group: CurveGroup) -> str | None:
    if not group.usage.n_cost_unknown:
        return None
    model = shlex.quote(group.model.partition(" [")[0])
    return f"the price of some calls is not known; what is: harness doctor -m {model}"
