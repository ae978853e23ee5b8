"""What grading again changed: the records of two runs with the same replies, side by side.

Its one rule: records are paired by what was sent and not by their keys, which a changed scenario
changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from harness.runs.folder.reader import latest_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_Call: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A reply that is graded otherwise than before."""

    probe: str
    before: str
    """Outcome, and score."""
    now: str
    reply: str


def changes(before: Path, now: Path) -> Iterator[Change]:
    """The replies of two run folders that have another score or outcome in the second."""
    first = {_call(record): record for record in _latest(before)}
    for record in _latest(now):
        old = first[_call(record)]
        if _graded(old) != _graded(record):
            yield Change(
                probe=f"{record['scenario']}: {record['probe']}",
                before=_graded(old),
                now=_graded(record),
                reply=record["reply"] or "",
            )


def _latest(folder: Path) -> list[dict[str, Any]]:
    return list(latest_records(folder).values())


def _call(record: Mapping[str, Any]) -> _Call:
    """What names the trial of a record, but for its scenario's hash."""
    view = tuple(tuple(span) for span in record["view"])
    told = ("model", "repeat", "arm", "window_limit", "policy", "probe", "trunk", "question")
    return (*(record[name] for name in told), view)


def _graded(record: Mapping[str, Any]) -> str:
    score = "no score" if record["score"] is None else f"{record['score']:g}"
    return f"{record['outcome'] or record['status']} ({score})"
