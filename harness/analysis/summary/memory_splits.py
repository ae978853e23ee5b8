"""What treatments carried over, by what was asked: the kind of question, the sessions in between.

A date that was updated later is counted under both: kinds answer different questions, and do not
add up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.curves import with_recall
from harness.analysis.summary.memory_model import RecallSplit
from harness.analysis.summary.shares import Share
from harness.core.quantities import MONTH
from harness.core.text import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ONCE = ("recall", "latent", "reversal")
_UPDATED = ("update", "latest")
_NEVER = ("abstain",)
_GAPS = ((1, 1), (2, 4), (5, 16), (17, None))
"""Sessions from the one that says a fact to the one that asks; bins of a factor of four."""
_NUMBER = re.compile(r"[0-9]+(?:st|nd|rd|th)?")


def by_kind(
    known: pl.DataFrame, never: pl.DataFrame, treatments: Sequence[tuple[str, ...]]
) -> tuple[RecallSplit, ...]:
    """Recall by the kind of question.

    Args:
        known: Measured records about facts of earlier sessions.
        never: Measured records of later sessions about what was never said.
        treatments: Policy and memory of each row of the table, in its order.
    """
    kind = pl.col("probe_kind").str.extract(r"^([^?]+)", 1)
    named = known.with_columns(
        kind.alias("kind"), pl.col("expected").map_elements(_are_dates, return_dtype=pl.Boolean)
    )
    parts = {
        "once said": named.filter(pl.col("kind").is_in(_ONCE)),
        "updated": named.filter(pl.col("kind").is_in(_UPDATED)),
        "several together": named.filter(~pl.col("kind").is_in((*_ONCE, *_UPDATED))),
        "dates": named.filter(pl.col("expected")),
        "never said": never,
    }
    return tuple(_splits(parts, treatments))


def by_sessions_between(
    known: pl.DataFrame, treatments: Sequence[tuple[str, ...]]
) -> tuple[RecallSplit, ...]:
    """Recall by how many sessions later it was asked for."""
    gap = pl.col("session_number") - pl.col("planted_session")
    parts = {
        _span(first, last): known.filter(
            gap >= first, pl.lit(value=True) if last is None else gap <= last
        )
        for first, last in _GAPS
    }
    return tuple(_splits(parts, treatments))


def share_of(rows: pl.DataFrame) -> Share:
    """Recall of measured records, one at least, with its interval."""
    found = with_recall(rows.group_by(pl.lit(1).alias("all"))).row(0, named=True)
    return Share(**{part: found[part] for part in ("n", "sessions", "recall", "lo", "hi")})


def _splits(
    parts: Mapping[str, pl.DataFrame], treatments: Sequence[tuple[str, ...]]
) -> Iterator[RecallSplit]:
    for name, rows in parts.items():
        if rows.is_empty():
            continue
        own = rows.partition_by("policy", "memory", as_dict=True)
        shares = (share_of(own[which]) if which in own else None for which in treatments)
        yield RecallSplit(name=name, shares=tuple(shares))


def _span(first: int, last: int | None) -> str:
    if last is None:
        return f"{first} or more"
    return str(first) if first == last else f"{first} to {last}"


def _are_dates(expected: pl.Series) -> bool:
    """Whether everything that is expected is a date, as English or ISO 8601 write them."""
    return bool(len(expected)) and all(map(_is_date, expected))


def _is_date(text: str) -> bool:
    found = words(text, "en")
    month = any(word in MONTH for word in found)
    rest = [word for word in found if word not in MONTH]
    return month and bool(rest) and all(_NUMBER.fullmatch(word) for word in rest)
