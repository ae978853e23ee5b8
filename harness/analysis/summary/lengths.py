"""The length ledger of a report: how long sessions were meant to be, and how long they were.

Target, local count and the provider's own count of the same sessions stand side by side; what a
server dropped is told from the same numbers.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from harness.analysis.summary.model import Length, Lengths
from harness.core.near_empty import NEAR_EMPTY_SHARE

_NEARLY_EMPTY = NEAR_EMPTY_SHARE
"""Openings are raised to what their facts need, so they are no measure of aim."""

_BINS = 10

_NEEDED = (
    "arm", "usage_source", "fill_requested", "fill", "window_limit", "view_tokens",
    "session_tokens", "prompt_tokens", "server_truncated", "dropped",
)  # fmt: skip

METERED = ("provider", "provider+cached", "exact")
"""What `usage_source` says where a provider's own meter was read."""


def lengths(rows: pl.DataFrame) -> Lengths:
    """The ledger of the records of one group.

    Args:
        rows: Records.
    """
    source = pl.col("usage_source").cast(pl.Categorical())
    rows = rows.select(_NEEDED)
    metered = rows.filter(source.is_in(METERED))
    corrected = rows.filter(source == "local") if metered.height else rows.clear()
    cut = metered.filter(pl.col("server_truncated").fill_null(value=False))
    whole = metered.filter(
        ~pl.col("server_truncated").fill_null(value=False), pl.col("view_tokens") > 0
    )
    ratio = whole["prompt_tokens"] / whole["view_tokens"]
    aimed = metered.filter(
        pl.col("arm") == "main", pl.col("fill_requested") > _NEARLY_EMPTY
    ).with_columns((pl.col("fill") - pl.col("fill_requested")).alias("error"))
    error = aimed["error"].abs()
    return Lengths(
        n=metered.height,
        ratio=_rounded(ratio.median()),
        ratio_low=_rounded(ratio.min()),
        ratio_high=_rounded(ratio.max()),
        error=_rounded(error.median()),
        worst_error=_rounded(error.max()),
        n_truncated=cut.height,
        dropped_from=_tokens((cut["fill"] * cut["window_limit"]).min()),
        kept=_tokens(cut["prompt_tokens"].median()),
        dropped=_most(cut["dropped"]),
        n_untold=sum(some["server_truncated"].null_count() for some in (metered, corrected)),
        n_corrected=corrected.height,
        by_fill=tuple(_by_fill(aimed)),
    )


def _most(parts: pl.Series) -> str | None:
    """The part that is dropped most often; `start` in records that do not say."""
    if parts.is_empty():
        return None
    named = parts.cast(pl.String).fill_null("start").value_counts(name="n")
    return str(named.sort("n", parts.name, descending=[True, False])[parts.name][0])


def _by_fill(aimed: pl.DataFrame) -> list[Length]:
    """Medians by tenths of the window, by the fill that was asked for."""
    table = (
        aimed.with_columns(
            (pl.col("fill_requested") * _BINS).ceil().cast(pl.Int64).alias("bin"),
            (pl.col("fill_requested") * pl.col("window_limit")).alias("target"),
            (pl.col("fill") * pl.col("window_limit")).alias("measured"),
        )
        .group_by("bin")
        .agg(
            pl.len().alias("n"),
            *(pl.col(name).median() for name in ("target", "session_tokens", "measured", "error")),
        )
        .sort("bin")
    )
    return [
        Length(
            start=round((row["bin"] - 1) / _BINS, 6),
            end=round(row["bin"] / _BINS, 6),
            n=row["n"],
            target_tokens=round(row["target"]),
            local_tokens=round(row["session_tokens"]),
            provider_tokens=round(row["measured"]),
            error=round(row["error"], 6),
        )
        for row in table.to_dicts()
    ]


def _rounded(value: Any) -> float | None:
    return round(float(value), 6) if value is not None else None


def _tokens(value: Any) -> int | None:
    return round(float(value)) if value is not None else None
