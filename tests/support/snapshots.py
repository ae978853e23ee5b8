"""Snapshots whose every score is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from harness.gate.snapshot import ROWS, Answered, ScenarioMark, Snapshot, ordered

if TYPE_CHECKING:
    from collections.abc import Callable

    Score = Callable[[str, int, int, int], float | None]
    """Of a scenario, a seed, a probe of that session, and a repeat."""

_OUTCOMES = {1.0: "recalled", 0.0: "abstained", None: "error"}


def right(_scenario: str, _seed: int, _probe: int, _repeat: int) -> float:
    """Nothing is ever forgotten."""
    return 1.0


def snapshot(
    score: Score = right,
    *,
    name: str = "main",
    seeds: int = 19,
    probes: int = 10,
    repeats: int = 1,
    scenarios: tuple[str, ...] = ("small",),
    kind: str = "recall",
    group: dict[str, Any] | None = None,
    **changes: Any,
) -> Snapshot:
    """A run of so many seeds, with probes at even fills; 190 probes are too few for an onset."""
    rows = []
    for scenario in scenarios:
        for seed in range(seeds):
            for probe in range(probes):
                scores = [score(scenario, seed, probe, repeat) for repeat in range(repeats)]
                fill = 0.04 if probe < probes // 4 else (probe + 1) / probes
                rows.append(
                    {
                        "scenario": scenario,
                        "model": "openai/x",
                        "variant": "",
                        "window_limit": 8000,
                        "policy": "send_all",
                        "memory": "none",
                        "layout": "growing",
                        "seed": seed,
                        "session": f"{scenario}/{seed}",
                        "session_number": 1,
                        "question_id": f"fact-{probe % 3}",
                        "probe": f"fact-{probe % 3}@trunk:{probe}",
                        "probe_kind": kind,
                        "counts": kind if kind in {"abstain", "rule"} else "recall",
                        "fill_requested": fill,
                        "position_requested": None,
                        "trunk": f"t{seed}",
                        "sent": f"s{seed}-{probe}",
                        "fill": fill,
                        "scores": scores,
                        "outcomes": [_OUTCOMES.get(one, "incomplete") for one in scores],
                    }
                    | (group or {})
                )
    values: dict[str, Any] = {
        "name": name,
        "run": f"run-of-{name}",
        "made": "2026-01-02T03:04:05+00:00",
        "harness": "0.1.0",
        "record_schema": 1,
        "format": 1,
        "options": {},
        "scenarios": tuple(
            ScenarioMark(name=scenario, variant="", body="b0", prompt="p0")
            for scenario in scenarios
        ),
        "models": (Answered(model="openai/x", versions=("x-1",)),),
        "rows": ordered(pl.DataFrame(rows, schema=ROWS)),
        "planned": len(rows),
    }
    return Snapshot(**(values | changes))
