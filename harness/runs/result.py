"""What a run came to: counted from its own file, of before and of now.

Its one rule: of two records of one trial the later holds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.runs.bill import NOTHING, Bill, Expected, bill, calls_of
from harness.runs.store import RECORDS, lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.runs.bench import Bench
    from harness.runs.budget import Purse


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run came to."""

    folder: Path
    planned: int
    """Trials of the plan."""
    recorded: int
    """Trials that have a record, of before and of now."""
    errors: int
    """Records with status `error`."""
    error_kinds: tuple[tuple[str, int], ...] = ()
    """Of the errors: each kind and how often it came, the most frequent first."""
    hopeless: tuple[tuple[str, str], ...] = ()
    """Models that were given up, and why."""
    notes: tuple[str, ...] = ()
    """What a user should hear of the answers that were kept."""
    stopped: str | None = None
    """Why nothing more was sent, when the budget was spent."""
    bill: Bill = NOTHING
    """What it cost, of before and of now."""
    expected: Expected | None = None
    """What it was estimated to cost; None where that is not known, or nothing."""

    @property
    def complete(self) -> bool:
        """Whether every trial has a result that is not an error."""
        return self.recorded == self.planned and not self.errors


def result(folder: Path, planned: Sequence[str], bench: Bench, purse: Purse) -> RunResult:
    """What a run came to.

    Args:
        folder: Of the run.
        planned: Keys of its trials.
        bench: Knows which models were given up.
        purse: Knows whether its budget is spent.
    """
    latest = {line["key"]: (line["status"], line["error"]) for line in lines(folder / RECORDS)}
    own = [latest[key] for key in planned if key in latest]
    given_up = {model: why for model, why in bench.hopeless.items() if why != purse.stopped}
    kinds = Counter(str(error).partition(":")[0] for status, error in own if status == "error")
    return RunResult(
        folder=folder,
        planned=len(planned),
        recorded=len(own),
        errors=kinds.total(),
        error_kinds=tuple(kinds.most_common()),
        hopeless=tuple(sorted(given_up.items())),
        stopped=purse.stopped,
        bill=bill(calls_of(folder)),
    )
