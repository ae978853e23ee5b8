"""How the sessions of a run are divided between workers.

Its one rule: sessions that models write into and that may begin alike stay together. What was
written for one of them is read by the others, and no two workers pay for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from harness.runs.planning.plan import needs_preparing

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from harness.core.study import SessionTrials
    from harness.runs.conversation.generated_text import Trunk

_MOST = 64
"""Trials of one batch; what goes together is never divided."""


@dataclass(slots=True, kw_only=True)
class Owed:
    """A batch that a worker is to replay, and what came of it so far."""

    groups: list[SessionTrials]
    done: set[str]
    """Keys of its trials that have a record."""
    left: int = field(init=False)
    """Trials that had none when it was made."""

    def __post_init__(self) -> None:
        self.left = sum(len(group.trials) for group in self.groups) - len(self.done)


def batches(groups: Iterable[SessionTrials], done: Container[str], places: int) -> Iterator[Owed]:
    """Whole sessions, in order, in batches of about as many trials.

    Args:
        groups: Sessions and their trials in the order in which they are sent; walked once, a few
            batches ahead.
        done: Keys of trials that are not asked again; sessions of nothing else are left out.
        places: Batches that are under way at a time: where little is left, each gets a share.
    """
    units = _units(groups, done)
    while ahead := _some(units, places * _MOST):
        most = min(_MOST, -(-sum(unit.left for unit in ahead) // places))
        batch: list[Owed] = []
        for unit in ahead:
            batch.append(unit)
            if sum(one.left for one in batch) >= most:
                yield _joined(batch)
                batch = []
        if batch:
            yield _joined(batch)


def _some(units: Iterator[tuple[object, Owed]], trials: int) -> list[Owed]:
    """The next that have something left, up to so many trials; what is of one name is joined."""
    found: dict[object, list[Owed]] = {}
    while trials > 0 and (unit := next(units, None)) is not None:
        name, owed = unit
        if owed.left:
            trials -= owed.left
            found.setdefault(name, []).append(owed)
    return [_joined(parts) for parts in found.values()]


def trunks(groups: Iterable[SessionTrials]) -> frozenset[Trunk]:
    """The trunks of the sessions that models write into."""
    return frozenset((one.scenario.name, one.seed) for one in groups if needs_preparing(one))


def _units(groups: Iterable[SessionTrials], done: Container[str]) -> Iterator[tuple[object, Owed]]:
    """What is handed out together, by name: a session as it is written, or all of a seed."""
    for name, of_seed in groupby(groups, lambda one: (one.model, one.scenario.name, one.seed)):
        own = list(of_seed)
        if any(map(needs_preparing, own)):
            yield name, _owed(own, done)
        else:
            yield from ((one.trials[0].key, _owed([one], done)) for one in own if one.trials)


def _owed(groups: list[SessionTrials], done: Container[str]) -> Owed:
    """What is left of sessions; those of which nothing is are left out."""
    found = set[str]()
    kept = []
    for group in groups:
        own = {trial.key for trial in group.trials if trial.key in done}
        if len(own) < len(group.trials):
            kept.append(group)
            found |= own
    return Owed(groups=kept, done=found)


def _joined(parts: Sequence[Owed]) -> Owed:
    return Owed(
        groups=[group for part in parts for group in part.groups],
        done={key for part in parts for key in part.done},
    )
