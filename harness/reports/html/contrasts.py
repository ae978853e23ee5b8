"""Models against each other on the same sessions, as rows with a drawn interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from harness.analysis.sides import make_side, needed, split
from harness.analysis.summary import known_onsets
from harness.analysis.versus import versus
from harness.core.errors import HarnessError
from harness.reports import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.findings import Summary
    from harness.analysis.frame import Frame
    from harness.analysis.versus import Match, Versus

_PAIRS = 6
"""With more models than this each is compared with the first only."""
_LEAST_SPAN = 0.05
_TINY_P = 0.001


def contrasts(summary: Summary, frame: Frame) -> dict[str, Any] | None:
    """Every pair of models of the newest run; None where there is nothing to compare."""
    rows = needed(frame)
    newest = rows.sort("started_at")["run_id"][-1]
    rows = rows.filter(pl.col("run_id") == newest)
    models = rows["model"].unique().sort().to_list()
    if len(models) < 2:  # noqa: PLR2004 - two make a comparison
        return None
    try:
        found = versus(
            split(make_side(newest, rows), "model"),
            by="model",
            known=known_onsets(summary),
            reference=models[0] if len(models) > _PAIRS else None,
        )
    except HarnessError as error:
        return {"missing": text.plain(str(error)), "rows": [], "run": text.plain(newest)}
    return {
        "missing": None,
        "rows": drawn(found.matches),
        "run": text.plain(newest),
        **family(found),
    }


def family(found: Versus) -> dict[str, Any]:
    """What all rows have in common."""
    many = max((match.comparison.n_comparisons for match in found.matches), default=0)
    return {"many": many, "alone": [text.plain(sentence) for sentence in found.alone]}


def drawn(matches: Sequence[Match]) -> list[dict[str, Any]]:
    """Rows of a table; `x`, `x_lo` and `x_hi` are per cent of the width of the drawing."""
    ends = [
        abs(end)
        for match in matches
        for end in (match.comparison.lo, match.comparison.hi)
        if end is not None
    ]
    span = max([_LEAST_SPAN, *ends])
    return [_row(match, span) for match in matches]


def _row(match: Match, span: float) -> dict[str, Any]:
    found = match.comparison
    told = found.effect is not None and found.lo is not None and found.hi is not None

    def x(value: float | None) -> float:
        return round(50 + 48 * (value or 0.0) / span, 2)

    where = [
        None if match.window_limit is None else f"{match.window_limit:,} tokens",
        match.policy,
        match.memory and (None if match.memory == "none" else f"memory {match.memory}"),
        match.layout,
    ]
    return {
        "b": text.plain(found.b),
        "a": text.plain(found.a),
        "where": text.plain(", ".join(part for part in where if part)),
        "told": told,
        "points": f"{100 * (found.effect or 0):+.1f}" if told else text.NOTHING,
        "interval": f"{100 * (found.lo or 0):+.1f} to {100 * (found.hi or 0):+.1f}" if told else "",
        "clear": told and ((found.lo or 0) > 0 or (found.hi or 0) < 0),
        "p": _p(found.p_value if found.p_holm is None else found.p_holm),
        "pairs": f"{found.n_pairs:,}",
        "message": text.plain(found.message),
        "onset": text.plain(match.onset_message),
        "x": x(found.effect),
        "x_lo": x(found.lo),
        "x_hi": x(found.hi),
    }


def _p(p: float | None) -> str:
    if p is None:
        return text.NOTHING
    return f"< {_TINY_P:g}" if p < _TINY_P else f"{p:.3f}"
