"""Langfuse's exports: traces with their observations, or observations alone.

The generations of a trace, or of a session of traces, are put together to conversations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Row
from harness.scenarios.importers.threads import Threads
from harness.scenarios.importers.values import (
    first_text,
    named_thing,
    obj,
    parsed,
    seq,
    shapeless,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_TYPES = frozenset(
    ("GENERATION", "SPAN", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EVALUATOR",
     "EMBEDDING", "GUARDRAIL")
)  # fmt: skip
_OF_A_TRACE = frozenset(
    ("sessionId", "session_id", "bookmarked", "htmlPath", "release", "scores", "userId",
     "projectId", "environment", "observations")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Langfuse:
    """The conversations in Langfuse's traces."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether one of the first records is a trace or an observation."""
        return any(_is_trace(row) or _is_observation(row) for row in map(obj, sample.rows))

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file."""
        threads = Threads()
        for row in source.rows():
            record = obj(row.value) if isinstance(row, Row) else {}
            if not isinstance(row, Row):
                yield row
            elif _is_observation(record):
                _observation(threads, record, "")
            elif _is_trace(record):
                _trace(threads, record)
            else:
                yield shapeless(
                    row, "a trace with 'observations', or an observation with 'traceId'"
                )
        yield from threads.found()


def _is_observation(row: Mapping[str, object]) -> bool:
    placed = any(key in row for key in ("traceId", "trace_id"))
    kind = text(row.get("type"))
    return (kind in _TYPES and placed) or (kind == "GENERATION" and "input" in row)


def _is_trace(row: Mapping[str, object]) -> bool:
    held = seq(row.get("observations"))
    if any(text(obj(one).get("type")) in _TYPES for one in held[:5]):
        return True
    return {"id", "input", "output"} <= row.keys() and bool(_OF_A_TRACE & row.keys())


def _trace(threads: Threads, record: Mapping[str, object]) -> None:
    trace = obj(record.get("trace")) or record
    session = first_text(map(trace.get, ("sessionId", "session_id", "id")))
    before = len(threads.calls)
    for observation in map(obj, seq(record.get("observations"))):
        _observation(threads, observation, session)
    if len(threads.calls) == before:
        when = first_text(map(trace.get, ("timestamp", "createdAt")))
        threads.add(session, when, trace.get("input"), trace.get("output"))


def _observation(threads: Threads, record: Mapping[str, object], session: str) -> None:
    kind = text(record.get("type"))
    if kind != "GENERATION":
        threads.left.skip(named_thing("observation of type", kind))
        return
    keys = ("sessionId", "session_id", "traceId", "trace_id")
    session = session or first_text(map(record.get, keys))
    when = first_text(map(record.get, ("startTime", "start_time", "createdAt")))
    if not threads.add(session, when, parsed(record.get("input")), parsed(record.get("output"))):
        threads.left.skip("generation without input and output")
