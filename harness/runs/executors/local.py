"""The local executor: one event loop, a bound on the calls in flight, models side by side."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import first_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from harness.core.study import Group
    from harness.runs.bench import Bench


@dataclass(frozen=True, slots=True)
class Local:
    """Replays groups on this machine."""

    max_connections: int = 16
    """Calls in flight for each model."""

    async def execute(self, groups: Sequence[Group], bench: Bench, done: Collection[str]) -> None:
        """Replay every trial whose key is not in `done`.

        Raises:
            Exception: What went wrong in our own code; the failures of providers are records.
        """
        models = dict.fromkeys(group.model for group in groups)
        try:
            async with asyncio.TaskGroup() as tasks:
                for model in models:
                    own = [group for group in groups if group.model == model]
                    tasks.create_task(self._model(own, bench, done))
        except BaseExceptionGroup as errors:
            raise first_of(errors) from None

    async def _model(self, groups: Sequence[Group], bench: Bench, done: Collection[str]) -> None:
        """The sessions of one model, in order."""
        slots = asyncio.Semaphore(self.max_connections)
        async with asyncio.TaskGroup() as tasks:
            for group in groups:
                todo = [trial for trial in group.trials if trial.key not in done]
                if not todo:
                    continue
                session, materials = bench.session(group), bench.materials(group)
                for trial in todo:
                    await slots.acquire()
                    if group.model in bench.hopeless:
                        slots.release()
                        return
                    task = tasks.create_task(bench.replay(trial, session, materials))
                    task.add_done_callback(lambda _: slots.release())
