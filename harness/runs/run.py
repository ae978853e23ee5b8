"""The main loop: plan a study, ask stage by stage, keep the records.

A run starts a folder, or goes on with one. Models go on side by side, each through its own stages:
control arms without filler, then openings, then the long sessions. What a stage teaches about how a
provider counts aims the next, which is planned when the one before it is settled (law 2).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.arms import STAGES
from harness.core.errors import UsageError, first_of
from harness.models import known_limit
from harness.runs.budget import Budget, Purse
from harness.runs.executors import OnThisMachine, executors
from harness.runs.folder.layout import LEDGER
from harness.runs.limits import Gates, Limits
from harness.runs.model_stack import ModelStack
from harness.runs.open_run import open_run
from harness.runs.planning.plan import make_plan
from harness.runs.progress import NoProgress
from harness.runs.result import expected
from harness.runs.token_meter import LengthLedger
from harness.sessions.materials import Workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from harness.core.protocols import Progress
    from harness.core.study import Plan, SessionTrials, Study
    from harness.runs.executors import Executor
    from harness.runs.result import RunResult
    from harness.runs.token_meter import LengthRatios
    from harness.runs.trials.runner import TrialRunner


def plan(study: Study, workshop: Workshop | None = None) -> Plan:
    """The plan of a study; nothing is sent."""
    return make_plan(study, workshop or Workshop(), known_limit)


def run(
    study: Study,
    *,
    out: Path,
    resume: Path | None = None,
    retry_errors: bool = False,
    limits: Limits | None = None,
    progress: Progress | None = None,
    cassette: Path | None = None,
    record: bool = False,
    cache: Path | None = None,
    cache_days: float = 7.0,
    cache_local: bool = True,
    executor: str = "local",
    budget: Budget | None = None,
    stored: Path | None = None,
) -> RunResult:
    """Run a study and keep a record of every trial.

    Args:
        study: What is asked for.
        out: Where the run's folder is made.
        resume: A run folder to go on with instead.
        retry_errors: Ask again where the record is an error.
        limits: What may be done to a provider at most.
        progress: Is told what happens.
        cassette: A file of answers, to be replayed: no model is called.
        record: Record the cassette instead: call for what it lacks, and keep the answers in it.
        cache: Folder of the answers that are kept over runs; None to ask anew and keep none.
        cache_days: Answers in the cache that are older are asked for anew.
        cache_local: Whether to cache the answers of models on this machine, too.
        executor: Where trials are replayed: local, or ray?workers=4&address=...; the cache is this
            process's, and other workers ask anew.
        budget: The most that may be spent, what the run has spent before included.
        stored: A run folder whose replies are graded again: no model is called.

    Raises:
        UsageError: Something asked for cannot be done, or the folder belongs to another study.
        CassetteMissError: The cassette has no answer to something that is asked.
        NothingSelectedError: There is no trial.
    """
    workshop = Workshop()
    ledger = LengthLedger(study.models, None if resume is None else resume / LEDGER)
    whole = make_plan(study, workshop, known_limit, ledger.aims)
    show = progress or NoProgress()
    plug = executors.resolve(executor)
    if cassette is not None and not isinstance(plug, OnThisMachine):
        raise UsageError(f"a cassette is kept by one process: leave out --executor {executor}")
    if budget is not None and budget.bounded and not isinstance(plug, OnThisMachine):
        raise UsageError(f"a budget is kept by one process: leave out --executor {executor}")
    gates, purse = Gates(limits or Limits(), show), Purse(budget or Budget())
    plug.check(gates.limits)
    with ModelStack(
        study,
        gates,
        cassette=cassette,
        record=record,
        stored=stored,
        cache=cache,
        cache_days=cache_days,
        cache_local=cache_local,
        purse=purse,
    ) as answers:
        _dry_build(whole, workshop)
        with open_run(
            whole,
            workshop,
            answers.models,
            gates=gates,
            purse=purse,
            progress=show,
            out=out,
            resume=resume,
            retry_errors=retry_errors,
        ) as going:
            for known in going.before():
                going.bench.recall(known)
            stages = Stages(whole, going.bench, workshop, known_limit)
            planned = stages.planned
            going.begin(len(planned), len(going.done & set(planned)))
            start = plug.start(study, gates, going.folder.name)
            going.run(stages.run_on(start, going.done))
            found = going.result(stages.planned)
            going.interrupts.check(complete=found.complete)
        notes = answers.finish(whole=found.complete and resume is None)
        return replace(found, notes=notes, expected=expected(whole, workshop))


def _dry_build(whole: Plan, workshop: Workshop) -> None:
    """Build the longest session of each scenario: what cannot be built is told before a cent."""
    from harness.sessions.build import build
    from harness.sessions.materials import Materials

    longest: dict[tuple[str, str], SessionTrials] = {}
    for group in whole.groups:
        name = (group.scenario.name, group.scenario.variant)
        held = longest.get(name)
        if held is None or _length(group) > _length(held):
            longest[name] = group
    for group in longest.values():
        build(group.blueprint, Materials(group.scenario, group.seed, workshop))


def _length(group: SessionTrials) -> int:
    return group.blueprint.cuts[-1].tokens


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
        bench: TrialRunner,
        workshop: Workshop,
        limit_of: Callable[[str], int | None],
    ) -> None:
        self._study = whole.study
        self._bench = bench
        self._workshop = workshop
        self._limit_of = limit_of
        self._groups: dict[str, list[SessionTrials]] = {
            model: [group for group in whole.groups if group.model == model]
            for model in whole.study.models
        }
        self._aimed: dict[str, LengthRatios] = {
            model: bench.ledger.aims(model) for model in self._groups
        }

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

    def _aim(self, model: str) -> list[SessionTrials]:
        """The sessions of a model, planned again if its ledger has learned something."""
        aims = self._bench.ledger.aims(model)
        if aims != self._aimed[model]:
            self._aimed[model] = aims
            alone = replace(self._study, models=(model,))
            plan = make_plan(alone, self._workshop, self._limit_of, lambda _: aims)
            self._groups[model] = list(plan.groups)
            self._bench.replanned(len(self.planned))
        return self._groups[model]
