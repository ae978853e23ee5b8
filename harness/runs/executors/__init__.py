"""Where trials are replayed: on this machine, or on the workers of a cluster.

A plug of this kind has one method, `start`: a context that gives the executor of one run.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from harness.core.errors import UsageError
from harness.core.registry import Registry
from harness.runs.executors.local import Local
from harness.runs.model_stack import cached_models

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from harness.core.study import SessionTrials, Study
    from harness.runs.budget import Budget
    from harness.runs.limits import Gates, Limits
    from harness.runs.model_stack import AnswerOptions
    from harness.runs.trials.runner import TrialRunner


class Executor(Protocol):
    """Replays every trial of some groups whose key is not done."""

    async def execute(
        self, groups: Iterable[SessionTrials], runner: TrialRunner, done: Collection[str], /
    ) -> None:
        """Return when each of them has a record, or its model was given up.

        A stream of groups is of one model, and is walked once.
        """


class ExecutorPlug(Protocol):
    """Gives the executor of a run, and closes it afterwards.

    `check` raises UsageError before anything is made, where the limits do not suffice.
    """

    def check(self, limits: Limits, /) -> None: ...

    def start(
        self, study: Study, gates: Gates, run_id: str, /
    ) -> AbstractAsyncContextManager[Executor]: ...


@dataclass(frozen=True, slots=True)
class OnThisMachine:
    """One event loop in this process."""

    def check(self, limits: Limits, /) -> None:
        """Nothing: all limits are this process's."""

    @asynccontextmanager
    async def start(self, study: Study, gates: Gates, run_id: str, /) -> AsyncIterator[Local]:
        """The local executor, with all of the limits."""
        del study, run_id
        yield Local(gates.limits)


def chosen_executor(
    name: str, study: Study, gates: Gates, budget: Budget, answers: AnswerOptions
) -> ExecutorPlug:
    """The executor of that name, where it can do what a run is asked for.

    Args:
        name: Its spec.
        study: What is asked for.
        gates: What the calls of the run go through.
        budget: What may be spent.
        answers: Where answers are kept. A cache is left out by other processes, and that is told.

    Raises:
        UsageError: It is unknown, or cannot: what one process keeps, others do not have.
    """
    plug = executors.resolve(name)
    if not isinstance(plug, OnThisMachine):
        if answers.get("cassette") is not None:
            raise UsageError(
                f"a cassette is kept by one process: leave out --executor {name} to record or"
                " replay it"
            )
        if budget.bounded:
            raise UsageError(
                f"a budget is kept by one process: leave out --executor {name}, or leave out the"
                " budget and ask for fewer seeds or probes"
            )
        local = answers.get("cache_local", True)
        if answers.get("cache") is not None and cached_models(study, local=local):
            gates.note(
                "the cache of answers is kept by one process: workers ask anew, and keep nothing"
                f" (without --executor {name} it is used; --no-cache leaves it out anywhere)"
            )
    plug.check(gates.limits)
    return plug


def cache_of(plug: ExecutorPlug, answers: AnswerOptions) -> Path | None:
    """The folder of the cache, where those that call the models are in this process."""
    return answers.get("cache") if isinstance(plug, OnThisMachine) else None


executors: Registry[ExecutorPlug] = Registry("executor", ExecutorPlug)
executors.add("local", OnThisMachine)
executors.add("ray", "harness.runs.executors.ray_cluster:OnRay")

__all__ = ["OnThisMachine", "cache_of", "chosen_executor", "executors"]
