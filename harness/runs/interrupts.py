"""How a run is brought to an end before its time: Ctrl-C, SIGTERM, or a spent budget.

What is in flight is paid for, so the first signal only keeps anything new from being sent; the
second stops now. SIGTERM, by which machines say the same, counts like Ctrl-C.
"""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, TypeVar

from harness.runs.budget import Spent
from harness.runs.result import bill, calls_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable
    from pathlib import Path

    from harness.core.run_protocols import Progress
    from harness.runs.budget import Purse
    from harness.runs.limits import Gates
    from harness.runs.trials.runner import TrialRunner

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_INTERRUPTED = "the run was interrupted"


class Interrupts:
    """Stops a run so that it can go on later: no new call, and nothing lost that is in flight.

    Args:
        runner: Runs the trials.
        gates: What calls go through.
        purse: What may be spent.
        models: Names of all models.
        progress: Is told.
    """

    def __init__(
        self,
        runner: TrialRunner,
        gates: Gates,
        purse: Purse,
        models: Iterable[str],
        progress: Progress,
    ) -> None:
        self._runner = runner
        self._gates = gates
        self._purse = purse
        self._models = tuple(models)
        self._progress = progress
        self._signals = 0
        purse.on_stop = self._spent

    def charge(self, folder: Path) -> None:
        """Take what the run has spent before from its budget."""
        before = bill(calls_of(folder))
        self._purse.charge(Spent(before.known_usd, before.prompt_tokens))

    def check(self, *, complete: bool) -> None:
        """See that nobody wanted the run to end before it did.

        Raises:
            KeyboardInterrupt: Somebody did.
        """
        if self._signals and not complete:
            raise KeyboardInterrupt

    async def watch(self, work: Awaitable[T]) -> T:
        """What the work gives; after one signal too, as far as it came.

        Signals come to the main thread only: in any other nobody is listened to.

        Raises:
            KeyboardInterrupt: A second signal came.
        """
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
        before = {}
        for number in _SIGNALS:
            held = signal.getsignal(number)
            try:
                loop.add_signal_handler(number, self._signalled, task)
            except (ValueError, RuntimeError):
                break
            before[number] = held
        try:
            return await task
        except asyncio.CancelledError:
            if self._signals:
                raise KeyboardInterrupt from None
            raise
        finally:
            for number, handler in before.items():
                loop.remove_signal_handler(number)
                signal.signal(number, handler)

    def _signalled(self, task: asyncio.Future[T]) -> None:
        self._signals += 1
        if self._signals > 1:
            task.cancel()
            return
        self._runner.halting = True
        self._progress.note("stopping when the calls in flight are answered; again to stop now")
        self._gates.stop_all(self._models, _INTERRUPTED, close=True)

    def _spent(self, why: str) -> None:
        # calls that are waiting at their gate were let out by the purse, and may go
        self._gates.stop_all(self._models, why, close=False)
