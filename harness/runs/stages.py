"""The stages of a study: what one teaches about how a provider counts aims the next (law 2)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.arms import STAGES
from harness.core.errors import first_of
from harness.models.call_options import CallOptions
from harness.runs.meter.exact_aims import aim_exactly
from harness.runs.planning.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping
    from contextlib import AbstractAsyncContextManager

    from harness.core.arms import Stage
    from harness.core.study import Plan, SessionTrials
    from harness.models.exact_counts import ExactCounter
    from harness.runs.answer_room import Rooms
    from harness.runs.executors import Executor
    from harness.runs.meter.aims import LengthAims
    from harness.runs.trials.runner import TrialRunner
    from harness.sessions.materials import Workshop

    FindCounter = Callable[[str, Mapping[str, object]], Awaitable[ExactCounter | None]]


class Stages:
    """One run, stage by stage.

    Args:
        whole: The plan with what was known when the run began.
        runner: What is replayed on; it knows how to aim, and how much room answers need.
        workshop: Shared tools.
        limit_of: The context window of a model in tokens, or None where it is not known.
        find: Finds who counts the prompts of a model exactly; None: nobody is asked.
    """

    def __init__(
        self,
        whole: Plan,
        runner: TrialRunner,
        workshop: Workshop,
        limit_of: Callable[[str], int | None],
        find: FindCounter | None = None,
    ) -> None:
        self._find = find
        self._study = whole.study
        self._options = CallOptions(dict(whole.study.options))
        self._runner = runner
        self._workshop = workshop
        self._limit_of = limit_of
        self._groups: dict[str, list[SessionTrials]] = {
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

    def left(self, done: Collection[str]) -> dict[str, int]:
        """How many trials of each model are still to be asked."""
        return {
            model: sum(trial.key not in done for group in groups for trial in group.trials)
            for model, groups in self._groups.items()
        }

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
        counter = await self._counter(model, done)
        try:
            if counter is not None:
                self._runner.counters[model] = counter
                await self._count(model, counter)
            for stage, after in zip(STAGES, (*STAGES[1:], None), strict=True):
                groups = [group for group in self._aim(model) if group.stage == stage]
                await executor.execute(groups, self._runner, done)
                if model in self._runner.given_up:
                    return  # a stage that was broken off teaches nothing yet
                following = [group for group in self._groups[model] if group.stage == after]
                self._runner.settle(model, stage, following)
        finally:
            if counter is not None:
                await counter.close()

    async def _counter(self, model: str, done: Collection[str]) -> ExactCounter | None:
        """Who counts the prompts of a model exactly; None where nobody does, or none is left."""
        groups = self._groups[model]
        if self._find is None or all(t.key in done for group in groups for t in group.trials):
            return None
        return await self._find(model, self._options)

    async def _count(self, model: str, counter: ExactCounter) -> None:
        """Aim all sessions of a model by what its server counts of some before any is sent."""
        planned: dict[Stage, list[SessionTrials]] = {
            stage: [group for group in self._groups[model] if group.stage == stage]
            for stage in STAGES[1:]
        }
        await aim_exactly(self._runner.ledger, model, counter, planned, self._workshop)

    def _known(self, model: str) -> tuple[LengthAims, Rooms]:
        """What is settled of a model: how its provider counts, and what its answers need."""
        return self._runner.ledger.aims(model), self._runner.room.rooms(model)

    def _aim(self, model: str) -> list[SessionTrials]:
        """The sessions of a model, planned again if its ledger has learned something."""
        aims, rooms = known = self._known(model)
        if known != self._aimed[model]:
            self._aimed[model] = known
            alone = replace(self._study, models=(model,))
            plan = make_plan(alone, self._workshop, self._limit_of, lambda _: aims, lambda _: rooms)
            self._groups[model] = list(plan.groups)
            self._runner.replanned(len(self.planned))
        return self._groups[model]
