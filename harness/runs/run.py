"""Runs a study: plan, replay, records. Starts a run folder, or goes on with one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from harness.core.errors import UsageError
from harness.core.record import from_json
from harness.models import known_limit
from harness.models.options import telling
from harness.runs.answers import Answers, options_of, unless_missed
from harness.runs.bench import Bench
from harness.runs.bill import NOTHING, Bill, Expected, bill, calls_of, expected
from harness.runs.budget import Budget, Purse
from harness.runs.executors import OnThisMachine, executors
from harness.runs.folders import config, new_folder, read_config, write_config
from harness.runs.halt import Halt
from harness.runs.ledger import LEDGER, Ledger
from harness.runs.limits import Gates, Limits
from harness.runs.plan import make_plan
from harness.runs.quiet import Quiet
from harness.runs.stages import Stages
from harness.runs.store import RECORDS, Store, lines
from harness.runs.writing import Writings
from harness.sessions.materials import Workshop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence
    from pathlib import Path

    from harness.core.protocols import Model, Progress
    from harness.core.study import Group, Plan, Study


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run came to."""

    folder: Path
    planned: int
    """Trials of the plan."""
    recorded: int
    """Trials that have a record, of before and of now."""
    errors: int
    """Records with status `error`."""
    error_kinds: tuple[tuple[str, int], ...] = ()
    """Of the errors: each kind and how often it came, the most frequent first."""
    hopeless: tuple[tuple[str, str], ...] = ()
    """Models that were given up, and why."""
    notes: tuple[str, ...] = ()
    """What a user should hear of the answers that were kept."""
    stopped: str | None = None
    """Why nothing more was sent, when the budget was spent."""
    bill: Bill = NOTHING
    """What it cost, of before and of now."""
    expected: Expected | None = None
    """What it was estimated to cost; None where that is not known, or nothing."""

    @property
    def complete(self) -> bool:
        """Whether every trial has a result that is not an error."""
        return self.recorded == self.planned and not self.errors


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

    Raises:
        UsageError: Something asked for cannot be done, or the folder belongs to another study.
        CassetteMissError: The cassette has no answer to something that is asked.
        NothingSelectedError: There is no trial.
    """
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
        cache=cache,
        cache_days=cache_days,
        cache_local=cache_local,
        purse=purse,
    ) as answers:
        _dry_build(whole, workshop)
        folder = open_folder(whole, workshop, answers.models, out=out, resume=resume)
        with unless_missed(folder, new=resume is None), Store(folder) as store:
            before = {r["key"]: r for r in lines(folder / RECORDS)}
            done = finished(before, retry_errors=retry_errors)
            bench = bench_of(study, workshop, answers.models, store, progress=show, gates=gates)
            for raw in before.values():
                bench.recall(from_json(raw))
            stages = Stages(whole, bench, workshop, known_limit)
            planned = stages.planned
            show.begin(len(planned), len(done & set(planned)))
            halt = Halt(bench, gates, purse, answers.models, show)
            halt.charge(folder)
            start = plug.start(study, gates, folder.name)
            halt.run(closing(stages.run_on(start, done), answers.models))
            found = result(folder, stages.planned, bench, purse)
            halt.check(complete=found.complete)
        notes = answers.finish(whole=found.complete and resume is None)
        return replace(found, notes=notes, expected=expected(whole, workshop))


def open_folder(
    whole: Plan,
    workshop: Workshop,
    models: Mapping[str, Model],
    *,
    out: Path,
    resume: Path | None,
    adaptive: Mapping[str, object] | None = None,
) -> Path:
    """The folder of a new run, with its `run.json`; or the one that goes on.

    Raises:
        UsageError: The folder cannot be made, or belongs to another study.
    """
    if resume is not None:
        _check_same(resume, whole, workshop)
        return resume
    now = datetime.now(tz=UTC)
    folder = new_folder(out, whole, now)
    sent = {name: model.sent_parameters(options_of(whole.study)) for name, model in models.items()}
    write_config(folder, config(whole, workshop, now, sent, adaptive))
    return folder


def finished(before: Mapping[str, Mapping[str, object]], *, retry_errors: bool) -> set[str]:
    """Keys that need not be asked again."""
    return {k for k, r in before.items() if not (retry_errors and r["status"] == "error")}


def bench_of(
    study: Study,
    workshop: Workshop,
    models: Mapping[str, Model],
    store: Store,
    *,
    progress: Progress,
    gates: Gates,
) -> Bench:
    """The bench of a run, with a clock of the real world."""
    return Bench(
        workshop=workshop,
        models=models,
        options=options_of(study),
        store=store,
        ledger=Ledger(models, store.folder / LEDGER),
        run_id=store.folder.name,
        now=lambda: datetime.now(tz=UTC).isoformat(),
        progress=progress,
        hopeless=gates.stopped,
        writings=Writings(store.folder, models, options_of(study)),
    )


async def closing(work: Awaitable[T], models: Mapping[str, Model]) -> T:
    """What the work gives; connections are closed whatever happens."""
    try:
        return await work
    finally:
        for model in models.values():
            await model.close()


def result(folder: Path, planned: Sequence[str], bench: Bench, purse: Purse) -> RunResult:
    """Counted from the file itself; of two records of one trial the later holds."""
    latest = {line["key"]: (line["status"], line["error"]) for line in lines(folder / RECORDS)}
    own = [latest[key] for key in planned if key in latest]
    given_up = {model: why for model, why in bench.hopeless.items() if why != purse.stopped}
    kinds = Counter(str(error).partition(":")[0] for status, error in own if status == "error")
    return RunResult(
        folder=folder,
        planned=len(planned),
        recorded=len(own),
        errors=kinds.total(),
        error_kinds=tuple(kinds.most_common()),
        hopeless=tuple(sorted(given_up.items())),
        stopped=purse.stopped,
        bill=bill(calls_of(folder)),
    )


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


def _check_same(folder: Path, whole: Plan, workshop: Workshop) -> None:
    """A run goes on only with the scenarios and parameters it began with.

    Raises:
        UsageError: A scenario, its filler or a parameter has changed since.
    """
    stored = read_config(folder)
    given = telling(dict(whole.study.options))
    for name in sorted(given.keys() | stored["telling"].keys()):
        if given.get(name) != stored["telling"].get(name):
            raise UsageError(
                f"-M {name} cannot change in a run that is resumed: it was"
                f" {stored['telling'].get(name)!r} and is now {given.get(name)!r}; start a new run"
            )
    before = {(s["name"], s.get("variant", "")): s["identity"] for s in stored["scenarios"]}
    for scenario in whole.study.scenarios:
        if before.get((scenario.name, scenario.variant)) != workshop.identity(scenario):
            raise UsageError(
                f"scenario '{scenario.name}' has changed since {folder.name} began;"
                " start a new run, or bring the file back"
            )
