"""Runs a study: plan, replay, records. Starts a run folder, or goes on with one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.errors import UsageError
from harness.models import known_limit
from harness.runs.answers import Answers
from harness.runs.bill import expected
from harness.runs.budget import Budget, Purse
from harness.runs.executors import OnThisMachine, executors
from harness.runs.ledger import LEDGER, Ledger
from harness.runs.limits import Gates, Limits
from harness.runs.named_code import load_code
from harness.runs.plan import make_plan
from harness.runs.quiet import Quiet
from harness.runs.stages import Stages
from harness.runs.underway import underway
from harness.sessions.materials import Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from harness.core.protocols import Progress
    from harness.core.study import Group, Plan, Study
    from harness.runs.result import RunResult


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
    load_code(study)
    workshop = Workshop()
    ledger = Ledger(study.models, None if resume is None else resume / LEDGER)
    whole = make_plan(study, workshop, known_limit, ledger.aims)
    show = progress or Quiet()
    plug = executors.resolve(executor)
    if cassette is not None and not isinstance(plug, OnThisMachine):
        raise UsageError(f"a cassette is kept by one process: leave out --executor {executor}")
    if budget is not None and budget.bounded and not isinstance(plug, OnThisMachine):
        raise UsageError(f"a budget is kept by one process: leave out --executor {executor}")
    gates, purse = Gates(limits or Limits(), show), Purse(budget or Budget())
    plug.check(gates.limits)
    with Answers(
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
        with underway(
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
            going.halt.check(complete=found.complete)
        notes = answers.finish(whole=found.complete and resume is None)
        return replace(found, notes=notes, expected=expected(whole, workshop))


def _dry_build(whole: Plan, workshop: Workshop) -> None:
    """Build the longest session of each scenario: what cannot be built is told before a cent."""
    from harness.sessions.build import build
    from harness.sessions.materials import Materials

    longest: dict[tuple[str, str], Group] = {}
    for group in whole.groups:
        name = (group.scenario.name, group.scenario.variant)
        held = longest.get(name)
        if held is None or _length(group) > _length(held):
            longest[name] = group
    for group in longest.values():
        build(group.blueprint, Materials(group.scenario, group.seed, workshop))


def _length(group: Group) -> int:
    return group.blueprint.cuts[-1].tokens
