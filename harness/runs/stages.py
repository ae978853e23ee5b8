"""The stages of a study: what one teaches about how a provider counts aims the next (law 2)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harness.core.arms import STAGES
from harness.core.errors import first_of
from harness.models.call_options import CallOptions
from harness.runs.meter.exact_aims import aim_exactly
from harness.runs.planning.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from harness.core.arms import Stage
    from harness.core.study import SessionTrials
    from harness.models.exact_counts import ExactCounter
    from harness.runs.answer_room import Rooms
    from harness.runs.executors import Executor
    from harness.runs.meter.aims import LengthAims
    from harness.runs.planning.plan import StudyPlan
    from harness.runs.planning.trial_keys import UnitFlags
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
        whole: StudyPlan,
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
        self._plans = dict.fromkeys(whole.study.models, whole)
        self._aimed = {model: self._known(model) for model in self._plans}
        self._left: dict[tuple[str, Stage], UnitFlags] = {}
        """Where some trials are done: the seeds that have any left."""

    @property
    def n_planned(self) -> int:
        """Trials, by what is known now."""
        return sum(plan.keys.count(model) for model, plan in self._plans.items())

    @property
    def planned(self) -> Iterator[str]:
        """Keys of all trials, by what is known now."""
        return (key for model, plan in self._plans.items() for key in plan.keys.of_model(model))

    def left(self, done: Collection[str]) -> dict[str, int]:
        """How many trials of each model are still to be asked."""
        return {model: self._look(model, done) for model in self._plans}

    def _look(self, model: str, done: Collection[str]) -> int:
        """How many trials of a model are left; of which seeds is noted."""
        keys, left = self._plans[model].keys, 0
        for stage in STAGES:
            n, self._left[model, stage] = keys.left(model, stage, done)
            left += n
        return left

    def _sessions(self, model: str, stage: Stage) -> Iterator[SessionTrials]:
        """The sessions of a model at a stage that have, or may have, trials that are left."""
        units = self._left.get((model, stage))
        return self._plans[model].groups.of(model, stage, units)

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
                for model in self._plans:
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
                await self._aim(model, done)
                await executor.execute(self._sessions(model, stage), self._runner, done)
                if model in self._runner.given_up:
                    return  # a stage that was broken off teaches nothing yet
                await self._settle(model, stage, after)
        finally:
            if counter is not None:
                await counter.close()

    async def _settle(self, model: str, stage: Stage, after: Stage | None) -> None:
        """Aim the stage after one that is over."""
        groups = self._plans[model].groups
        following = groups.of(model, after) if after is not None else ()
        if groups.is_held:
            self._runner.settle(model, stage, following)
        else:  # may take minutes, in which other models answer
            settle = partial(self._runner.settle, seed_by_seed=True)
            await asyncio.to_thread(settle, model, stage, following)

    async def _counter(self, model: str, done: Collection[str]) -> ExactCounter | None:
        """Who counts the prompts of a model exactly; None where nobody does, or none is left."""
        keys = self._plans[model].keys.of_model(model)
        if self._find is None or all(key in done for key in keys):
            return None
        return await self._find(model, self._options)

    async def _count(self, model: str, counter: ExactCounter) -> None:
        """Aim all sessions of a model by what its server counts of some before any is sent."""
        groups = self._plans[model].groups
        planned = {stage: groups.of(model, stage) for stage in STAGES[1:]}
        await aim_exactly(self._runner.ledger, model, counter, planned, self._workshop)

    def _known(self, model: str) -> tuple[LengthAims, Rooms]:
        """What is settled of a model: how its provider counts, and what its answers need."""
        return self._runner.ledger.aims(model), self._runner.room.rooms(model)

    async def _aim(self, model: str, done: Collection[str]) -> None:
        """Plan the sessions of a model again if its ledger has learned something."""
        aims, rooms = known = self._known(model)
        if known == self._aimed[model]:
            return
        self._aimed[model] = known
        alone = replace(self._study, models=(model,))
        again = (alone, self._workshop, self._limit_of, lambda _: aims, lambda _: rooms)
        if self._plans[model].groups.is_held:
            self._plans[model] = make_plan(*again)
        else:  # takes minutes, in which other models answer
            self._plans[model] = await asyncio.to_thread(make_plan, *again)
        if done:
            self._look(model, done)
        self._runner.replanned(self.n_planned)
