"""The one file that imports ray: trials replayed by workers on one machine or many.

A few long-lived workers, each with an event loop, models and gates of its own, are fed whole
sessions and stream back what came of each trial. This process alone plans, aims and writes. A
worker that dies loses nothing that it had sent back; what it still owed goes to another one.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.errors import IncompleteError, UsageError, first_of
from harness.core.record import Record
from harness.runs.executors.local import Local
from harness.runs.executors.worker import Failed, Stopped, Worker
from harness.runs.planning.plan import needs_preparing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Sequence

    from harness.core.study import SessionTrials, Study
    from harness.runs.limits import Gates, Limits
    from harness.runs.trials.runner import TrialRunner

_FEEDS = 2
"""Batches that a worker has at a time: while the end of one comes in, the next is under way."""

_TRIALS_A_BATCH = 64
_DEATHS = 3
"""Workers that may die for each that there is, before the run stops."""


@dataclass(frozen=True, slots=True)
class OnRay:
    """Replays on the workers of a Ray cluster."""

    workers: int = 2
    """How many; calls in flight, rates and bytes are divided between them."""
    address: str | None = None
    """Of a cluster that runs already; without one, a cluster of this machine is started."""

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ValueError(f"option 'workers' is {self.workers}; expected at least 1")

    def check(self, limits: Limits, /) -> None:
        """Say what cannot be before anything is made.

        Raises:
            UsageError: Ray is not installed, or there is less to divide than workers.
        """
        limits.divided(self.workers)
        _ray()

    @asynccontextmanager
    async def start(self, study: Study, gates: Gates, run_id: str) -> AsyncIterator[Cluster]:
        """The workers, for as long as the run takes.

        Args:
            study: What is asked for.
            gates: Whose limits are divided; what a worker gives up is noted there.
            run_id: The run.

        Raises:
            UsageError: Ray is not installed, or no cluster answers.
        """
        ray = _ray()
        shares = gates.limits.divided(self.workers)
        try:
            ray.init(
                address=self.address,
                num_cpus=None if self.address else self.workers,
                include_dashboard=None if self.address else False,
                log_to_driver=False,
                logging_level="ERROR",
            )
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
            said = str(error).strip().split("\n")[0]
            raise UsageError(
                f"no Ray cluster at {self.address or 'this machine'}: {said}"
            ) from None
        try:
            yield Cluster(ray, self.workers, study, gates, shares, run_id)
        finally:
            ray.shutdown()


def _ray() -> Any:
    """The module, which says nothing to anybody.

    Raises:
        UsageError: It is not installed.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ImportError:
        raise UsageError("--executor ray needs Ray: pip install 'session-harness[ray]'") from None
    return ray


class _Seat:
    """The place of one worker, taken by another when it dies."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.number = 0
        """Counts the workers that sat here."""
        self.worker: Any = cluster.hire()

    def replace(self, number: int) -> None:
        """Another worker, unless somebody has seen to it already.

        Raises:
            IncompleteError: Too many have died.
        """
        if number == self.number:
            self.worker = self._cluster.hire()
            self.number += 1


class Cluster:
    """An executor on the workers of a cluster; see `OnRay.start`."""

    def __init__(  # noqa: PLR0917 -- one caller, just above
        self,
        ray: Any,
        workers: int,
        study: Study,
        gates: Gates,
        shares: Limits,
        run_id: str,
    ) -> None:
        self._ray = ray
        self._study = study
        self._gates = gates
        self._shares = shares
        self._run_id = run_id
        self._left = workers * (1 + _DEATHS)
        self._actor = ray.remote(num_cpus=1, max_restarts=0, scheduling_strategy="SPREAD")(Worker)
        self._here = Local(gates.limits)
        self._seats = [_Seat(self) for _ in range(workers)]

    def hire(self) -> Any:
        """A new worker.

        Raises:
            IncompleteError: Too many have died.
        """
        if not self._left:
            raise IncompleteError(
                "workers die again and again (out of memory?); what they sent is recorded, and"
                " --resume latest goes on"
            )
        self._left -= 1
        return self._actor.remote(self._study, self._shares, self._run_id)

    async def execute(
        self, groups: Iterable[SessionTrials], runner: TrialRunner, done: Collection[str]
    ) -> None:
        """Replay every trial whose key is not in `done`.

        Sessions into which models write are replayed by this process: what is written is kept
        beside the records, which have one writer.
        """
        groups = list(groups)
        own = [group for group in groups if needs_preparing(group)]
        batches = _batches([group for group in groups if not needs_preparing(group)], done)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._here.execute(own, runner, done))
                for seat in self._seats * _FEEDS:
                    tasks.create_task(self._feed(seat, batches, runner, set(done)))
        except BaseExceptionGroup as errors:
            raise first_of(errors) from None

    async def _feed(
        self, seat: _Seat, batches: deque[list[SessionTrials]], runner: TrialRunner, done: set[str]
    ) -> None:
        """Hand out batches as long as there are any; one that a dead worker owes goes back."""
        while batches:
            batch = batches.popleft()
            if batch[0].model in runner.given_up:
                continue
            number = seat.number
            try:
                await self._hand_out(seat.worker, batch, runner, done)
            except self._ray.exceptions.RayActorError:
                seat.replace(number)
                batches.appendleft(batch)

    async def _hand_out(
        self, worker: Any, batch: list[SessionTrials], runner: TrialRunner, done: set[str]
    ) -> None:
        """Have a batch replayed, and take in what comes back, as it comes."""
        keys = {trial.key for group in batch for trial in group.trials}
        counts = {group.model: runner.ledger.all_counts(group.model) for group in batch}
        call = worker.replay.options(num_returns="streaming")
        async for some in call.remote(batch, frozenset(keys & done), counts):
            for item in await some:
                if isinstance(item, Record):
                    done.add(item.key)
                    runner.take_in(item)
                elif isinstance(item, Failed):
                    raise UsageError(item.message)
                elif isinstance(item, Stopped):
                    self._gates.stopped.setdefault(item.model, item.why)
                else:
                    runner.keep(item)


def _batches(groups: Sequence[SessionTrials], done: Collection[str]) -> deque[list[SessionTrials]]:
    """Whole sessions, in order, in batches of about as many trials."""
    batches: deque[list[SessionTrials]] = deque()
    size = _TRIALS_A_BATCH
    for group in groups:
        todo = sum(trial.key not in done for trial in group.trials)
        if not todo:
            continue
        if size >= _TRIALS_A_BATCH:
            batches.append([])
            size = 0
        batches[-1].append(group)
        size += todo
    return batches
