"""Runs an adaptive study: the same folder, records and way of a trial as any run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.record import from_json
from harness.core.study import Plan
from harness.models import known_limit
from harness.runs.adaptive import Search
from harness.runs.aim import aim_data, check_adaptive
from harness.runs.answers import Answers, unless_missed
from harness.runs.budget import Budget, Purse
from harness.runs.halt import Halt
from harness.runs.limits import Gates, Limits
from harness.runs.quiet import Quiet
from harness.runs.run import (
    bench_of,
    closing,
    finished,
    open_folder,
    result,
)
from harness.runs.store import RECORDS, Store, lines
from harness.sessions.materials import Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from harness.core.protocols import Progress
    from harness.core.record import Record
    from harness.core.study import Study
    from harness.runs.adaptive import Ended
    from harness.runs.aim import Aim, Chooser
    from harness.runs.run import RunResult


class _Listening:
    """Hands every finished record to the search, and on to whoever shows the progress."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.search: Search | None = None

    def begin(self, total: int | None, done: int) -> None:
        self._progress.begin(total, done)

    def replanned(self, total: int) -> None:
        self._progress.replanned(total)

    def sent(self) -> None:
        self._progress.sent()

    def returned(self) -> None:
        self._progress.returned()

    def note(self, text: str) -> None:
        self._progress.note(text)

    def finished(self, record: Record) -> None:
        if self.search is not None:
            self.search.notice(record)
        self._progress.finished(record)


def run_adaptive(
    study: Study,
    aim: Aim,
    chooser: Chooser,
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
    budget: Budget | None = None,
) -> tuple[RunResult, list[Ended]]:
    """Ask batch after batch until the onset is known as well as was asked for.

    Args:
        study: What is asked for; its seeds are the sessions over which batches rotate.
        aim: When to stop.
        chooser: Says what to ask, and when enough is known.
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
        budget: The most that may be spent, what the run has spent before included.

    Returns:
        What the run came to, and how the search ended under each model and window.

    Raises:
        UsageError: Something asked for cannot be done.
    """
    workshop = Workshop()
    check_adaptive(study, aim, workshop, known_limit)
    listening = _Listening(progress or Quiet())
    gates, purse = Gates(limits or Limits(), listening), Purse(budget or Budget())
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
        folder = open_folder(
            Plan(study=study, groups=()),
            workshop,
            answers.models,
            out=out,
            resume=resume,
            adaptive=aim_data(aim),
        )
        with unless_missed(folder, new=resume is None), Store(folder) as store:
            before = {r["key"]: r for r in lines(folder / RECORDS)}
            bench = bench_of(
                study, workshop, answers.models, store, progress=listening, gates=gates
            )
            search = Search(
                study=study,
                aim=aim,
                chooser=chooser,
                workshop=workshop,
                bench=bench,
                folder=folder,
                limits=gates.limits,
            )
            search.recall([from_json(raw) for raw in before.values()], known_limit)
            listening.search = search
            done = finished(before, retry_errors=retry_errors)
            listening.begin(None, len(done))
            halt = Halt(bench, gates, purse, answers.models, listening)
            halt.charge(folder)
            ended = halt.run(closing(search.run(known_limit, done), answers.models))
            found = result(folder, search.planned, bench, purse)
            halt.check(complete=all(end.enough for end in ended))
        notes = answers.finish(whole=found.complete and resume is None)
        return replace(found, notes=notes), ended
