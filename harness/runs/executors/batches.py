"""How the sessions of a run are divided between workers.

Its one rule: sessions that models write into and that may begin alike stay together. What was
written for one of them is read by the others, and no two workers pay for it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from harness.runs.planning.plan import needs_preparing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from harness.core.study import SessionTrials
    from harness.runs.conversation.generated_text import Trunk

_MOST = 64
"""Trials of one batch; a session is never divided."""


def batches(
    groups: Sequence[SessionTrials], done: Collection[str], places: int
) -> deque[list[SessionTrials]]:
    """Whole sessions, in order, in batches of about as many trials.

    Args:
        groups: Sessions and their trials, in the order in which they are sent.
        done: Keys of trials that are not asked again; sessions of nothing else are left out.
        places: Batches that are under way at a time: where there is little, each gets a share.
    """
    units = _units(groups, done)
    todo = [sum(trial.key not in done for one in unit for trial in one.trials) for unit in units]
    most = max(1, min(_MOST, -(-sum(todo) // places)))
    found: deque[list[SessionTrials]] = deque()
    size = most
    for unit, trials in zip(units, todo, strict=True):
        if size >= most:
            found.append([])
            size = 0
        found[-1] += unit
        size += trials
    return found


def trunks(groups: Iterable[SessionTrials]) -> frozenset[Trunk]:
    """The trunks of the sessions that models write into."""
    return frozenset((one.scenario.name, one.seed) for one in groups if needs_preparing(one))


def _units(groups: Sequence[SessionTrials], done: Collection[str]) -> list[list[SessionTrials]]:
    """What is handed out together: a session as it is written, or all that may share texts."""
    found: list[list[SessionTrials]] = []
    shared: dict[tuple[str, str, int], list[SessionTrials]] = {}
    for group in groups:
        if all(trial.key in done for trial in group.trials):
            continue
        if not needs_preparing(group):
            found.append([group])
            continue
        at = (group.model, group.scenario.name, group.seed)
        if at not in shared:
            shared[at] = []
            found.append(shared[at])
        shared[at].append(group)
    return found
