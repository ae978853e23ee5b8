"""The records that a page carries: all of them, or a sample that says so.

Its one rule: the sample is drawn by the keys of the records, so that it is the same on any machine
in any order; and rare outcomes are in it, since it goes round cells and outcomes in turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from harness.analysis.attribution import cause, who
from harness.analysis.bins import binned
from harness.analysis.curves import GROUP
from harness.analysis.records import collect
from harness.analysis.summary.trials import unique_trials

if TYPE_CHECKING:
    from harness.analysis.records import Frame

MOST = 10_000
"""Records that a page carries at most."""

_NAME = ("run_id", "session", "fact", "key", "started_at")
_OF_A_CELL = tuple(
    dict.fromkeys(
        (
            "fill", "arm", "score", "outcome", "status", *GROUP, *_NAME,
            "in_view", "server_truncated", "fact_dropped",
        )
    )
)  # fmt: skip
_SHOWN = (
    "key", "run_id", "scenario", "session", "repeat", "arm", "model", "window_limit", "policy",
    "memory", "layout", "fill_requested", "fill", "position", "gap_tokens", "session_tokens",
    "view_tokens", "prompt_tokens", "cached_tokens", "completion_tokens", "usage_source",
    "cost_usd", "fact", "probe_kind", "question", "expected", "reply", "score", "status", "error",
    "in_view", "server_truncated", "fact_dropped", "latency_s", "attempts", "started_at",
    "finish_reason", "why", "trunk", "view", "plant_messages", "cut_messages",
    "compactions", "rounds", "rounds_kept", "compaction_loss",
    "seed", "session_number", "position_requested", "question_id", "probe",
)  # fmt: skip
SAMPLED = tuple(dict.fromkeys((*_OF_A_CELL, *_SHOWN)))
"""The columns that a sample is made of."""


def sampled(frame: Frame, most: int = MOST) -> tuple[list[dict[str, Any]], int]:
    """Records of all arms, the most telling first, and out of how many.

    Each has the fields of a record, `who` and `cause` (see `losses`).
    """
    parts = (who().alias("who"), cause().alias("cause"))
    narrow = frame.lazy().select(_OF_A_CELL)
    rows, _ = unique_trials(collect(narrow))
    n = rows.height
    if n > most:
        rows = binned(rows, "fill", GROUP, steps=True)
        cell = (*GROUP, "run_id", "arm", "bin", "outcome", "status")
        rows = rows.with_columns(pl.col("key").rank("ordinal").over(*cell).alias("turn"))
        rows = rows.sort("turn", *_NAME).head(most)
    chosen = rows.select(_NAME)
    whole = frame.lazy().join(chosen.lazy(), on=list(_NAME), how="semi").select(*_SHOWN, *parts)
    found = collect(whole).unique(_NAME, keep="any", maintain_order=False)
    found = chosen.with_row_index("order").join(found, on=list(_NAME)).sort("order", *_NAME)
    return found.drop("order").to_dicts(), n
