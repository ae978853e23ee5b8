"""The bench on which trials are replayed: models, meters, sessions at hand, and the store."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

from harness.core.errors import CassetteMissError
from harness.runs.replay import Fork, ask, record
from harness.sessions.build import build
from harness.sessions.layouts import CONTROL
from harness.sessions.materials import Materials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.core.protocols import Model, Progress, RecordSink
    from harness.core.record import Record
    from harness.core.session import Session
    from harness.core.study import Group, Stage
    from harness.core.trial import Trial
    from harness.runs.ledger import Ledger
    from harness.sessions.materials import Workshop

_SEEDS_AT_HAND = 4
"""Scenario-and-seed pairs whose filler stays in memory; trials come session by session."""

_OPENING_ARMS = frozenset({"closed_book", "needle_only"})


class Bench:
    """Replays trials and keeps their records.

    Args:
        workshop: Shared tools for building sessions.
        models: The models by name.
        options: Parameters of every call.
        store: Where records go.
        ledger: How the providers count.
        run_id: The run.
        now: The time, UTC, ISO 8601.
        progress: Is told what happens.
        hopeless: Models that were given up, and why; others may add to it while the run goes on.
    """

    def __init__(
        self,
        *,
        workshop: Workshop,
        models: Mapping[str, Model],
        options: Mapping[str, str],
        store: RecordSink,
        ledger: Ledger,
        run_id: str,
        now: Callable[[], str],
        progress: Progress,
        hopeless: Mapping[str, str] | None = None,
    ) -> None:
        self._workshop = workshop
        self._models = models
        self._options = options
        self._store = store
        self._run_id = run_id
        self._now = now
        self._progress = progress
        self._materials: OrderedDict[tuple[str, int], Materials] = OrderedDict()
        self.ledger = ledger
        self.hopeless: Mapping[str, str] = {} if hopeless is None else hopeless
        """Models that were given up, and why."""

    async def session(self, group: Group) -> Session:
        """The session of a group, built and written down. One at a time, please."""
        # in a thread, so that answers which come in meanwhile are seen when they come
        session = await asyncio.to_thread(build, group.blueprint, self.materials(group))
        self._store.keep(session)
        return session

    def materials(self, group: Group) -> Materials:
        """What the group's scenario says for its seed."""
        at = (group.scenario.hash, group.seed)
        if at not in self._materials:
            self._materials[at] = Materials(group.scenario, group.seed, self._workshop)
            while len(self._materials) > _SEEDS_AT_HAND:
                self._materials.popitem(last=False)
        self._materials.move_to_end(at)
        return self._materials[at]

    def recall(self, done: Record) -> None:
        """Learn from a record of before the run was interrupted."""
        if is_opening(done):
            self.ledger.observe(done)

    def settle(self, model: str, stage: Stage) -> None:
        """That stage of a model is over: the next is aimed by what it taught."""
        self.ledger.settle(model, stage)

    def replanned(self, total: int) -> None:
        """The run has so many trials now, since lengths are aimed better."""
        self._progress.replanned(total)

    async def replay(self, trial: Trial, session: Session, materials: Materials) -> None:
        """Replay one trial and keep its record."""
        fork = Fork(trial, session, materials)
        started_at = self._now()
        try:
            answer = await ask(fork, self._models[trial.model], self._options)
        except CassetteMissError as miss:
            raise CassetteMissError(f"{_named(trial)}: {miss}") from None
        if answer.status == "error" and not answer.attempts:
            return  # it was never sent, so there is nothing to record
        done = record(
            fork, answer, self.ledger.meter(trial.model), run_id=self._run_id, started_at=started_at
        )
        if is_opening(done):
            self.ledger.observe(done)
        self._store.append(done)
        self._progress.finished(done)


def is_opening(done: Record) -> bool:
    """Whether the record's session was so short that no server would have truncated it."""
    if done.arm in _OPENING_ARMS:
        return True
    return done.fill_requested is not None and done.fill_requested <= CONTROL


def _named(trial: Trial) -> str:
    """The trial as a user finds it in the scenario."""
    arm = "" if trial.arm == "main" else f", arm {trial.arm}"
    return (
        f"scenario '{trial.scenario}', seed {trial.seed}, fact '{trial.fact}', window"
        f" {trial.window.limit:,}{arm}"
    )
