"""The main loop: plan a study, ask stage by stage, keep the records.

A run starts a folder, or goes on with one. Models go on side by side, each through its own stages:
control arms without filler, then openings, then the long sessions. What a stage teaches about how a
provider counts aims the next, which is planned when the one before it is settled (law 2).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict

from harness.core.errors import UsageError
from harness.models import known_limit, load_litellm_for
from harness.models.exact_counts import find_counter
from harness.runs.answer_room import AnswerRoom
from harness.runs.budget import Budget, Purse
from harness.runs.executors import cache_of, chosen_executor
from harness.runs.folder.layout import LEDGER, ROOM
from harness.runs.folder.run_json import note_end
from harness.runs.limits import Gates, Limits
from harness.runs.meter.ledger import LengthLedger
from harness.runs.model_stack import CACHE_DAYS, ModelStack
from harness.runs.open_run import open_run, running_loop
from harness.runs.planning.named_code import load_code
from harness.runs.planning.plan import make_plan
from harness.runs.progress import NoProgress
from harness.runs.result import expected_cost
from harness.runs.stages import Stages
from harness.sessions.materials import Workshop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path
    from typing import Unpack

    from harness.core.run_protocols import Progress
    from harness.core.study import Study
    from harness.models.exact_counts import ExactCounter
    from harness.runs.executors import ExecutorPlug
    from harness.runs.planning.plan import StudyPlan
    from harness.runs.result import RunTotals

    FindCounter = Callable[[str, Mapping[str, object]], Awaitable[ExactCounter | None]]


def plan(study: Study, workshop: Workshop | None = None) -> StudyPlan:
    """The plan of a study; nothing is sent."""
    return make_plan(study, workshop or Workshop(), known_limit)


class HowToRun(TypedDict, total=False):
    """What may be said of a run beside its study; each has a default."""

    resume: Path | None
    """A run folder to go on with instead of a new one."""
    retry_errors: bool
    """Ask again where the record is an error."""
    limits: Limits | None
    """What may be done to a provider at most."""
    progress: Progress | None
    """Is told what happens."""
    cassette: Path | None
    """A file of answers, to be replayed: no model is called."""
    record: bool
    """Record the cassette instead: call for what it lacks, and keep the answers in it."""
    cache: Path | None
    """Folder of the answers that are kept over runs; None to ask anew and keep none."""
    cache_days: float
    """Answers in the cache that are older are asked for anew; 7 unless given."""
    cache_local: bool
    """Whether to cache the answers of models on this machine, too; it is, unless given."""
    executor: str
    """Where trials are run: local, or ray?workers=4&address=...; the cache is this process's, and
    other workers ask anew."""
    budget: Budget | None
    """The most that may be spent, what the run has spent before included."""
    stored: Path | None
    """A run folder whose replies are graded again: no model is called."""


def run(study: Study, *, out: Path, **how: Unpack[HowToRun]) -> RunTotals:
    """Run a study and keep a record of every trial.

    Args:
        study: What is asked for.
        out: Where the run's folder is made.
        how: See `HowToRun`.

    Raises:
        UsageError: Something asked for cannot be done, the folder belongs to another study, or an
            event loop is running here.
        CassetteMissError: The cassette has no answer to something that is asked.
        NothingSelectedError: There is no trial.
    """
    if running_loop():
        raise UsageError(
            "harness.run was called where an event loop is running, as in a notebook or a server:"
            " use 'await harness.arun(...)' there"
        )
    ready = _Ready.of(study, how)
    return asyncio.run(_run(ready, out, how))


async def arun(study: Study, *, out: Path, **how: Unpack[HowToRun]) -> RunTotals:
    """`run` for notebooks, servers and whatever else has an event loop of its own.

    Planning goes on in a thread of its own, so that the loop is free; a cancelled task leaves a run
    that can be gone on with.

    Args:
        study: What is asked for.
        out: Where the run's folder is made.
        how: See `HowToRun`.

    Raises:
        UsageError: Something asked for cannot be done, or the folder belongs to another study.
        CassetteMissError: The cassette has no answer to something that is asked.
        NothingSelectedError: There is no trial.
    """
    ready = await asyncio.to_thread(_Ready.of, study, how)
    return await _run(ready, out, how)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A study that was planned and looked over: nothing is open yet, and nothing was sent."""

    whole: StudyPlan
    workshop: Workshop
    plug: ExecutorPlug
    gates: Gates
    purse: Purse
    progress: Progress

    @classmethod
    def of(cls, study: Study, how: HowToRun) -> _Ready:
        """Plan the study, and see that what is asked for can be done.

        Raises:
            UsageError: It cannot.
            NothingSelectedError: There is no trial.
        """
        study = load_code(study)
        calls = how.get("cassette") is None or how.get("record", False)
        if calls and how.get("stored") is None:
            load_litellm_for(set(study.models) - dict(study.functions).keys(), dict(study.options))
        workshop = Workshop()
        resume = how.get("resume")
        before = resume or how.get("stored")
        ledger = LengthLedger(study.models, None if before is None else before / LEDGER)
        room = AnswerRoom(study, None if resume is None else resume / ROOM)
        whole = make_plan(study, workshop, known_limit, ledger.aims, room.rooms)
        progress = how.get("progress") or NoProgress()
        gates = Gates(how.get("limits") or Limits(), progress)
        purse = Purse(how.get("budget") or Budget())
        name = how.get("executor", "local")
        plug = chosen_executor(name, study, gates, purse.budget, how)
        _dry_build(whole, workshop)
        return cls(
            whole=whole,
            workshop=workshop,
            plug=plug,
            gates=gates,
            purse=purse,
            progress=progress,
        )


async def _run(ready: _Ready, out: Path, how: HowToRun) -> RunTotals:
    """Ask what is asked for, stage by stage, and say what it came to."""
    study, resume = ready.whole.study, how.get("resume")
    with ModelStack(
        study,
        ready.gates,
        cassette=how.get("cassette"),
        record=how.get("record", False),
        stored=how.get("stored"),
        cache=cache_of(ready.plug, how),
        cache_days=how.get("cache_days", CACHE_DAYS),
        cache_local=how.get("cache_local", True),
        purse=ready.purse,
    ) as models:
        with open_run(
            ready.whole,
            ready.workshop,
            models.models,
            gates=ready.gates,
            purse=ready.purse,
            progress=ready.progress,
            out=out,
            resume=resume,
            retry_errors=how.get("retry_errors", False),
            stored=how.get("stored"),
        ) as opened:
            opened.recall(study.models)
            find = find_counter if models.are_live else None
            stages = Stages(ready.whole, opened.runner, ready.workshop, known_limit, find)
            left = stages.left(opened.done)
            opened.begin(stages.n_planned, stages.n_planned - sum(left.values()))
            ready.progress.expect(left)
            start = ready.plug.start(study, ready.gates, opened.folder.name)
            await opened.run(stages.run_on(start, opened.done))
            found = opened.result(stages.planned)
            note_end(
                opened.folder, found.planned - found.recorded, dict(found.given_up), found.stopped
            )
            opened.interrupts.check(complete=found.complete)
        notes = models.finish(whole=found.complete and resume is None)
        return replace(found, notes=notes, expected=expected_cost(ready.whole))


def _dry_build(whole: StudyPlan, workshop: Workshop) -> None:
    """Build the longest session of each scenario: what cannot be built is told before a cent."""
    from harness.sessions.build import build
    from harness.sessions.materials import Materials

    for group in whole.longest:
        build(group.blueprint, Materials(group.scenario, group.seed, workshop))
