"""The local executor: one event loop, trials at hand as they are needed, models side by side.

How many calls are in flight is the gates' business. This file sees that there are enough trials
for them, and no more sessions in memory than that takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from harness.core.errors import first_of
from harness.core.messages import text_length
from harness.runs.conversation.prepared import NotPrepared, Prepared
from harness.runs.executors.send_order import forks
from harness.runs.limits import Limits
from harness.runs.planning.plan import needs_preparing

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Coroutine, Iterable, Iterator

    from harness.core.session import Session
    from harness.core.study import SessionTrials
    from harness.core.trial import Trial
    from harness.runs.trials.runner import TrialRunner
    from harness.sessions.materials import Materials

_AT_HAND = 2
"""Trials under way for each call that may be in flight: while one waits to be tried again, the
next takes its place."""
_MOST_WAITING = 512
"""Sessions that have to be made ready, under way or waiting for their turn."""
_SLOTS = 4
"""Of so few connections each is a slot of somebody's own server, whose cache holds one session: no
other session takes its place before it is over."""


class Local:
    """Replays groups on this machine.

    Args:
        limits: What may be done to a provider at most.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._room = Room(self._limits.max_bytes)
        self._building = asyncio.Lock()

    async def execute(
        self, groups: Iterable[SessionTrials], runner: TrialRunner, done: Container[str]
    ) -> None:
        """Replay every trial whose key is not in `done`.

        Args:
            groups: The sessions of one model, walked once as there is room for them; or, held in
                memory, of several, which are asked side by side.
            runner: What they are replayed on.
            done: Keys that need not be asked.

        Raises:
            Exception: What went wrong in our own code; the failures of providers are records.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                for own in _by_model(groups):
                    tasks.create_task(self._model(own, runner, done))
        except BaseExceptionGroup as errors:
            raise first_of(errors) from None

    async def _model(
        self, groups: Iterable[SessionTrials], runner: TrialRunner, done: Container[str]
    ) -> None:
        """The sessions of one model, in order."""
        connections = self._limits.max_connections
        most = _AT_HAND * connections
        at_hand = asyncio.Semaphore(most)
        open_sessions = asyncio.Semaphore(connections if connections <= _SLOTS else most)
        crews = asyncio.Semaphore(connections)
        waiting = asyncio.Semaphore(max(_MOST_WAITING, connections))
        async with asyncio.TaskGroup() as tasks:
            for group in groups:
                todo = [trial for trial in group.trials if trial.key not in done]
                if not todo:
                    continue
                if needs_preparing(group):
                    await waiting.acquire()
                    prepared = self._prepared(group, todo, runner, at_hand, crews)
                    tasks.create_task(prepared).add_done_callback(lambda _: waiting.release())
                    continue
                await open_sessions.acquire()
                if group.model in runner.given_up:
                    return
                session = await self._session(group, runner)
                held = _Held(self._room, _length(session), len(todo))
                one = partial(_one, runner, session, runner.materials(group), None, held, at_hand)
                forked = tasks.create_task(_in_order(todo, one, tasks))
                forked.add_done_callback(lambda _: open_sessions.release())

    async def _session(self, group: SessionTrials, runner: TrialRunner) -> Session:
        """The session of a group, when there is room for it."""
        async with self._building:  # what sessions are built from is shared, and not for threads
            session = await runner.session(group)
        await self._room.take(_length(session))
        return session

    async def _prepared(
        self,
        group: SessionTrials,
        todo: Sequence[Trial],
        runner: TrialRunner,
        at_hand: asyncio.Semaphore,
        crews: asyncio.Semaphore,
    ) -> None:
        """The trials of a session that has to be made ready, repeat by repeat.

        Args:
            group: The session.
            todo: Its trials that are left.
            runner: What they are replayed on.
            at_hand: Trials under way.
            crews: Sessions under way, since each of them waits for its own last call.
        """
        async with crews:
            for repeat in dict.fromkeys(trial.repeat for trial in todo):
                if group.model in runner.given_up:
                    return
                own = [trial for trial in todo if trial.repeat == repeat]
                ready = await runner.prepare(group, repeat)
                try:
                    session = await self._asked(ready, own, group, runner)
                    held = _Held(self._room, _length(session), len(own))
                    materials = runner.materials(group)
                    one = partial(_one, runner, session, materials, ready, held, at_hand)
                    async with asyncio.TaskGroup() as tasks:
                        await _in_order(own, one, tasks)
                finally:
                    if isinstance(ready, Prepared):
                        await runner.release(ready)

    async def _asked(
        self,
        ready: Prepared | NotPrepared,
        trials: Sequence[Trial],
        group: SessionTrials,
        runner: TrialRunner,
    ) -> Session:
        """The session that the trials are asked of, when there is room for it.

        Where it was not made ready, or not up to a checkpoint, that is the session as written: what
        was not asked is told of it. Else it is not built and stored a second time.
        """
        if isinstance(ready, NotPrepared) or any(ready.short_of(trial) for trial in trials):
            return await self._session(group, runner)
        await self._room.take(_length(ready.session))
        return ready.session


def _by_model(groups: Iterable[SessionTrials]) -> Iterator[Iterable[SessionTrials]]:
    """The sessions of each model; those of a stream are all of one."""
    if not isinstance(groups, Sequence):
        yield groups
        return
    for model in dict.fromkeys(group.model for group in groups):
        yield [group for group in groups if group.model == model]


async def _in_order(
    trials: Iterable[Trial],
    one: Callable[[Trial], Coroutine[None, None, None]],
    tasks: asyncio.TaskGroup,
) -> None:
    """The forks of one session, each when a provider's cache holds what it begins with."""
    for first, rest in forks(trials):
        await one(first)
        for trial in rest:
            tasks.create_task(one(trial))
        # they queue before the next checkpoint: some caches do not go back to a shorter session
        await asyncio.sleep(0)


async def _one(  # noqa: PLR0917 -- what a trial needs, in the order in which it is bound
    runner: TrialRunner,
    session: Session,
    materials: Materials,
    ready: Prepared | NotPrepared | None,
    held: _Held,
    at_hand: asyncio.Semaphore,
    trial: Trial,
) -> None:
    """One trial, when there is a place for it."""
    try:
        async with at_hand:
            if trial.model not in runner.given_up:
                await runner.replay(trial, session, materials, ready)
    finally:
        held.over()


class Room:
    """So many bytes of text at once, and one longer session if it is alone."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._changed = asyncio.Event()

    async def take(self, size: int) -> None:
        """Wait until there is room, and take it."""
        while self._used and self._used + size > self._most:
            self._changed.clear()
            await self._changed.wait()
        self._used += size

    def give(self, size: int) -> None:
        """Make room."""
        self._used -= size
        self._changed.set()


class _Held:
    """The room that a session takes until the last of its trials is over."""

    def __init__(self, room: Room, size: int, trials: int) -> None:
        self._room = room
        self._size = size
        self._left = trials

    def over(self) -> None:
        """One of its trials is over."""
        self._left -= 1
        if not self._left:
            self._room.give(self._size)


def _length(session: Session) -> int:
    return text_length(session.messages)
