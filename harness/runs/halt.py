"""How a run is brought to an end before its time: a spent budget, or somebody who interrupts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from harness.runs.bill import bill, calls_of
from harness.runs.budget import Spent
from harness.runs.interrupt import Interrupts

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable
    from pathlib import Path
    from typing import Any

    from harness.core.protocols import Progress
    from harness.runs.bench import Bench
    from harness.runs.budget import Purse
    from harness.runs.limits import Gates

T = TypeVar("T")

_INTERRUPTED = "the run was interrupted"


class Halt:
    """Stops a run so that it can go on later: no new call, and nothing lost that is in flight.

    Args:
        bench: Replays.
        gates: What calls go through.
        purse: What may be spent.
        models: Names of all models.
        progress: Is told.
    """

    def __init__(
        self,
        bench: Bench,
        gates: Gates,
        purse: Purse,
        models: Iterable[str],
        progress: Progress,
    ) -> None:
        self._bench = bench
        self._gates = gates
        self._purse = purse
        self._models = tuple(models)
        self._progress = progress
        self._interrupts = Interrupts(self._interrupted)
        purse.on_stop = self._spent

    def charge(self, folder: Path) -> None:
        """Take what the run has spent before from its budget."""
        before = bill(calls_of(folder))
        self._purse.charge(Spent(before.known_usd, before.prompt_tokens))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work gives, as far as it came.

        Raises:
            KeyboardInterrupt: It was interrupted twice.
        """
        return self._interrupts.run(work)

    def check(self, *, complete: bool) -> None:
        """See that nobody wanted the run to end before it did.

        Raises:
            KeyboardInterrupt: Somebody did.
        """
        if self._interrupts.wanted and not complete:
            raise KeyboardInterrupt

    def _interrupted(self) -> None:
        self._bench.halting = True
        self._progress.note("stopping when the calls in flight are answered; again to stop now")
        self._gates.stop_all(self._models, _INTERRUPTED, close=True)

    def _spent(self, why: str) -> None:
        # calls that are waiting at their gate were let out by the purse, and may go
        self._gates.stop_all(self._models, why, close=False)
