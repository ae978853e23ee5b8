"""Records as they stand when a run is over: what its calls told together is written into each.

While a run goes on its records are provisional: who dropped what can only be told from all of them.
Everything here follows from the records alone, so that it can be done again whenever more come.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from harness.core.messages import Message
from harness.runs.meter.readings import ReadingsBuilder
from harness.sessions.tokens import PRIMING, TokenCounter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from harness.runs.meter.verdict import Verdicts

_COUNTER = TokenCounter()

JUDGED = (
    "run_id", "model", "variant", "scenario", "session", "trunk", "arm", "counts", "sample",
    "question_id", "question", "fact", "expected", "outcome", "miss", "score", "in_view", "opaque",
    "view", "cut_messages", "view_tokens", "session_tokens", "window_limit", "gap_tokens",
    "kind_tokens", "plant_behind", "prompt_tokens", "provider_tokens", "cached_tokens",
    "exact_tokens", "usage_source",
)  # fmt: skip
"""The fields of a record that the judgement rests on."""

BY_MODEL = frozenset(
    {"abstained", "swapped", "stale", "incomplete", "fabricated", "refused", "output_truncated"}
)
"""Outcomes of a miss that are the model's own."""


class Settlement:
    """What the calls of some runs told together, record by record.

    Args:
        records: All records of the runs, as JSON holds them, in the order in which `amended` will
            be given them again.
    """

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        from harness.runs.meter.verdict import verdicts  # brings numpy, which no run begins with

        builders: defaultdict[tuple[str, str], ReadingsBuilder] = defaultdict(ReadingsBuilder)
        numbers: dict[tuple[str, str], int] = {}
        self._calls = array("i")
        """Of each record the number of its run and model; -1 where no meter could have read it."""
        self._known: set[tuple[object, ...]] = set()
        for record in records:
            if not is_metered(record):
                self._calls.append(-1)
                continue
            call = (str(record["run_id"]), str(record["model"]))
            if record["arm"] == "closed_book" and record["outcome"] == "recalled":
                self._known.add(_question(record))
            builders[call].add(record)
            self._calls.append(numbers.setdefault(call, len(numbers)))
        # one after the other, and what a judgement took is let go
        self._told = [verdicts(builders.pop(call).readings()) for call in numbers]

    def __len__(self) -> int:
        return len(self._calls)

    def amended(self, records: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """The records with what is known now, in the same order."""
        for record, change in self.changed(records):
            yield {**record, **change}

    def changes(self, records: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Of each record, in the same order, what stands in the place of its own values.

        Args:
            records: With the fields of `JUDGED`, and perhaps others.
        """
        for _, change in self.changed(records):
            yield change

    def changed(
        self, records: Iterable[Mapping[str, Any]]
    ) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
        """Each record, in the same order, and what stands in the place of its own values."""
        rows = [0] * len(self._told)
        for record, call in zip(records, self._calls, strict=True):
            told: dict[str, Any] = {"provisional": False}
            if call >= 0:
                told = _change(record, self._told[call], rows[call])
                rows[call] += 1
            yield record, told | self._counts(record)

    def _counts(self, record: Mapping[str, Any]) -> dict[str, str]:
        """What a question about a real log counts towards: apart where the model knows it anyway.

        The control that tells so keeps its own count.
        """
        told = record["arm"] != "closed_book" and record["counts"] in {"recall", "apart"}
        if record.get("sample") != "questions" or not told:
            return {}
        return {"counts": "apart" if _question(record) in self._known else "recall"}


def _question(record: Mapping[str, Any]) -> tuple[object, ...]:
    """Who is asked what."""
    names = ("run_id", "model", "variant", "scenario", "question_id")
    return tuple(record.get(name) for name in names)


def is_metered(record: Mapping[str, Any]) -> bool:
    """Whether a call was answered, so that a meter could have read it.

    What a block takes that only its provider can read has no length of ours to be held against.
    """
    told = record["usage_source"] is not None and record["view_tokens"] > 0
    return told and not record.get("opaque")


def _change(record: Mapping[str, Any], found: Verdicts, row: int) -> dict[str, Any]:
    truncated, lost = found.truncated[row], found.lost[row]
    return {
        "fill": round(found.whole[row] * _longer(record) / record["window_limit"], 6),
        "prompt_tokens": found.tokens[row],
        "usage_source": found.source[row],
        "server_truncated": truncated,
        "dropped": found.part[row],
        "fact_dropped": lost if truncated else None,
        "outcome": outcome(record, truncated=truncated, lost=lost),
        "provisional": False,
    }


def _longer(record: Mapping[str, Any]) -> float:
    """How much longer the session is than what was sent of it: 1 where all of it was."""
    sent = sum(stop - start for start, stop in record["view"])
    if record["counts"] == "rule" or sent == (record.get("cut_messages") or sent):
        return 1.0
    asked = PRIMING + _COUNTER.message(Message("user", record["question"]))
    return float((record["session_tokens"] + asked) / record["view_tokens"])


def outcome(record: Mapping[str, Any], *, truncated: bool | None, lost: bool | None) -> str | None:
    """What became of a trial, now that it is known whether the server dropped its fact.

    Args:
        record: The record.
        truncated: Whether the server dropped a part of its prompt.
        lost: Whether that part held what was asked for.
    """
    known: str | None = record["outcome"]
    if known not in BY_MODEL | {"server_truncated", "broken"} or _untold(record):
        return known
    own: str = record.get("miss") or ("fabricated" if known == "server_truncated" else str(known))
    if record["score"] is None or record["score"] >= 1.0 or record["in_view"] is False:
        return known if known != "server_truncated" else own
    gone = truncated and (lost or record["counts"] == "rule")
    return "server_truncated" if gone else own


def _untold(record: Mapping[str, Any]) -> bool:
    """Whether the right answer is that it was never said: then nothing can have been dropped."""
    return record["counts"] == "abstain" or record["arm"] not in {"main", "needle_only"}
