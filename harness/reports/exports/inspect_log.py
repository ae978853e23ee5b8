"""Logs that inspect_ai's own reader opens: an `.eval` archive for each scenario and model.

inspect_ai is no dependency: an archive is a zip of JSON files, a file a sample.
"""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from harness.core.files import whole
from harness.reports.exports.stored_run import metadata, stored_messages

if TYPE_CHECKING:
    from pathlib import Path

    from harness.core.messages import Message
    from harness.reports.exports.stored_run import Row, StoredRun

_SCORER = "recall"
_STOPS = {"stop", "length", "content_filter", "tool_calls"}


@dataclass(frozen=True, slots=True)
class InspectLog:
    """A log for each scenario and model; a sample a trial."""

    def write(self, run: StoredRun, folder: Path, /) -> list[Path]:
        """Write the logs into the folder."""
        written: list[Path] = []
        for (scenario, model), records in run.groups("scenario", "model"):
            name = re.sub(r"[^\w.-]+", "-", f"{run.created[:19]}_{scenario}_{model}")
            path = folder / f"{name}.eval"
            with whole(path) as place:
                _archive(run, scenario, model, records, place)
            written.append(path)
        return written


def _archive(run: StoredRun, scenario: str, model: str, records: list[Row], place: Path) -> None:
    head = _head(run, scenario, model, records)
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        start = {key: head[key] for key in ("version", "eval", "plan")}
        archive.writestr("_journal/start.json", json.dumps(start))
        for record in records:
            sample = _sample(run, record)
            name = f"samples/{sample['id']}_epoch_{sample['epoch']}.json"
            archive.writestr(name, json.dumps(sample, ensure_ascii=False))
        summaries = [_summary(run, record) for record in records]
        archive.writestr("summaries.json", json.dumps(summaries, ensure_ascii=False))
        archive.writestr("header.json", json.dumps(head, ensure_ascii=False))


def _head(run: StoredRun, scenario: str, model: str, records: list[Row]) -> dict[str, Any]:
    """A log without its samples."""
    ids = [record["key"] for record in records]
    scores = [r["score"] for r in records if r["arm"] == "main" and r["score"] is not None]
    mean = sum(scores) / len(scores) if scores else None
    metrics = {} if mean is None else {"mean": {"name": "mean", "value": mean}}
    return {
        "version": 2,
        "status": "success",
        "eval": {
            "eval_id": _id(run.name, scenario, model),
            "run_id": _id(run.name),
            "task_id": _id(scenario),
            "created": run.created,
            "task": scenario,
            "task_version": 0,
            "dataset": {"name": scenario, "samples": len(ids), "sample_ids": ids},
            "model": model,
            "model_generate_config": {},
            "model_args": {},
            "config": {"epochs": 1},
            "packages": {"session-harness": run.version},
            "metadata": {"run": run.name},
            "scorers": [{"name": _SCORER}],
        },
        "plan": {"name": "session-harness", "steps": [], "config": {}},
        "results": {
            "total_samples": len(records),
            "completed_samples": sum(record["status"] != "error" for record in records),
            "scores": [
                {
                    "name": _SCORER,
                    "scorer": _SCORER,
                    "scored_samples": len(scores),
                    "unscored_samples": len(records) - len(scores),
                    "metrics": metrics,
                }
            ],
        },
        "stats": {
            "started_at": run.created,
            "completed_at": max(record["started_at"] for record in records),
            "model_usage": {model: _sum(records)},
        },
    }


def _sample(run: StoredRun, record: Row) -> dict[str, Any]:
    sent = [_message(said) for said in run.sent(record)]
    answer = {"role": "assistant", "content": record["reply"] or "", "model": record["model"]}
    usage = _usage(record)
    stop = record["finish_reason"] if record["finish_reason"] in _STOPS else "unknown"
    choices = [{"message": answer, "stop_reason": "max_tokens" if stop == "length" else stop}]
    sample: dict[str, Any] = {
        "id": record["key"],
        "epoch": 1,
        "input": record["question"],
        "target": list(record["expected"]),
        "messages": [*sent, answer] if record["reply"] is not None else sent,
        "output": {
            "model": record["model"],
            "choices": choices if record["reply"] is not None else [],
            "usage": usage,
            "time": record["latency_s"],
            "error": record["error"],
        },
        "scores": _scores(record),
        "metadata": metadata(record),
        "model_usage": {record["model"]: usage} if usage else {},
        "started_at": record["started_at"],
    }
    if record["status"] == "error":
        told = record["error"] or "the call failed"
        sample["error"] = {"message": told, "traceback": "", "traceback_ansi": ""}
    return sample


def _message(said: Message) -> dict[str, Any]:
    """A message as inspect_ai has it."""
    if said.result is not None:
        told = said.result
        return {
            "role": "tool",
            "content": told.text,
            "tool_call_id": told.call_id,
            "function": told.name,
        }
    calls = [
        {"id": call.id, "function": call.name, "arguments": json.loads(call.arguments or "{}")}
        for call in said.calls
    ]
    return {
        "role": said.role,
        "content": stored_messages(said),
        **({"tool_calls": calls} if calls else {}),
    }


def _summary(run: StoredRun, record: Row) -> dict[str, Any]:
    sample = _sample(run, record)
    keys = ("id", "epoch", "input", "target", "metadata", "scores", "model_usage", "started_at")
    short = {key: sample[key] for key in keys}
    short |= {"completed": True, "error": record["error"] if "error" in sample else None}
    return short


def _scores(record: Row) -> dict[str, Any] | None:
    if record["score"] is None:
        return None
    score = {
        "value": record["score"],
        "answer": record["reply"],
        "explanation": record["why"],
        "metadata": {"outcome": record["outcome"]},
    }
    return {_SCORER: score}


def _usage(record: Row) -> dict[str, int] | None:
    prompt, answered = record["prompt_tokens"], record["completion_tokens"]
    if prompt is None:
        return None
    usage = {
        "input_tokens": prompt,
        "output_tokens": answered or 0,
        "total_tokens": prompt + (answered or 0),
    }
    cached = record["cached_tokens"]
    return usage if cached is None else usage | {"input_tokens_cache_read": cached}


def _sum(records: list[Row]) -> dict[str, int]:
    total = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    for usage in filter(None, map(_usage, records)):
        for key in total:
            total[key] += usage[key]
    return total


def _id(*names: str) -> str:
    """A name of 22 letters and digits, as inspect_ai gives its own."""
    return blake2b("/".join(names).encode(), digest_size=11).hexdigest()
