"""LangSmith's runs: calls of models and whatever stood around them, a record each.

The calls of a trace, or of a thread where the metadata names one, are put together to
conversations. A trace in which no call of a model stands gives what went into it and came out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.scenarios.importers.rows import take_in
from harness.scenarios.importers.threads import Threads
from harness.scenarios.importers.values import (
    first_text,
    named_thing,
    obj,
    parsed,
    seq,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample

_THREADS = ("thread_id", "session_id", "conversation_id", "LANGSMITH_THREAD_ID")
_MODELS = frozenset(("llm", "chat_model"))


@dataclass(frozen=True, slots=True)
class LangSmith:
    """The conversations in LangSmith's runs."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether one of the first records is a run."""
        return any(map(_is_run, map(obj, sample.rows)))

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file."""
        threads = Threads()
        roots: dict[str, Mapping[str, object]] = {}
        called: set[str] = set()

        def take(row: Row) -> None:
            for run in _with_children(obj(row.value)):
                _run(threads, run, roots, called)

        expected = "a run with 'run_type', 'inputs' and 'outputs'"
        yield from take_in(source, lambda value: _is_run(obj(value)), take, expected=expected)
        for trace, run in roots.items():
            if trace not in called:
                sent, got = parsed(run.get("inputs")), parsed(run.get("outputs"))
                threads.add(_session(run), text(run.get("start_time")), sent, got)
        yield from threads.found()


def _is_run(row: Mapping[str, object]) -> bool:
    sent, got = row.get("inputs"), row.get("outputs")
    return ("run_type" in row and ("inputs" in row or "outputs" in row)) or (
        isinstance(sent, dict) and isinstance(got, dict)
    )


def _with_children(run: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    waiting = [run]
    while waiting:
        one = waiting.pop(0)
        yield one
        waiting += [obj(child) for child in seq(one.get("child_runs"))]


def _session(run: Mapping[str, object]) -> str:
    metadata = obj(obj(parsed(run.get("extra"))).get("metadata")) or obj(run.get("metadata"))
    return first_text([*map(metadata.get, _THREADS), run.get("trace_id"), run.get("id")])


def _run(
    threads: Threads,
    run: Mapping[str, object],
    roots: dict[str, Mapping[str, object]],
    called: set[str],
) -> None:
    trace = first_text((run.get("trace_id"), run.get("id"))) or f"#{len(roots)}"
    kind = text(run.get("run_type"))
    if kind in _MODELS:
        called.add(trace)
        when = first_text((run.get("start_time"), run.get("dotted_order")))
        sent, got = parsed(run.get("inputs")), parsed(run.get("outputs"))
        if not threads.add(_session(run), when, sent, got):
            threads.left.skip("call without inputs and outputs")
        return
    if kind:
        threads.left.skip(named_thing("run of type", kind))
    if not run.get("parent_run_id"):
        roots[trace] = run
