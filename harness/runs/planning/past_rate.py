"""How fast a model answered in runs of before: what a plan can say of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from harness.runs.folder.find import runs
from harness.runs.folder.reader import records

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

_NEWEST = 10
"""Runs that are looked through, the newest first."""
_FEWEST = 10
"""Answers from which a rate is read."""

_READ = ("model", "started_at", "latency_s", "prompt_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRate:
    """How many prompt tokens a second a model read over a whole run, waits and retries included."""

    run: str
    tokens_per_s: float


def past_rate(model: str, out: Path) -> PastRate | None:
    """The rate of a model in its newest run; None where no run has asked it.

    Args:
        model: Its name.
        out: Where the runs are.
    """
    for folder in sorted(runs(out), key=lambda one: one.name, reverse=True)[:_NEWEST]:
        rate = _rate([one for one in records(folder, _READ) if one["model"] == model])
        if rate is not None:
            return PastRate(run=folder.name, tokens_per_s=rate)
    return None


def _rate(found: list[Mapping[str, Any]]) -> float | None:
    """Tokens a second from the first call to the last answer; None with too few answers."""
    answered = [
        (
            datetime.fromisoformat(one["started_at"]).timestamp(),
            one["latency_s"],
            one["prompt_tokens"],
        )
        for one in found
        if one["latency_s"] is not None and one["prompt_tokens"]
    ]
    if len(answered) < _FEWEST:
        return None
    took = max(at + waited for at, waited, _ in answered) - min(at for at, _, _ in answered)
    return sum(tokens for _, _, tokens in answered) / took if took > 0 else None
