"""What a group comes to: who lost what, and what it cost in tokens and money."""

from __future__ import annotations

from typing import Any

import polars as pl

from harness.analysis.attribution import (
    BY_APPLICATION,
    BY_MODEL,
    BY_NOBODY,
    NOT_MEASURED,
    UNSEEN,
)
from harness.analysis.curves import main_rows
from harness.analysis.records import collect
from harness.analysis.summary.model import Attribution, UsageTotals
from harness.analysis.summary.shares import Count

_DOLLAR = 10**12


def mends(rows: pl.DataFrame) -> tuple[str, ...]:
    """What would mend the replies of the main arm that were cut, the most frequent first."""
    said = main_rows(rows.lazy()).select(pl.col("mend").cast(pl.String)).drop_nulls()
    counted = collect(said.group_by("mend").len().sort(-pl.col("len").cast(pl.Int64), "mend"))
    return tuple(counted["mend"])


def attribution_totals(rows: list[dict[str, Any]], mends: tuple[str, ...]) -> Attribution:
    """Who lost what, of the one row of a group's attribution, if it has one.

    Args:
        rows: That row.
        mends: What would let replies be measured that were cut.
    """
    row = rows[0] if rows else {}
    causes = ((name, row.get(name, 0)) for name in (*BY_APPLICATION, UNSEEN, *BY_NOBODY, *BY_MODEL))
    unscored = ((name, row.get(f"unscored_{name}", 0)) for name in NOT_MEASURED)
    return Attribution(
        n=row.get("n", 0),
        recalled=row.get("recalled", 0),
        partial=row.get("partial", 0),
        by_application=row.get("lost_by_application", 0),
        by_server=row.get("lost_by_server", 0),
        by_model=row.get("lost_by_model", 0),
        by_nobody=row.get("lost_by_nobody", 0),
        causes=tuple(Count(name=name, n=n) for name, n in causes if n),
        unscored=tuple(Count(name=name, n=n) for name, n in unscored if n),
        mends=mends,
    )


def usage_totals(rows: pl.DataFrame) -> UsageTotals:
    """What the answered calls of a group took."""
    answered = rows.select(
        "usage_source", "cost_usd", "prompt_tokens", "completion_tokens", "cached_tokens"
    ).filter(pl.col("usage_source").is_not_null())
    unknown = answered["cost_usd"].null_count()
    # Whole units of 10**-12 dollars: their sum is the same in any order.
    units = int((answered["cost_usd"] * _DOLLAR).round().cast(pl.Int64).sum())
    cached = answered.filter(pl.col("cached_tokens").is_not_null())
    sent = int(cached["prompt_tokens"].sum())
    sources = answered.group_by("usage_source").agg(pl.len().alias("n"))
    named = zip(sources["usage_source"].cast(pl.String), sources["n"], strict=True)
    return UsageTotals(
        cost_usd=None if unknown or answered.is_empty() else units / _DOLLAR,
        n_cost_unknown=unknown,
        prompt_tokens=int(answered["prompt_tokens"].sum()),
        completion_tokens=int(answered["completion_tokens"].sum()),
        cached_share=round(int(cached["cached_tokens"].sum()) / sent, 9) if sent else None,
        sources=tuple(Count(name=name, n=n) for name, n in sorted(named)),
    )
