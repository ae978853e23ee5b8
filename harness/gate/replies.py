"""What a run replied to the questions that it lost: one example each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.gate.results import LostReply
from harness.runs.folder.reader import latest_records

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.gate.results import Lost

MOST = 5
_HALF = 0.5
_LONGEST = 200
"""Characters of a reply that are shown."""

_READ = (
    "key", "scenario", "question_id", "question", "expected", "reply", "outcome", "status", "score",
    "arm",
)  # fmt: skip


def lost_replies(folder: Path, lost: Iterable[Lost]) -> tuple[LostReply, ...]:
    """An example for each of the questions that lost most, the same whenever it is asked for.

    Args:
        folder: The run.
        lost: The questions, the largest loss first.
    """
    wanted = {(one.scenario, one.question): one for one in list(lost)[:MOST]}
    found: dict[tuple[str, str], LostReply] = {}
    for key, record in sorted(latest_records(folder, _READ).items()):
        place = (record["scenario"], record["question_id"])
        missed = record["score"] is not None and record["score"] <= _HALF
        if record["arm"] != "main" or place not in wanted or place in found or not missed:
            continue
        found[place] = LostReply(
            key=key,
            scenario=record["scenario"],
            question=record["question"],
            expected=next(iter(record["expected"]), ""),
            reply=_short(record["reply"] or ""),
            outcome=record["outcome"] or record["status"],
        )
    return tuple(found[place] for place in wanted if place in found)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
