"""A run under way, of any kind: its folder, its runner, what is known of before, and its end.

Its one rule: a run that goes on is a new run that has some of its records already.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from harness.core.errors import UsageError
from harness.core.record import from_json
from harness.models.call_options import CallOptions
from harness.runs.answer_room import AnswerRoom
from harness.runs.budget import Spent
from harness.runs.conversation.generated_text import GeneratedTexts
from harness.runs.folder.find import new_folder
from harness.runs.folder.layout import LEDGER, ROOM
from harness.runs.folder.reader import latest_records, records
from harness.runs.folder.record_index import DoneKeys, RecordIndex
from harness.runs.folder.run_json import config, note_sent, read_config, write_config
from harness.runs.folder.writer import Store
from harness.runs.folder.writings import FolderFiles
from harness.runs.interrupts import Interrupts
from harness.runs.meter.amend import JUDGED, Settlement
from harness.runs.meter.ledger import LengthLedger
from harness.runs.model_stack import options_of, unless_missed
from harness.runs.result import BILLED, Billing, result
from harness.runs.trials.runner import TrialRunner

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from harness.core.protocols import Model
    from harness.core.record import Record
    from harness.core.run_protocols import Progress
    from harness.core.study import Plan, Study
    from harness.runs.budget import Purse
    from harness.runs.limits import Gates
    from harness.runs.result import RunTotals
    from harness.sessions.materials import Workshop

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run whose folder is open."""

    folder: Path
    runner: TrialRunner
    index: RecordIndex
    """What is recorded of each trial."""
    done: Collection[str]
    """Keys that need not be asked again."""
    interrupts: Interrupts
    purse: Purse
    models: Mapping[str, Model]
    progress: Progress
    store: Store

    def before(self) -> Iterator[Record]:
        """The last record of each key that the folder holds, one at a time as a rule."""
        if self.index.has_repeats:
            return map(from_json, latest_records(self.folder).values())
        return map(from_json, records(self.folder))

    def recall(self, models: Iterable[str]) -> None:
        """Learn from the records of before the run was interrupted, where anything is open yet.

        Args:
            models: Those under test.
        """
        if len(self.index) and not all(map(self.runner.ledger.is_settled, models)):
            for known in self.before():
                self.runner.recall(known)

    def begin(self, total: int | None, done: int) -> None:
        """Say that it begins, and take what it has spent before from its budget.

        Args:
            total: Trials in all; None where that is not known.
            done: Those that have a record.
        """
        self.progress.begin(total, done)
        if self.purse.budget.bounded:
            self.interrupts.charge(self.folder)

    async def run(self, work: Awaitable[T]) -> T:
        """What the work gives, as far as it came; then connections are closed."""
        return await self.interrupts.watch(closing(work, self.models))

    def result(self, planned: Iterable[str]) -> RunTotals:
        """What it came to, so far: what its calls tell together is written into its records.

        Args:
            planned: Keys of all trials.
        """
        spent = settle(self.store)
        return result(
            self.folder, planned, self.index, runner=self.runner, purse=self.purse, spent=spent
        )


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
    stored: Path | None = None,
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
        stored: A run folder whose replies are graded again: its sessions are aimed alike.

    Raises:
        UsageError: The folder cannot be made, or belongs to another study.
    """
    folder = _open_folder(whole, workshop, models, out=out, resume=resume, adaptive=adaptive)
    if stored is not None and (stored / LEDGER).exists():
        shutil.copy(stored / LEDGER, folder / LEDGER)
    with unless_missed(folder, new=resume is None), Store(folder) as store:
        index = store.index = RecordIndex.of(folder)
        sent = _sent(whole, models)
        runner = _trial_runner(
            whole.study, workshop, models, store, index, progress=progress, gates=gates, purse=purse
        )
        try:
            yield OpenRun(
                folder=folder,
                runner=runner,
                index=index,
                done=DoneKeys(index, retry_errors=retry_errors),
                interrupts=Interrupts(runner, gates, purse, models, progress),
                purse=purse,
                models=models,
                progress=progress,
                store=store,
            )
        finally:
            if _sent(whole, models) != sent:
                note_sent(folder, _sent(whole, models))


def running_loop() -> bool:
    """Whether an event loop is running in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def settle(store: Store) -> Billing:
    """Write into the records of a run what all of its calls tell together; what they cost."""
    found, spent = Settlement(records(store.folder, JUDGED)), Billing()

    def changes(own: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        for record, change in found.changed(own):
            spent.add({**record, **change})
            yield change

    store.settle(changes, tuple(dict.fromkeys((*JUDGED, *BILLED))))
    return spent


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
    write_config(folder, config(whole, workshop, now, _sent(whole, models), adaptive))
    return folder


def _sent(whole: Plan, models: Mapping[str, Model]) -> dict[str, object]:
    """The parameters that go out to each model; the longest of its answers decides `max_tokens`."""
    study = whole.study
    options = {name: options_of(study) for name in models}
    for name, reserve in whole.reserves if not study.answer_is_bounded else ():
        most = max(int(str(options[name]["max_tokens"])), reserve)
        options[name] = options[name] | {"max_tokens": most}
    return {name: model.sent_parameters(options[name]) for name, model in models.items()}


def _trial_runner(
    study: Study,
    workshop: Workshop,
    models: Mapping[str, Model],
    store: Store,
    index: RecordIndex,
    *,
    progress: Progress,
    gates: Gates,
    purse: Purse,
) -> TrialRunner:
    """The runner of a run, with a clock of the real world."""
    files = FolderFiles(store.folder)
    return TrialRunner(
        workshop=workshop,
        models=models,
        options=options_of(study),
        store=store,
        ledger=LengthLedger(models, store.folder / LEDGER),
        room=AnswerRoom(study, store.folder / ROOM, progress.note),
        run_id=store.folder.name,
        now=lambda: datetime.now(tz=UTC).isoformat(),
        progress=progress,
        recorded=index,
        given_up=gates.stopped,
        writings=GeneratedTexts(
            models,
            options_of(study),
            files=files,
            before=files.written(),
            is_fixed=study.answer_is_bounded,
            pay=lambda bill: purse.charge(Spent(bill.cost_usd or 0.0, bill.prompt_tokens)),
        ),
    )


def _check_same(folder: Path, whole: Plan, workshop: Workshop) -> None:
    """A run goes on only with the scenarios and parameters it began with.

    Raises:
        UsageError: A scenario, its filler or a parameter has changed since.
    """
    stored = read_config(folder)
    given = CallOptions(dict(whole.study.options)).affecting_answer
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
