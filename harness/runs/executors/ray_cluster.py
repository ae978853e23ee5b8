"""The one file that imports ray: trials replayed by workers on one machine or many.

A few long-lived workers, each with an event loop, models and gates of its own, are fed whole
sessions and stream back what came of each trial, and what models wrote on the way. This process
alone plans, aims and writes. A worker that dies loses nothing that it had sent back; what it still
owed goes to another one.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.errors import IncompleteError, UsageError, first_of
from harness.core.record import Record
from harness.runs.executors.batches import batches, trunks
from harness.runs.executors.worker import Adapted, Batch, Failed, Note, Stopped, Worker, WrittenLine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Iterator

    from harness.core.study import SessionTrials, Study
    from harness.runs.executors.batches import Owed
    from harness.runs.limits import Gates, Limits
    from harness.runs.trials.runner import TrialRunner

_FEEDS = 2
"""Batches that a worker has at a time: while the end of one comes in, the next is under way."""

_DEATHS = 3
"""Workers that may die for each that there is, before the run stops."""

_CLOSE_S = 5.0
"""How long workers may take to close their connections; what is then open ends with them."""

_LOOK_S = 0.2
"""How often it is looked whether the run was interrupted meanwhile."""


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
                address=self.address or "local",
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
            cluster = Cluster(ray, self.workers, study, gates, shares, run_id)
            yield cluster
            await cluster.close()
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


class _Queue:
    """Batches that are to be handed out: what dead workers owed, then the next of the run."""

    def __init__(self, batches: Iterator[Owed]) -> None:
        self._batches = batches
        self._owed: list[Owed] = []

    def next(self) -> Owed | None:
        """The next batch; None when all are handed out."""
        return self._owed.pop() if self._owed else next(self._batches, None)

    def put_back(self, owed: Owed) -> None:
        """Hand it out again, before all others."""
        self._owed.append(owed)


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
        self._workers = workers
        self._left = workers * (1 + _DEATHS)
        self._actor = ray.remote(num_cpus=1, max_restarts=0, scheduling_strategy="SPREAD")(Worker)
        self._told: dict[str, str] = {}
        """Models that the workers know to be given up, and why."""
        self._noted: set[str] = set()
        self._before: Any = None
        """What models wrote before the run went on: one copy in the cluster for all workers."""
        self._seats: list[_Seat] = []

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
        return self._actor.remote(self._study, self._shares, self._run_id, self._before)

    def _staff(self, runner: TrialRunner) -> None:
        """Hire the first workers, if that is not done."""
        if not self._seats:
            self._before = self._ray.put(runner.writings.before)
            self._seats = [_Seat(self) for _ in range(self._workers)]

    async def execute(
        self, groups: Iterable[SessionTrials], runner: TrialRunner, done: Collection[str]
    ) -> None:
        """Replay every trial whose key is not in `done`; groups are walked once."""
        self._staff(runner)
        queue = _Queue(batches(groups, done, _FEEDS * self._workers))
        watching = asyncio.create_task(self._watch(runner))
        try:
            async with asyncio.TaskGroup() as tasks:
                for seat in self._seats * _FEEDS:
                    tasks.create_task(self._feed(seat, queue, runner))
        except BaseExceptionGroup as errors:
            raise first_of(errors) from None
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def close(self) -> None:
        """Let the workers close their connections; one that died has none."""
        closing = [asyncio.ensure_future(seat.worker.close.remote()) for seat in self._seats]
        if closing:
            await asyncio.wait(closing, timeout=_CLOSE_S)
        for one in closing:
            if not one.cancel():
                one.exception()

    async def _feed(self, seat: _Seat, queue: _Queue, runner: TrialRunner) -> None:
        """Hand out batches as long as there are any; one that a dead worker owes goes back."""
        while (owed := queue.next()) is not None:
            owed.groups = [one for one in owed.groups if one.model not in runner.given_up]
            if not owed.groups:
                continue
            number = seat.number
            try:
                await self._hand_out(seat.worker, owed, runner)
            except self._ray.exceptions.RayActorError:
                seat.replace(number)
                queue.put_back(owed)

    async def _hand_out(self, worker: Any, owed: Owed, runner: TrialRunner) -> None:
        """Have a batch replayed, and take in what comes back, as it comes."""
        models = {group.model for group in owed.groups}
        batch = Batch(
            groups=tuple(owed.groups),
            done=frozenset(owed.done),
            counts={model: runner.ledger.all_counts(model) for model in models},
            counters={m: runner.counters[m].name for m in models & runner.counters.keys()},
            written=runner.writings.taken_in(trunks(owed.groups)),
        )
        call = worker.replay.options(num_returns="streaming")
        async for some in call.remote(batch):
            for item in await some:
                if isinstance(item, Record):
                    owed.done.add(item.key)
                    runner.take_in(item)
                elif isinstance(item, WrittenLine):
                    runner.writings.take_in(item.path, item.line)
                elif isinstance(item, Failed):
                    raise UsageError(item.message)
                elif isinstance(item, Stopped):
                    self._gates.stopped.setdefault(item.model, item.why)
                    self._tell(runner)
                elif isinstance(item, Adapted):
                    runner.adopt(item.model, item.adaptations)
                elif isinstance(item, Note):
                    self._note(item.text)
                else:
                    runner.keep(item)

    def _note(self, text: str) -> None:
        """Hand on what a worker has to say; what several say, once."""
        if text not in self._noted:
            self._noted.add(text)
            self._gates.note(text)

    async def _watch(self, runner: TrialRunner) -> None:
        """Tell all workers of a run that is interrupted, or of models that are given up."""
        while True:
            await asyncio.sleep(_LOOK_S)
            self._tell(runner)

    def _tell(self, runner: TrialRunner) -> None:
        """Tell all workers of models that are given up, as far as they do not know it."""
        stopped = dict(runner.given_up)
        if stopped == self._told:
            return
        self._told = stopped
        for seat in self._seats:
            seat.worker.stop.remote(stopped, halting=runner.halting)
