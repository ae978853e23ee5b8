"""A worker of a cluster: replays the sessions that it is handed, and sends back what came of them.

It writes nothing and decides nothing: how providers count, what is done already, and what models
have written into sessions so far, it is told.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from harness.core.errors import UsageError
from harness.core.record import Record
from harness.core.session import Session
from harness.models.base import CalledModel
from harness.models.call_options import CallOptions
from harness.models.exact_counts import counter_called
from harness.runs.answer_room import AnswerRoom
from harness.runs.conversation.generated_text import GeneratedTexts
from harness.runs.executors.local import Local
from harness.runs.limits import Gates
from harness.runs.meter.ledger import LengthLedger
from harness.runs.model_stack import live_models, options_of
from harness.runs.planning.named_code import load_code
from harness.runs.progress import NoProgress
from harness.runs.trials.runner import TrialRunner
from harness.sessions.materials import Workshop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from harness.core.study import SessionTrials, Study
    from harness.models.adaptations import Adaptation
    from harness.models.exact_counts import ExactCounter
    from harness.runs.conversation.generated_text import Line
    from harness.runs.limits import Limits
    from harness.runs.meter.count_model import CountModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a worker is handed at a time."""

    groups: tuple[SessionTrials, ...]
    """Sessions and their trials."""
    done: frozenset[str] = frozenset()
    """Keys of trials that have a record."""
    counts: Mapping[str, Mapping[str, CountModel]]
    """How the provider of each model counts, by scenario."""
    counters: Mapping[str, str]
    """The name of who counts the prompts of a model exactly, where somebody does."""
    written: tuple[Line, ...] = ()
    """Lines of what models wrote in this run for sessions of these trunks."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A model that a worker has given up."""

    model: str
    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A session that could not be built, as its error said it: errors do not all travel well."""

    message: str


@dataclass(frozen=True, slots=True)
class Adapted:
    """What a worker had to change in the calls of a model, which refused them as they were."""

    model: str
    adaptations: tuple[Adaptation, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the user should know now."""

    text: str


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A line for a file of the run folder, with what a model or a memory wrote."""

    path: str
    line: Line | None
    """None where the file is begun."""


Item: TypeAlias = Record | Session | WrittenLine | Stopped | Failed | Adapted | Note


class _Outbox:
    """Where a worker's runner puts what is to be sent back, in its order."""

    def __init__(self) -> None:
        self.items: asyncio.Queue[Item] = asyncio.Queue()
        self._kept: set[str] = set()

    def keep(self, session: Session) -> None:
        """A session, before the records that speak of it; once."""
        if session.trunk not in self._kept:
            self._kept.add(session.trunk)
            self.items.put_nowait(session)

    def append(self, record: Record) -> None:
        """What came of a trial."""
        self.items.put_nowait(record)


class _OutboxFiles:
    """The files of what is written, kept by whoever empties an outbox."""

    def __init__(self, outbox: _Outbox) -> None:
        self._items = outbox.items

    def begin(self, path: str, /) -> None:
        """A file, made or emptied."""
        self._items.put_nowait(WrittenLine(path, None))

    def append(self, path: str, line: Line, /) -> None:
        """One line of a file."""
        self._items.put_nowait(WrittenLine(path, line))


class _Notes(NoProgress):
    """Progress of which nothing is seen but what the user should know."""

    def __init__(self) -> None:
        self._notes: deque[Item] = deque()

    def note(self, text: str) -> None:
        """Keep it, to be sent back."""
        self._notes.append(Note(text))

    def taken(self) -> list[Item]:
        """What was noted since the last time."""
        return [self._notes.popleft() for _ in range(len(self._notes))]


class Worker:
    """One worker.

    Args:
        study: What is asked for.
        limits: This worker's share of what may be done to a provider.
        run_id: The run.
        before: Lines of what models wrote into sessions before the run went on.
    """

    def __init__(
        self, study: Study, limits: Limits, run_id: str, before: Sequence[Line] = ()
    ) -> None:
        self._study = load_code(study)  # in this process, too
        self._run_id = run_id
        self._before = before
        self._workshop = Workshop()
        self._notes = _Notes()
        self._gates = Gates(limits, self._notes)
        self._options = CallOptions(dict(study.options))
        self._models = live_models(study, self._gates)
        self._counters: dict[tuple[str, str], ExactCounter | None] = {}
        self._local = Local(limits)
        self._runners: set[TrialRunner] = set()
        self._halting = False

    async def replay(self, batch: Batch) -> AsyncIterator[list[Item]]:
        """Replay every trial of a batch whose key is not done.

        Yields:
            What came in since the last time, sessions before the records that speak of them.
        """
        outbox = _Outbox()
        runner = self._runner(batch, outbox)
        self._runners.add(runner)
        work = asyncio.create_task(self._local.execute(batch.groups, runner, batch.done))
        try:
            while not (work.done() and outbox.items.empty()):
                found = await _some(outbox.items, work) + self._notes.taken()
                if found:
                    yield found
            try:
                await work
            except UsageError as error:
                yield [Failed(str(error))]
        finally:
            work.cancel()  # where nobody waits for the rest
            self._runners.discard(runner)
        learnt: list[Item] = [
            Adapted(name, model.adaptations)
            for name, model in self._models.items()
            if isinstance(model, CalledModel) and model.adaptations
        ]
        learnt += (Stopped(model, why) for model, why in self._gates.stopped.items())
        if learnt:
            yield learnt

    async def stop(self, models: Mapping[str, str], *, halting: bool) -> None:
        """Send nothing new to these models; what is in flight is waited for.

        Args:
            models: Those that were given up elsewhere, and why.
            halting: Whether the run is being interrupted, so that a failure is no last word.
        """
        self._halting = self._halting or halting
        for runner in self._runners:
            runner.halting = self._halting
        for model, why in models.items():
            self._gates.stop(model, why)

    async def close(self) -> None:
        """Close all connections: the run is over."""
        for model in self._models.values():
            await model.close()
        for counter in self._counters.values():
            if counter is not None:
                await counter.close()

    def _runner(self, batch: Batch, outbox: _Outbox) -> TrialRunner:
        """The runner of a batch; what it finds out goes to the outbox."""
        runner = TrialRunner(
            workshop=self._workshop,
            models=self._models,
            options=options_of(self._study),
            store=outbox,
            ledger=LengthLedger.of(batch.counts),
            room=AnswerRoom(self._study),
            run_id=self._run_id,
            now=lambda: datetime.now(tz=UTC).isoformat(),
            progress=self._notes,
            given_up=self._gates.stopped,
            writings=GeneratedTexts(
                self._models,
                options_of(self._study),
                files=_OutboxFiles(outbox),
                before=(*self._before, *batch.written),
                is_fixed=self._study.answer_is_bounded,
            ),
        )
        runner.halting = self._halting
        for model, name in batch.counters.items():
            counter = self._counter(model, name)
            if counter is not None:
                runner.counters[model] = counter
        return runner

    def _counter(self, model: str, name: str) -> ExactCounter | None:
        """Who counts the prompts of a model: one for all batches, with connections of its own."""
        at = (model, name)
        if at not in self._counters:
            self._counters[at] = counter_called(name, model, self._options)
        return self._counters[at]


async def _some(items: asyncio.Queue[Item], work: asyncio.Task[None]) -> list[Item]:
    """All that is there, once there is something or the work is over."""
    waiting = asyncio.create_task(items.get())
    await asyncio.wait({waiting, work}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
    found = [waiting.result()] if waiting.done() and not waiting.cancelled() else []
    while not items.empty():
        found.append(items.get_nowait())
    return found
