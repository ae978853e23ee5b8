"""The onset of one group of records, with the facts alone as its witness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.onset import estimate_onset

if TYPE_CHECKING:
    from harness.analysis.onset import OnsetEstimate, OnsetOptions


def facts_alone(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What was asked with nothing but the facts, by model: session, scenario, score and tokens.

    It is asked under the smallest window, and stands for all windows of a model.
    """
    kept = rows.filter(
        pl.col("arm") == "needle_only",
        pl.col("counts") == "recall",
        pl.col("score").is_not_null(),
        pl.col("fill").is_not_null(),
    ).select(
        pl.col("model").cast(pl.String),
        pl.col("session", "scenario").cast(pl.String),
        "score",
        (pl.col("fill") * pl.col("window_limit")).alias("tokens"),
    )
    return {str(name): part for (name,), part in kept.partition_by("model", as_dict=True).items()}


def onset_of(
    rows: pl.DataFrame, window_limit: int, alone: pl.DataFrame | None, asked: OnsetOptions
) -> OnsetEstimate:
    """The onset of main rows of one window; the facts alone are its witness where there are any."""
    needle = None
    if alone is not None:
        needle = alone.with_columns((pl.col("tokens") / window_limit).alias("fill"))
    return estimate_onset(
        rows.select("session", "fill", "score", "guess"),
        criterion=asked.criterion,
        level=asked.level,
        near_empty=asked.near_empty,
        window_tokens=window_limit,
        needle_only=needle,
    )
