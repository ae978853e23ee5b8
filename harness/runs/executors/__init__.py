"""Where trials are replayed: on this machine, or on the workers of a cluster.

A plug of this kind has one method, `start`: a context that gives the executor of one run.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from harness.core.registry import Registry
from harness.runs.executors.local import Local
from harness.runs.executors.ray_cluster import OnRay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable
    from contextlib import AbstractAsyncContextManager

    from harness.core.study import SessionTrials, Study
    from harness.runs.limits import Gates, Limits
    from harness.runs.trials.runner import TrialRunner


class Executor(Protocol):
    """Replays every trial of some groups whose key is not done."""

    async def execute(
        self, groups: Iterable[SessionTrials], runner: TrialRunner, done: Collection[str], /
    ) -> None:
        """Return when each of them has a record, or its model was given up.

        A stream of groups is of one model, and is walked once.
        """


class ExecutorPlug(Protocol):
    """Gives the executor of a run, and closes it afterwards.

    `check` raises UsageError before anything is made, where the limits do not suffice.
    """

    def check(self, limits: Limits, /) -> None: ...

    def start(
        self, study: Study, gates: Gates, run_id: str, /
    ) -> AbstractAsyncContextManager[Executor]: ...


@dataclass(frozen=True, slots=True)
class OnThisMachine:
    """One event loop in this process."""

    def check(self, limits: Limits, /) -> None:
        """Nothing: all limits are this process's."""

    @asynccontextmanager
    async def start(self, study: Study, gates: Gates, run_id: str, /) -> AsyncIterator[Local]:
        """The local executor, with all of the limits."""
        del study, run_id
        yield Local(gates.limits)


executors: Registry[ExecutorPlug] = Registry("executor", ExecutorPlug)
executors.add("local", OnThisMachine)
executors.add("ray", OnRay)

__all__ = ["OnRay", "OnThisMachine", "executors"]
