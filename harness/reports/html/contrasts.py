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
    from harness.analysis.sides import By
    from harness.analysis.versus import Match, Versus

_PAIRS = 6
"""With more sides than this each is compared with the first only."""
_LEAST_SPAN = 0.05
_TINY_P = 0.001


def contrasts(summary: Summary, frame: Frame) -> list[dict[str, Any]]:
    """Every pair of models of the newest run, and every pair of system prompts."""
    rows = needed(frame)
    newest = rows.sort("started_at")["run_id"][-1]
    rows = rows.filter(pl.col("run_id") == newest)
    by: tuple[By, ...] = ("model", "variant")
    return [_contrasts(summary, rows, newest, way) for way in by if rows[way].n_unique() > 1]


def _contrasts(summary: Summary, rows: pl.DataFrame, run: str, by: By) -> dict[str, Any]:
    """One table; with many sides each is compared with the first only."""
    title = {"model": "Models against each other"}.get(by, "System prompts against each other")
    found: dict[str, Any] = {"title": title, "run": text.plain(run), "missing": None, "rows": []}
    sides = split(make_side(run, rows), by)
    first = sides[0].name if len(sides) > _PAIRS else None
    try:
        compared = versus(sides, by=by, reference=first, known=known_onsets(summary))
    except HarnessError as error:
        return {**found, "missing": text.plain(str(error))}
    return {**found, "rows": drawn(compared.matches), **family(compared)}


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
