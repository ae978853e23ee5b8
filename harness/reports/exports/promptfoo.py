"""A result file that promptfoo opens: `promptfoo import results.json`, then `promptfoo view`.

A prompt is a scenario under a window, a policy and a memory; a provider a model; a test a question.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from harness.core.files import whole
from harness.reports.exports.stored_run import metadata

if TYPE_CHECKING:
    from pathlib import Path

    from harness.reports.exports.stored_run import Row, StoredRun

_KEYS = ("model", "scenario", "window_limit", "policy", "memory")
_PASSED, _FAILED, _ERROR = range(3)
"""As promptfoo numbers why a result is no success."""


@dataclass(frozen=True, slots=True)
class Promptfoo:
    """One file with every trial of a run."""

    def write(self, run: StoredRun, folder: Path, /) -> list[Path]:
        """Write `results.json` into the folder."""
        path = folder / "results.json"
        with whole(path) as place, place.open("w", encoding="utf-8") as file:
            json.dump(_document(run), file, ensure_ascii=False)
        return [path]


def _document(run: StoredRun) -> dict[str, Any]:
    tests = {key: number for number, key in enumerate(sorted({_test(r) for r in run.records}))}
    prompts: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for number, (key, records) in enumerate(run.groups(*_KEYS)):
        label = " / ".join(map(str, key[1:]))
        prompts.append(_prompt(label, str(key[0]), records))
        results += [_result(record, number, tests[_test(record)], label) for record in records]
    return {
        "evalId": f"eval-{run.name}",
        "results": {
            "version": 3,
            "timestamp": run.created,
            "prompts": prompts,
            "results": results,
            "stats": _stats(run.records),
        },
        "config": {
            "description": run.name,
            "prompts": sorted({prompt["raw"] for prompt in prompts}),
            "providers": sorted({prompt["provider"] for prompt in prompts}),
            "tests": [],
        },
        "shareableUrl": None,
        "metadata": {
            "exportedBy": f"session-harness {run.version}",
            "evaluationCreatedAt": run.created,
        },
    }


def _test(record: Row) -> tuple[str, ...]:
    return tuple(str(record[key]) for key in ("session", "arm", "probe", "repeat"))


def _id(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _state(record: Row) -> int:
    if record["status"] == "error" or record["score"] is None:
        return _ERROR if record["status"] == "error" else _FAILED
    return _PASSED if record["score"] >= 1.0 else _FAILED


def _prompt(label: str, model: str, records: list[Row]) -> dict[str, Any]:
    states = [_state(record) for record in records]
    scores = [record["score"] for record in records if record["score"] is not None]
    return {
        "raw": label,
        "label": label,
        "id": _id(label),
        "provider": model,
        "metrics": {
            "score": sum(scores),
            "testPassCount": states.count(_PASSED),
            "testFailCount": states.count(_FAILED),
            "testErrorCount": states.count(_ERROR),
            "assertPassCount": states.count(_PASSED),
            "assertFailCount": states.count(_FAILED),
            "totalLatencyMs": round(sum(1000 * (r["latency_s"] or 0) for r in records)),
            "tokenUsage": _tokens(records),
            "namedScores": {"recall": sum(scores)},
            "namedScoresCount": {"recall": len(scores)},
            "cost": sum(record["cost_usd"] or 0 for record in records),
        },
    }


def _tokens(records: list[Row]) -> dict[str, int]:
    prompt = sum(record["prompt_tokens"] or 0 for record in records)
    completion = sum(record["completion_tokens"] or 0 for record in records)
    cached = sum(record["cached_tokens"] or 0 for record in records)
    return {
        "total": prompt + completion,
        "prompt": prompt,
        "completion": completion,
        "cached": cached,
        "numRequests": len(records),
    }


def _result(record: Row, prompt: int, test: int, label: str) -> dict[str, Any]:
    state = _state(record)
    told = record["why"] or record["error"] or record["status"]
    passed = state == _PASSED
    variables = {"question": record["question"], "expected": ", ".join(record["expected"])}
    return {
        "id": record["key"],
        "promptIdx": prompt,
        "testIdx": test,
        "testCase": {
            "description": f"{record['session']}: {record['probe']}",
            "vars": variables,
            "assert": [],
            "options": {},
            "metadata": {"arm": record["arm"], "fact": record["fact"]},
        },
        "promptId": _id(label),
        "provider": {"id": record["model"], "label": record["model"]},
        "prompt": {"raw": record["question"], "label": label},
        "vars": variables,
        "response": {
            "output": record["reply"] or "",
            "tokenUsage": _tokens([record]),
            "cached": record["answered_by"] in {"cache", "cassette"},
            **({"error": record["error"]} if record["error"] else {}),
        },
        "success": passed,
        "failureReason": state,
        "score": record["score"] or 0,
        "namedScores": {} if record["score"] is None else {"recall": record["score"]},
        "latencyMs": round(1000 * (record["latency_s"] or 0)),
        "cost": record["cost_usd"] or 0,
        "gradingResult": {
            "pass": passed,
            "score": record["score"] or 0,
            "reason": told,
            "componentResults": [],
        },
        "metadata": metadata(record),
        **({"error": told} if state == _ERROR else {}),
    }


def _stats(records: list[Row]) -> dict[str, Any]:
    states = [_state(record) for record in records]
    return {
        "successes": states.count(_PASSED),
        "failures": states.count(_FAILED),
        "errors": states.count(_ERROR),
        "tokenUsage": _tokens(records),
    }
