"""Recall by where it was said: user, assistant, a tool's result, a call; and the contrast.

Its one rule: places are compared fact by fact, so that a hard fact counts for none of them, and
only facts in view count, since what was cleared or dropped was not forgotten.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import stdtrit

from harness.analysis.curves import GROUP, main_rows
from harness.analysis.records import collect
from harness.analysis.stats.clustered_share import clustered_share
from harness.analysis.stats.session_mean import fewest_sessions
from harness.analysis.summary.rounds_model import SaidInContrast, SaidInRow
from harness.analysis.summary.rule_adherence import once

if TYPE_CHECKING:
    from harness.analysis.records import Frame
    from harness.analysis.summary.shares import Share

_LEVEL = 0.95
_PLACES = ("user", "assistant", "tool_result", "tool_call")
_NEEDED = (
    *GROUP, "run_id", "key", "session", "fact", "question_id", "score", "in_view", "said_in",
    "server_truncated",
)  # fmt: skip


def said_in_contrasts(frame: Frame) -> tuple[SaidInContrast, ...]:
    """One finding a group; empty where everything was said in one place.

    Args:
        frame: Records.
    """
    rows = once(collect(main_rows(frame).select(_NEEDED)))
    rows = rows.filter(pl.col("said_in").is_not_null() & pl.col("score").is_not_null())
    found = []
    for key, part in sorted(rows.partition_by(*GROUP, as_dict=True).items()):
        places = [place for place in _PLACES if (part["said_in"] == place).any()]
        if len(places) > 1:
            found.append(_group(key, places, part))
    return tuple(found)


def _group(key: tuple[object, ...], places: list[str], rows: pl.DataFrame) -> SaidInContrast:
    model, window_limit, policy, memory, layout = key
    truncated = pl.col("server_truncated").fill_null(value=False)
    seen = rows.filter(pl.col("in_view").fill_null(value=False) & ~truncated)
    return SaidInContrast(
        model=str(model),
        window_limit=int(str(window_limit)),
        policy=str(policy),
        memory=str(memory),
        layout=str(layout),
        against=places[0],
        rows=tuple(_row(place, places[0], rows, seen) for place in places),
    )


def _row(place: str, against: str, rows: pl.DataFrame, seen: pl.DataFrame) -> SaidInRow:
    said = rows.filter(pl.col("said_in") == place)
    here = seen.filter(pl.col("said_in") == place)
    contrast = None if place == against else _contrast(place, against, seen)
    effect, lo, hi = contrast or (None, None, None)
    return SaidInRow(
        said_in=place,
        n=said.height,
        sent=here.height / said.height,
        share=_share(here),
        effect=effect,
        lo=lo,
        hi=hi,
    )


def _share(rows: pl.DataFrame) -> Share | None:
    by = rows.group_by("session").agg(pl.col("score").sum(), pl.len().alias("n")).sort("session")
    return clustered_share(by["score"].to_list(), by["n"].to_list())


def _contrast(place: str, against: str, seen: pl.DataFrame) -> tuple[float, float, float] | None:
    """Recall there less recall in the other place, each fact with itself; None with too little.

    Facts are weighted as Mantel and Haenszel weigh strata; the interval leaves out a session at a
    time.
    """
    both = seen.filter(pl.col("said_in").is_in([place, against]))
    facts = sorted(both["question_id"].unique().to_list())
    sessions = sorted(both["session"].unique().to_list())
    if len(sessions) < fewest_sessions(_LEVEL):
        return None
    table = np.zeros((len(sessions), len(facts), 2, 2))
    sums = both.group_by("session", "question_id", "said_in").agg(
        pl.col("score").sum().alias("k"), pl.len().alias("n")
    )
    at_session, at_fact = ({name: i for i, name in enumerate(row)} for row in (sessions, facts))
    for session, fact, where, k, n in sums.iter_rows():
        side = 0 if where == place else 1
        table[at_session[session], at_fact[fact], side] = (k, n)
    whole = table.sum(axis=0)
    effect = _difference(whole)
    left_out = [_difference(whole - one) for one in table]
    known = np.array([one for one in left_out if one is not None])
    if effect is None or len(known) < len(sessions):
        return None
    count = len(known)
    spread = float(np.sqrt((count - 1) / count * ((known - known.mean()) ** 2).sum()))
    half = float(stdtrit(count - 1, (1 + _LEVEL) / 2)) * spread
    if not spread:
        return _unvaried(effect, *(both.filter(pl.col("said_in") == p) for p in (place, against)))
    return effect, max(effect - half, -1.0), min(effect + half, 1.0)


def _unvaried(
    effect: float, here: pl.DataFrame, there: pl.DataFrame
) -> tuple[float, float, float] | None:
    """Where no session differs from another, the two shares say how little that proves.

    Source: Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10.
    """
    one, other = _share(here), _share(there)
    if one is None or other is None:
        return None
    below = math.hypot(one.recall - one.lo, other.hi - other.recall)
    above = math.hypot(one.hi - one.recall, other.recall - other.lo)
    return effect, max(effect - below, -1.0), min(effect + above, 1.0)


def _difference(facts: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float | None:
    """Recall of the one side less that of the other, over facts that were said on both."""
    n, m = facts[:, 0, 1], facts[:, 1, 1]
    both = (n > 0) & (m > 0)
    if not both.any():
        return None
    weight = n[both] * m[both] / (n[both] + m[both])
    gap = facts[both, 0, 0] / n[both] - facts[both, 1, 0] / m[both]
    return float((weight * gap).sum() / weight.sum())
