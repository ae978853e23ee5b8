"""Runs an adaptive study: the same folder, records and way of a trial as any run."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.adaptive.goal import check_adaptive, goal_data
from harness.adaptive.search import Search
from harness.core.study import Plan
from harness.models import known_limit
from harness.models.exact_counts import find_counter
from harness.runs.budget import Budget, Purse
from harness.runs.executors import cache_of, chosen_executor
from harness.runs.limits import Gates, Limits
from harness.runs.model_stack import ModelStack
from harness.runs.open_run import open_run
from harness.runs.planning.named_code import load_code
from harness.runs.progress import NoProgress
from harness.sessions.materials import Workshop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Unpack

    from harness.adaptive.goal import SearchGoal
    from harness.adaptive.search import Ended
    from harness.core.record import Record
    from harness.core.run_protocols import Progress
    from harness.core.study import Study
    from harness.runs.model_stack import AnswerOptions
    from harness.runs.result import RunTotals


class _Listening:
    """Hands every finished record to the search, and on to whoever shows the progress."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.search: Search | None = None

    def begin(self, total: int | None, done: int) -> None:
        self._progress.begin(total, done)

    def replanned(self, total: int) -> None:
        self._progress.replanned(total)

    def expect(self, left: Mapping[str, int]) -> None:
        self._progress.expect(left)

    def narrowed(self, model: str, window: int, words: str) -> None:
        self._progress.narrowed(model, window, words)

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
    goal: SearchGoal,
    *,
    out: Path,
    resume: Path | None = None,
    retry_errors: bool = False,
    limits: Limits | None = None,
    progress: Progress | None = None,
    budget: Budget | None = None,
    executor: str = "local",
    **kept: Unpack[AnswerOptions],
) -> tuple[RunTotals, list[Ended]]:
    """Ask batch after batch until the onset is known as well as was asked for.

    Args:
        study: What is asked for; its seeds are the sessions over which batches rotate.
        goal: When to stop.
        out: Where the run's folder is made.
        resume: A run folder to go on with instead.
        retry_errors: Ask again where the record is an error.
        limits: What may be done to a provider at most.
        progress: Is told what happens.
        budget: The most that may be spent, what the run has spent before included.
        executor: Where trials are run, as `harness.runs.run.run` takes it.
        kept: Where answers are kept, as `harness.runs.run.run` takes it.

    Returns:
        What the run came to, and how the search ended under each model and window.

    Raises:
        UsageError: Something asked for cannot be done.
    """
    study, workshop = load_code(study), Workshop()
    check_adaptive(study, goal, workshop, known_limit)
    listening = _Listening(progress or NoProgress())
    gates, purse = Gates(limits or Limits(), listening), Purse(budget or Budget())
    plug = chosen_executor(executor, study, gates, purse.budget, kept)
    kept["cache"] = cache_of(plug, kept)
    with ModelStack(study, gates, purse=purse, **kept) as answers:
        with open_run(
            Plan(study=study, groups=()),
            workshop,
            answers.models,
            gates=gates,
            purse=purse,
            progress=listening,
            out=out,
            resume=resume,
            retry_errors=retry_errors,
            adaptive=goal_data(goal),
        ) as going:
            search = Search(
                study=study,
                goal=goal,
                workshop=workshop,
                runner=going.runner,
                folder=going.folder,
                find=find_counter if answers.are_live else None,
                note=listening.note,
                narrowed=listening.narrowed,
            )
            search.recall(list(going.before()), known_limit)
            listening.search = search
            going.begin(None, len(going.done))
            start = plug.start(study, gates, going.folder.name)
            ended = asyncio.run(going.run(search.run_on(start, known_limit, going.done)))
            found = going.result(search.planned)
            going.interrupts.check(complete=all(end.enough for end in ended))
        notes = answers.finish(whole=found.complete and resume is None)
        return replace(found, notes=notes), ended
