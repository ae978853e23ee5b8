"""Recall by fill and position: one cell a bin, with its value and its n."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.core.near_empty import LONG_TOKENS
from harness.reports import format as fmt
from harness.reports.charts.figure_style import series_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.summary.model import Cell, CurveGroup

_PLACES = [fmt.span(i / 5, (i + 1) / 5) for i in range(5)]
"""All fifths of a session, also those in which nothing stood."""

_DARK = 0.55
"""Below this recall a cell is so dark that its text is white."""


def heatmaps(alt: Any, groups: Sequence[CurveGroup]) -> Any:
    """One map a group, all of one scale of colours."""
    names = series_names(groups)
    charts = [
        _heatmap(alt, group, f"{name}, window of {group.window_limit:,} tokens")
        for name, group in zip(names, groups, strict=True)
    ]
    return alt.concat(*charts, columns=2, spacing=30).resolve_scale(color="shared")


def _label(cell: Cell, window: int) -> str:
    """The bin of a cell: per cent of the window, in long ones tokens."""
    if window <= LONG_TOKENS:
        return fmt.span(cell.fill_start, cell.fill_end)
    start = fmt.tokens(round(cell.fill_start * window))
    if cell.fill_end is None:
        return f"over {start}"
    return f"{start}–{fmt.tokens(round(cell.fill_end * window))}"


def _heatmap(alt: Any, group: CurveGroup, name: str) -> Any:
    cells, window = group.cells, group.window_limit
    rows = [
        {
            "fill": _label(cell, window),
            "position": fmt.span(cell.position_start, cell.position_end),
            "recall": round(100 * cell.share.recall, 4),
            "value": f"{100 * cell.share.recall:.0f}",
            "n": f"n {cell.share.n:,}",
            "dark": cell.share.recall < _DARK,
        }
        for cell in cells
    ]
    fills = sorted({(cell.fill_start, _label(cell, window)) for cell in cells})
    long = window > LONG_TOKENS
    title = "tokens in the window" if long else "fill of the window (%)"
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "fill:O",
            scale=alt.Scale(domain=[label for _, label in fills]),
            axis=alt.Axis(title=title, labelAngle=-40 if long else 0),
        ),
        y=alt.Y(
            "position:O",
            scale=alt.Scale(domain=_PLACES),
            title="position of the fact (%), start of session on top",
        ),
    )
    scale = alt.Scale(scheme="cividis", domain=[0, 100])
    ink = alt.when(alt.datum.dark).then(alt.value("white")).otherwise(alt.value("black"))
    return alt.layer(
        base.mark_rect(stroke="white").encode(
            color=alt.Color("recall:Q", scale=scale, legend=alt.Legend(title="recall (%)"))
        ),
        base.mark_text(dy=-5, fontSize=12, fontWeight=600).encode(text="value:N", color=ink),
        base.mark_text(dy=9, fontSize=9).encode(text="n:N", color=ink),
    ).properties(
        width=46 * len(fills),
        height=44 * len(_PLACES),
        title=alt.TitleParams(name, anchor="start", fontSize=12),
    )
