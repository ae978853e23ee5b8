"""A run under way, of any kind: its folder, its bench, what is known of before, and its end.

Its one rule: a run that goes on is a new run that has some of its records already.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from harness.core.errors import UsageError
from harness.core.record import from_json
from harness.models.options import affecting_answer
from harness.runs.conversation.generated_text import GeneratedTexts
from harness.runs.folder.find import new_folder
from harness.runs.folder.layout import LEDGER
from harness.runs.folder.reader import latest_records
from harness.runs.folder.run_json import config, read_config, write_config
from harness.runs.folder.writer import Store
from harness.runs.interrupts import Interrupts
from harness.runs.model_stack import options_of, unless_missed
from harness.runs.result import result
from harness.runs.token_meter import LengthLedger
from harness.runs.trials.runner import TrialRunner

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from harness.core.protocols import Model, Progress
    from harness.core.record import Record
    from harness.core.study import Plan, Study
    from harness.runs.budget import Purse
    from harness.runs.limits import Gates
    from harness.runs.result import RunResult
    from harness.sessions.materials import Workshop

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run whose folder is open."""

    folder: Path
    bench: TrialRunner
    done: set[str]
    """Keys that need not be asked again."""
    interrupts: Interrupts
    purse: Purse
    models: Mapping[str, Model]
    progress: Progress
    _before: Mapping[str, Mapping[str, Any]]

    def before(self) -> Iterator[Record]:
        """The records that the folder held when it was opened."""
        return map(from_json, self._before.values())

    def begin(self, total: int | None, done: int) -> None:
        """Say that it begins, and take what it has spent before from its budget.

        Args:
            total: Trials in all; None where that is not known.
            done: Those that have a record.
        """
        self.progress.begin(total, done)
        self.interrupts.charge(self.folder)

    async def run(self, work: Awaitable[T]) -> T:
        """What the work gives, as far as it came; then connections are closed."""
        return await self.interrupts.watch(closing(work, self.models))

    def result(self, planned: Sequence[str]) -> RunResult:
        """What it came to, so far."""
        return result(self.folder, planned, self.bench, self.purse)


@contextmanager
def open_run(
    whole: Plan,
    workshop: Workshop,
    models: Mapping[str, Model],
    *,
    gates: Gates,
    purse: Purse,
    progress: Progress,
    out: Path,
    resume: Path | None,
    retry_errors: bool,
    adaptive: Mapping[str, object] | None = None,
) -> Iterator[OpenRun]:
    """A new run, or one that goes on, for as long as its records are written.

    Args:
        whole: What is asked for.
        workshop: Shared tools.
        models: Who is asked, by name.
        gates: What their calls go through.
        purse: What may be spent.
        progress: Is told what happens.
        out: Where the folder of a new run is made.
        resume: The folder that goes on instead.
        retry_errors: Ask again where the record is an error.
        adaptive: The aim of an adaptive run.

    Raises:
        UsageError: The folder cannot be made, or belongs to another study.
    """
    folder = _open_folder(whole, workshop, models, out=out, resume=resume, adaptive=adaptive)
    with unless_missed(folder, new=resume is None), Store(folder) as store:
        before = latest_records(folder)
        bench = _bench_of(whole.study, workshop, models, store, progress=progress, gates=gates)
        yield OpenRun(
            folder=folder,
            bench=bench,
            done=_finished(before, retry_errors=retry_errors),
            interrupts=Interrupts(bench, gates, purse, models, progress),
            purse=purse,
            models=models,
            progress=progress,
            _before=before,
        )


def running_loop() -> bool:
    """Whether an event loop is running in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def closing(work: Awaitable[T], models: Mapping[str, Model]) -> T:
    """What the work gives; connections are closed whatever happens."""
    try:
        return await work
    finally:
        for model in models.values():
            await model.close()


def _open_folder(
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


def _finished(before: Mapping[str, Mapping[str, object]], *, retry_errors: bool) -> set[str]:
    """Keys that need not be asked again."""
    return {k for k, r in before.items() if not (retry_errors and r["status"] == "error")}


def _bench_of(
    study: Study,
    workshop: Workshop,
    models: Mapping[str, Model],
    store: Store,
    *,
    progress: Progress,
    gates: Gates,
) -> TrialRunner:
    """The bench of a run, with a clock of the real world."""
    return TrialRunner(
        workshop=workshop,
        models=models,
        options=options_of(study),
        store=store,
        ledger=LengthLedger(models, store.folder / LEDGER),
        run_id=store.folder.name,
        now=lambda: datetime.now(tz=UTC).isoformat(),
        progress=progress,
        hopeless=gates.stopped,
        writings=GeneratedTexts(store.folder, models, options_of(study)),
    )


def _check_same(folder: Path, whole: Plan, workshop: Workshop) -> None:
    """A run goes on only with the scenarios and parameters it began with.

    Raises:
        UsageError: A scenario, its filler or a parameter has changed since.
    """
    stored = read_config(folder)
    given = affecting_answer(dict(whole.study.options))
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
