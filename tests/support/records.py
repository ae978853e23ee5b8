"""Records for tests: one by hand, or a small run of a model whose law is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.core.draws import unit
from harness.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = 8192


def make_record(**overrides: Any) -> Record:
    """A recalled fact in the middle of a half full window, but for what is overridden.

    The key is the name of the session, fact, fill, arm and repeat, unless it is given.
    """
    values: dict[str, Any] = {
        "run_id": "20260102T030405Z_demo_0001",
        "scenario": "brand-voice",
        "session": "brand-voice/0",
        "seed": 0,
        "repeat": 0,
        "arm": "main",
        "model": "reference/fading?onset=0.6",
        "window_limit": WINDOW,
        "policy": "send_all",
        "memory": "none",
        "layout": "growing",
        "fill_requested": 0.5,
        "fill": 0.5,
        "position_requested": 0.5,
        "position": 0.5,
        "gap_tokens": 2048,
        "session_tokens": 4096,
        "view_tokens": 4096,
        "prompt_tokens": 4096,
        "cached_tokens": 3000,
        "completion_tokens": 5,
        "usage_source": "provider",
        "cost_usd": 0.001,
        "fact": "tone",
        "probe": "tone@3",
        "probe_kind": "recall",
        "question": "Which brand voice did the art director ask for?",
        "expected": ("dry",),
        "reply": "dry",
        "score": 1.0,
        "outcome": "recalled",
        "status": "ok",
        "error": None,
        "in_view": True,
        "server_truncated": False,
        "session_number": 1,
        "latency_s": 0.5,
        "attempts": 1,
        "started_at": "2026-01-02T03:04:05+00:00",
    }
    values |= overrides
    kind = values["probe_kind"]
    values.setdefault("question_id", values["fact"])
    values.setdefault("counts", kind if kind in {"abstain", "rule"} else "recall")
    values.setdefault("guess", 0.0)
    names = ("model", "window_limit", "policy", "session", "fact", "fill", "arm", "repeat")
    values.setdefault("key", "/".join(str(values[name]) for name in names))
    return Record(**values)


def missed(**overrides: Any) -> Record:
    """A fact that was in view and yet was not recalled."""
    values = {"score": 0.0, "outcome": "abstained", "reply": "I do not know."}
    return make_record(**(values | overrides))


def failed(**overrides: Any) -> Record:
    """A call that brought nothing back."""
    empty = (
        "score", "outcome", "reply", "prompt_tokens", "cached_tokens", "completion_tokens",
        "usage_source", "cost_usd", "server_truncated", "latency_s",
    )  # fmt: skip
    values = dict.fromkeys(empty) | {"status": "error", "error": "timeout: no answer in 60 s"}
    return make_record(**(values | overrides))


def step(fill: float) -> float:
    """Recall of 0.95 that falls to 0.5 past a fill of 0.6."""
    return 0.95 if fill <= 0.6 else 0.5


def simulated_run(
    recall: Callable[[float], float] = step,
    *,
    seeds: int = 12,
    each: int = 16,
    **overrides: Any,
) -> list[Record]:
    """A run whose chance of recall at a fill is known; all chance comes from names.

    A quarter of the probes of each session are controls, the others are spread over the window.
    """
    records = []
    for seed in range(seeds):
        for i in range(each):
            place = (i - each // 4 + unit("fill", seed, i)) / (each - each // 4)
            fill = 0.05 * unit("control", seed, i) if i < each // 4 else 0.05 + 0.95 * place
            position = unit("position", seed, i)
            tokens = round(fill * WINDOW)
            make = make_record if unit("luck", seed, i) < recall(fill) else missed
            records.append(
                make(
                    **{
                        "session": f"brand-voice/{seed}",
                        "seed": seed,
                        "fact": f"fact-{i}",
                        "fill": fill,
                        "fill_requested": fill,
                        "position": position,
                        "gap_tokens": round(tokens * (1 - position)),
                        "prompt_tokens": tokens,
                        "cached_tokens": round(tokens * 0.8),
                    }
                    | overrides
                )
            )
    return records
