"""Comparisons as rows of a table, each with a drawn interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.reports import format as fmt
from harness.reports.html.shown_with import shown_with

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.comparison.for_report import Against
    from harness.analysis.comparison.many_sides import Match

_LEAST_SPAN = 0.05
_TINY_P = 0.001


def contrast(table: Against) -> dict[str, Any]:
    """One table; `missing` says why it is empty."""
    found = table.found
    words = {
        "title": table.title,
        "run": table.run and fmt.plain(table.run),
        "missing": table.missing and fmt.plain(table.missing),
    }
    if found is None:
        return {**words, "rows": [], "many": 0, "alone": []}
    many = max((match.comparison.n_comparisons for match in found.matches), default=0)
    alone = [fmt.plain(sentence) for sentence in found.alone]
    return {**words, "rows": _drawn(found.matches), "many": many, "alone": alone}


def _drawn(matches: Sequence[Match]) -> list[dict[str, Any]]:
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
    # rounded, so that the dust of a sum is not taken for a side of zero
    effect, lo, hi = (round(x or 0.0, 9) for x in (found.effect, found.lo, found.hi))
    told = None not in {found.effect, found.lo, found.hi}

    def x(value: float) -> float:
        return round(50 + 48 * value / span, 2)

    where = [
        match.model,
        match.variant and f"prompt {match.variant}",
        None if match.window_limit is None else f"{match.window_limit:,} tokens",
        match.policy,
        match.memory and (None if match.memory == "none" else f"memory {match.memory}"),
        match.layout,
    ]
    prompt = f" [{match.variant}]" if match.variant else ""
    # between models the sides are models, each of which the reader may take out
    models = () if match.model else (f"{found.a}{prompt}", f"{found.b}{prompt}")
    told_by = match.model is not None and match.variant is not None
    return {
        "shown_with": shown_with(
            *models,
            model=f"{match.model}{prompt}" if told_by else None,
            window=match.window_limit,
            policy=match.policy,
            memory=match.memory,
            layout=match.layout,
        ),
        "b": fmt.plain(found.b),
        "a": fmt.plain(found.a),
        "where": fmt.plain(", ".join(part for part in where if part)),
        "told": told,
        "points": f"{100 * effect:+.1f}" if told else fmt.NOTHING,
        "interval": f"{100 * lo:+.1f} to {100 * hi:+.1f}",
        "clear": told and (lo > 0 or hi < 0),
        "p": _p(found.p_value if found.p_holm is None else found.p_holm),
        "pairs": f"{found.n_pairs:,}",
        "message": fmt.plain(found.message),
        "onset": fmt.plain(match.onset_message),
        "x": x(effect),
        "x_lo": x(lo),
        "x_hi": x(hi),
    }


def _p(p: float | None) -> str:
    if p is None:
        return fmt.NOTHING
    return f"< {_TINY_P:g}" if p < _TINY_P else f"{p:.3f}"
