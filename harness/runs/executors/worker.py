"""A worker of a cluster: replays the sessions that it is handed, and sends back what came of them.

It writes nothing and decides nothing: how providers count, and what is done already, it is told.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from harness.core.errors import UsageError
from harness.core.record import Record
from harness.core.session import Session
from harness.models import make_model
from harness.models.call_options import CallOptions
from harness.runs.answer_room import AnswerRoom
from harness.runs.executors.local import Local
from harness.runs.limits import Gates
from harness.runs.meter.ledger import LengthLedger
from harness.runs.model_stack import options_of
from harness.runs.planning.named_code import load_code
from harness.runs.progress import NoProgress
from harness.runs.trials.runner import TrialRunner
from harness.sessions.materials import Workshop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from harness.core.study import SessionTrials, Study
    from harness.runs.limits import Limits
    from harness.runs.meter.fit import CountModel


@dataclass(frozen=True, slots=True)
class Stopped:
    """A model that a worker has given up."""

    model: str
    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A session that could not be built, as its error said it: errors do not all travel well."""

    message: str


Item: TypeAlias = Record | Session | Stopped | Failed


class _Outbox:
    """Where a worker's runner puts what is to be sent back."""

    def __init__(self) -> None:
        self.items: asyncio.Queue[Item] = asyncio.Queue()

    def keep(self, session: Session) -> None:
        """A session, before the records that speak of it."""
        self.items.put_nowait(session)

    def append(self, record: Record) -> None:
        """What came of a trial."""
        self.items.put_nowait(record)


class Worker:
    """One worker.

    Args:
        study: What is asked for.
        limits: This worker's share of what may be done to a provider.
        run_id: The run.
    """

    def __init__(self, study: Study, limits: Limits, run_id: str) -> None:
        self._study = load_code(study)  # in this process, too
        self._limits = limits
        self._run_id = run_id
        self._workshop = Workshop()
        self._gates = Gates(limits)
        options = CallOptions(dict(study.options))
        self._models = {
            name: make_model(name, options, self._gates.gate(name, options))
            for name in study.models
        }

    async def replay(
        self,
        groups: Sequence[SessionTrials],
        done: frozenset[str],
        counts: Mapping[str, Mapping[str, CountModel]],
    ) -> AsyncIterator[list[Item]]:
        """Replay every trial of the groups whose key is not done.

        Args:
            groups: Sessions and their trials.
            done: Keys that have a record.
            counts: How the provider of each model counts, by scenario.

        Yields:
            What came in since the last time, sessions before the records that speak of them.
        """
        outbox = _Outbox()
        runner = TrialRunner(
            workshop=self._workshop,
            models=self._models,
            options=options_of(self._study),
            store=outbox,
            ledger=LengthLedger.of(counts),
            room=AnswerRoom(self._study),
            run_id=self._run_id,
            now=lambda: datetime.now(tz=UTC).isoformat(),
            progress=NoProgress(),
            given_up=self._gates.stopped,
        )
        work = asyncio.create_task(Local(self._limits).execute(groups, runner, done))
        while not (work.done() and outbox.items.empty()):
            found = await _some(outbox.items, work)
            if found:
                yield found
        try:
            await work
        except UsageError as error:
            yield [Failed(str(error))]
        given_up = [Stopped(model, why) for model, why in self._gates.stopped.items()]
        if given_up:
            yield list[Item](given_up)


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
