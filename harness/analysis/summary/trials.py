"""The trials that a summary is of: the columns that it needs, and each trial once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.curves import GROUP
from harness.analysis.records import collect
from harness.analysis.summary.judges import calibrated
from harness.runs.folder.record_columns import SCHEMA

if TYPE_CHECKING:
    from harness.analysis.records import Frame

_NEEDED = (
    *GROUP, "run_id", "scenario", "session", "arm", "fill_requested", "fill", "position",
    "gap_tokens", "session_tokens", "view_tokens", "prompt_tokens", "cached_tokens",
    "completion_tokens", "usage_source", "cost_usd", "fact", "probe_kind", "counts", "guess",
    "score", "outcome", "status", "in_view", "server_truncated", "fact_dropped", "dropped",
    "injected", "compactions", "latency_s", "started_at", "rounds", "said_in",
)  # fmt: skip
_ALSO = ("variant", "judge", "judge_planted", "error")
"""Columns that others are made of."""


def narrowed(frame: Frame) -> pl.DataFrame:
    """The columns that a summary needs, in little memory: a million records in some 230 MB."""
    words = [name for name in _NEEDED if SCHEMA[name] == pl.String and name != "started_at"]
    lazy = frame.lazy().select(*_NEEDED, pl.col("key").hash().alias("key"), *_ALSO)
    judged = pl.col("judge").is_not_null().alias("judged")
    lazy = lazy.with_columns(under_prompt(), calibrated(), judged, _mend()).drop(_ALSO)
    small = lazy.with_columns(pl.col(*words, "mend").cast(pl.Categorical()))
    return collect(small, piecewise=True)


def _mend() -> pl.Expr:
    """What would let a reply be measured that was cut: the end of what its record says of it."""
    said = pl.col("error").str.extract(r": ([^:]+)$")
    return pl.when(pl.col("status") == "cut").then(said).alias("mend")


def under_prompt() -> pl.Expr:
    """The model as a summary names it: with the system prompt that it ran under, if not its own."""
    model, variant = pl.col("model"), pl.col("variant")
    named = pl.concat_str(model, pl.lit(" ["), variant, pl.lit("]"))
    return pl.when(variant.fill_null("") == "").then(model).otherwise(named).alias("model")


def unique_trials(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Each trial of a run once, and how many records that leaves out.

    A trial that failed and was run again has two records: the one that was measured is kept, then
    the later. Order in the file decides nothing.
    """
    kept = rows
    if rows["key"].n_unique() < rows.height:
        answered = pl.col("status") != "error"
        kept = rows.sort(answered, "started_at", "score", "outcome", nulls_last=False).unique(
            ["run_id", "session", "fact", "key"], keep="last", maintain_order=True
        )
    return kept, rows.height - kept.height


def column_names(rows: pl.DataFrame, column: str) -> tuple[str, ...]:
    """The values of a column, each once, in order."""
    return tuple(sorted(rows[column].unique().drop_nulls().cast(pl.String).to_list()))
