"""Records in the Every Eval Ever schema: a file of results a model, and a line a trial beside it.

The folders are those of its data store: `data/<benchmark>/<developer>/<model>/<uuid>.json`. What
was not measured has no place in it, and is only counted.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b, sha256
from statistics import fmean
from typing import TYPE_CHECKING, Any
from uuid import UUID

from harness.core.files import dump_line, whole, write_whole
from harness.reports.exports.stored_run import metadata, stored_messages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.core.messages import Message
    from harness.reports.exports.stored_run import Row, StoredRun

SCHEMA = "0.3.0"
BENCHMARK = "session-harness"
_CELL = ("scenario", "window_limit", "policy", "memory")
_UNKNOWN = {"deployment_type": "unknown", "model_availability": "unknown"}


@dataclass(frozen=True, slots=True)
class EveryEvalEver:
    """A file of results and one of samples for each model."""

    def write(self, run: StoredRun, folder: Path, /) -> list[Path]:
        """Write them below the folder."""
        written: list[Path] = []
        for (model,), records in run.groups("model"):
            developer, _, name = _safe(model).rpartition("/")
            place = f"data/{BENCHMARK}/{developer.replace('/', '_') or 'unknown'}/{name}"
            own = f"{_uuid(run.name, model)}"
            (folder / place).mkdir(parents=True, exist_ok=True)
            samples = folder / place / f"{own}_samples.jsonl"
            measured = [r for r in records if r["arm"] == "main" and r["score"] is not None]
            with whole(samples) as beside, beside.open("wb") as file:
                for record in measured:
                    file.write(dump_line(_sample(run, record, _eval_id(run, model))))
            results = _results(run, model, records)
            results["detailed_evaluation_results"] = {
                "format": "jsonl",
                "file_path": f"{place}/{own}_samples.jsonl",
                "hash_algorithm": "sha256",
                "checksum": sha256(samples.read_bytes()).hexdigest(),
                "total_rows": len(measured),
            }
            path = folder / place / f"{own}.json"
            write_whole(path, json.dumps(results, ensure_ascii=False, indent=2))
            written += [path, samples]
        return written


def _safe(model: str) -> str:
    """The name of a model as part of a path, its options included."""
    return "".join(c if c.isalnum() or c in "/._-" else "_" for c in model).strip("/") or "model"


def _eval_id(run: StoredRun, model: str) -> str:
    return f"{BENCHMARK}/{_safe(model)}/{_seconds(run.created)}"


def _seconds(when: str) -> str:
    return f"{datetime.fromisoformat(when).timestamp():.0f}"


def _uuid(*names: str) -> UUID:
    """The same for the same run and model, in the form of a random one."""
    return UUID(bytes=blake2b("/".join(names).encode(), digest_size=16).digest(), version=4)


def _results(run: StoredRun, model: str, records: Sequence[Row]) -> dict[str, Any]:
    cells: dict[tuple[Any, ...], list[Row]] = {}
    for record in records:
        if record["arm"] == "main":
            cells.setdefault(tuple(record[key] for key in _CELL), []).append(record)
    return {
        "schema_version": SCHEMA,
        "evaluation_id": _eval_id(run, model),
        "evaluation_timestamp": _seconds(run.created),
        "retrieved_timestamp": _seconds(run.created),
        "source_metadata": {
            "source_name": run.name,
            "source_type": "evaluation_run",
            "source_organization_name": "unknown",
            "evaluator_relationship": "other",
        },
        "eval_library": {"name": BENCHMARK, "version": run.version},
        "model_info": {"name": model, "id": model, "additional_details": dict(_UNKNOWN)},
        "evaluation_results": [
            _result(run, key, held)
            for key, held in sorted(cells.items(), key=lambda pair: str(pair[0]))
            if any(record["score"] is not None for record in held)
        ],
    }


def _name(record: Row) -> str:
    return "/".join(str(record[key]) for key in _CELL)


def _result(run: StoredRun, key: tuple[Any, ...], records: list[Row]) -> dict[str, Any]:
    scored = [record for record in records if record["score"] is not None]
    scores = [record["score"] for record in scored]
    sessions: dict[str, list[float]] = {}
    for record in scored:
        sessions.setdefault(record["session"], []).append(record["score"])
    score: dict[str, Any] = {
        "score": fmean(scores),
        "details": {
            "sessions": f"{len(sessions)}",
            "not_measured": f"{len(records) - len(scored)}",
        },
        "uncertainty": {"num_samples": len(scores)},
    }
    error = _clustered_error(list(sessions.values()))
    if error is not None:
        score["uncertainty"]["standard_error"] = {
            "value": error,
            "method": "analytic, clustered by session",
        }
    return {
        "evaluation_result_id": f"{_uuid(run.name, *map(str, key))}",
        "evaluation_name": _name(records[0]),
        "evaluation_timestamp": _seconds(run.created),
        "source_data": {
            "dataset_name": str(key[0]),
            "source_type": "other",
            "additional_details": dict(zip(_CELL, map(str, key), strict=True)),
        },
        "metric_config": {
            "evaluation_description": "Recall of facts planted in a session that grows",
            "metric_id": "session_harness.recall",
            "metric_name": "Recall",
            "metric_kind": "accuracy",
            "metric_unit": "proportion",
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": 0.0,
            "max_score": 1.0,
        },
        "score_details": score,
    }


def _clustered_error(sessions: list[list[float]]) -> float | None:
    """The standard error of a mean whose samples come in clusters; None for a single one.

    Source: Cameron and Miller, A Practitioner's Guide to Cluster-Robust Inference (2015), section
    II, with the correction for few clusters.
    """
    if len(sessions) < 2:  # noqa: PLR2004 -- one cluster has no spread
        return None
    scores = [score for session in sessions for score in session]
    mean = fmean(scores)
    spread = sum(sum(score - mean for score in session) ** 2 for session in sessions)
    few = len(sessions) / (len(sessions) - 1)
    return math.sqrt(few * spread) / len(scores)


def _sample(run: StoredRun, record: Row, evaluation: str) -> dict[str, Any]:
    sent = run.sent(record)
    reply = record["reply"] or ""
    told = [_turn(n, said) for n, said in enumerate(sent)]
    told.append({"turn_idx": len(sent), "role": "assistant", "content": reply})
    prompt, answered = record["prompt_tokens"], record["completion_tokens"]
    sample: dict[str, Any] = {
        "schema_version": f"instance_level_eval_{SCHEMA}",
        "evaluation_id": evaluation,
        "model_id": record["model"],
        "evaluation_name": _name(record),
        "sample_id": record["key"],
        "interaction_type": "multi_turn",
        "input": {"raw": record["question"], "reference": list(record["expected"])},
        "output": None,
        "messages": told,
        "answer_attribution": [
            {
                "turn_idx": len(sent),
                "source": f"messages[{len(sent)}].content",
                "extracted_value": reply,
                "extraction_method": "custom",
                "is_terminal": True,
            }
        ],
        "evaluation": {
            "score": record["score"],
            "is_correct": record["score"] >= 1.0,
            "num_turns": sum(said.role == "user" for said in sent),
        },
        "error": record["error"],
        "metadata": {key: str(value) for key, value in metadata(record).items()},
    }
    if prompt is not None and answered is not None:
        sample["token_usage"] = {
            "input_tokens": prompt,
            "output_tokens": answered,
            "total_tokens": prompt + answered,
        }
    if record["latency_s"] is not None:
        sample["performance"] = {"latency_ms": 1000 * record["latency_s"]}
    return sample


def _turn(number: int, said: Message) -> dict[str, Any]:
    """A message as the schema has it, in which every argument of a call is text."""
    turn: dict[str, Any] = {"turn_idx": number, "role": said.role, "content": stored_messages(said)}
    if said.calls:
        turn["tool_calls"] = [
            {"id": call.id, "name": call.name, "arguments": {"json": call.arguments}}
            for call in said.calls
        ]
    if said.result is not None:
        turn["tool_call_id"] = [said.result.call_id]
    return turn
