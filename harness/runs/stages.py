"""The stages of a run: what a model's first calls teach aims its later sessions (law 2).

Models go on side by side, each through its own stages: control arms without filler, then openings,
then the long sessions. Each stage is planned when the one before it is settled.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.errors import first_of
from harness.core.study import STAGES
from harness.runs.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from contextlib import AbstractAsyncContextManager

    from harness.core.study import Group, Plan
    from harness.runs.answer_room import Rooms
    from harness.runs.bench import Bench
    from harness.runs.executors import Executor
    from harness.runs.ledger import Aims
    from harness.sessions.materials import Workshop


class Stages:
    """One run, stage by stage.

    Args:
        whole: The plan with what was known when the run began.
        bench: What is replayed on; its ledger says how to aim.
        workshop: Shared tools.
        limit_of: The context window of a model in tokens, or None where it is not known.
    """

    def __init__(
        self,
        whole: Plan,
        bench: Bench,
        workshop: Workshop,
        limit_of: Callable[[str], int | None],
    ) -> None:
        self._study = whole.study
        self._bench = bench
        self._workshop = workshop
        self._limit_of = limit_of
        self._groups: dict[str, list[Group]] = {
            model: [group for group in whole.groups if group.model == model]
            for model in whole.study.models
        }
        self._aimed = {model: self._known(model) for model in self._groups}

    @property
    def planned(self) -> list[str]:
        """Keys of all trials, by what is known now."""
        return [
            trial.key
            for groups in self._groups.values()
            for group in groups
            for trial in group.trials
        ]

    async def run_on(
        self, start: AbstractAsyncContextManager[Executor], done: Collection[str]
    ) -> None:
        """`run` with an executor that is there for as long as it takes."""
        async with start as executor:
            await self.run(executor, done)

    async def run(self, executor: Executor, done: Collection[str]) -> None:
        """Replay every trial whose key is not in `done`.

        Raises:
            Exception: What went wrong in our own code, or a session that cannot be built.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                for model in self._groups:
                    tasks.create_task(self._model(model, executor, done))
        except BaseExceptionGroup as errors:
            raise first_of(errors) from None

    async def _model(self, model: str, executor: Executor, done: Collection[str]) -> None:
        for stage in STAGES:
            groups = [group for group in self._aim(model) if group.stage == stage]
            await executor.execute(groups, self._bench, done)
            if model in self._bench.hopeless:
                return  # a stage that was broken off teaches nothing yet
            self._bench.settle(model, stage)

    def _known(self, model: str) -> tuple[Aims, Rooms]:
        """What is settled of a model: how its provider counts, and what its answers need."""
        return self._bench.ledger.aims(model), self._bench.room.rooms(model)

    def _aim(self, model: str) -> list[Group]:
        """The sessions of a model, planned again if its ledger has learned something."""
        aims, rooms = known = self._known(model)
        if known != self._aimed[model]:
            self._aimed[model] = known
            alone = replace(self._study, models=(model,))
            plan = make_plan(alone, self._workshop, self._limit_of, lambda _: aims, lambda _: rooms)
            self._groups[model] = list(plan.groups)
            self._bench.replanned(len(self.planned))
        return self._groups[model]
