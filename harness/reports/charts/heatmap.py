"""Recall by fill and position: one cell a bin, with its value and its n."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.core.near_empty import LONG_TOKENS
from harness.reports import format as fmt
from harness.reports.charts.figure_style import DARK, FEW, FEW_OPACITY, RAMP, series_names
from harness.reports.charts.layout import fitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.summary.model import Cell, CurveGroup
    from harness.reports.charts.layout import Layout

_PLACES = [fmt.span(i / 5, (i + 1) / 5) for i in range(5)]
"""All fifths of a session, also those in which nothing stood."""

_CELL, _CELL_HEIGHT = 46, 44
LABELS = 42
"""Left of a map: its places; more than the values left of a curve need."""
_MORE_LABELS = 14
_HATCH = "M-1,0L0,-1M-1,1L1,-1M0,1L1,0"
_BOLD = 0.8
"""Of the room that bold letters of a title need as plain ones."""
_ROOM_FOR_N = 30
"""Narrower cells have no room for how many probes they hold."""


def heatmaps(alt: Any, groups: Sequence[CurveGroup], layout: Layout) -> Any:
    """One map a group, all of one scale of colours."""
    names = series_names(groups)
    charts = [
        _heatmap(alt, group, f"{name}, window of {group.window_limit:,} tokens", layout)
        for name, group in zip(names, groups, strict=True)
    ]
    return alt.concat(*charts, columns=layout.columns(2), spacing=layout.gap).resolve_scale(
        color="shared"
    )


def _label(cell: Cell, window: int) -> str:
    """The bin of a cell: per cent of the window, in long ones tokens."""
    if window <= LONG_TOKENS:
        return fmt.span(cell.fill_start, cell.fill_end)
    start = fmt.tokens(round(cell.fill_start * window))
    if cell.fill_end is None:
        return f"over {start}"
    return f"{start}–{fmt.tokens(round(cell.fill_end * window))}"


def _heatmap(alt: Any, group: CurveGroup, name: str, layout: Layout) -> Any:
    cells, window = group.cells, group.window_limit
    fills = sorted({(cell.fill_start, _label(cell, window)) for cell in cells})
    across = _CELL if layout.width_mm is None else (layout.panel - _MORE_LABELS) / len(fills)
    tall = _CELL_HEIGHT * (1 if layout.width_mm is None else 0.7)
    base = _base(alt, group, [label for _, label in fills], across)
    ink = alt.when(alt.datum.dark).then(alt.value("white")).otherwise(alt.value("black"))
    size = min(12.0, layout.size + 1, across / 2.2)
    roomy = across >= _ROOM_FOR_N
    few, many = f"datum.n < {FEW}", f"datum.n >= {FEW}"
    scale = alt.Scale(domain=[0, 100], range=list(RAMP), type="linear")
    cell = base.mark_rect(stroke="white").encode(
        color=alt.Color("recall:Q", scale=scale, legend=_legend(alt, layout)),
        opacity=alt.when(few).then(alt.value(FEW_OPACITY)).otherwise(alt.value(1)),
    )
    # as on the page: few probes are pale and hatched, their value thin and in brackets
    hatch = (
        base.transform_filter(few)
        .mark_point(
            shape=_HATCH, size=0.6 * min(across, tall) ** 2, strokeWidth=0.7, opacity=0.35,
            stroke="#222222",
        )
        .encode()
    )  # fmt: skip
    value = {"dy": -5 if roomy else 0, "fontSize": size}
    layers = [
        cell,
        hatch,
        base.transform_filter(many)
        .mark_text(fontWeight=600, **value)
        .encode(text="value:N", color=ink),
        base.transform_filter(few).mark_text(**value).encode(text="bracketed:N"),
    ]
    if roomy:
        layers.append(base.mark_text(dy=9, fontSize=size - 3).encode(text="number:N", color=ink))
    return alt.layer(*layers).properties(
        width=across * len(fills),
        height=tall * len(_PLACES),
        title=alt.TitleParams(
            fitted(layout, name, _BOLD * (layout.panel + LABELS)),
            anchor="start",
            fontSize=layout.size + 1,
            limit=layout.panel + LABELS,  # a font that is not here is taken for a wide one
        ),
    )


def _legend(alt: Any, layout: Layout) -> Any:
    """The scale of colours: beside the maps, or below them where they need the width."""
    if layout.width_mm is None:
        return alt.Legend(title="recall (%)")
    return alt.Legend(title="recall (%)", orient="bottom", direction="horizontal", titleLimit=0)


def _base(alt: Any, group: CurveGroup, labels: Sequence[str], across: float) -> Any:
    """The cells of a group with their places."""
    window = group.window_limit
    roomy = across >= _ROOM_FOR_N
    rows = [
        {
            "fill": _label(cell, window),
            "position": fmt.span(cell.position_start, cell.position_end),
            "recall": round(100 * cell.share.recall, 4),
            "value": (value := f"{100 * cell.share.recall:.0f}"),
            "bracketed": f"({value})" if roomy else value,
            "n": cell.share.n,
            "number": f"n {cell.share.n:,}",
            "dark": cell.share.recall < DARK and cell.share.n >= FEW,
        }
        for cell in group.cells
    ]
    long = window > LONG_TOKENS
    title = "tokens in the window" if long else "fill of the window (%)"
    return alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "fill:O",
            scale=alt.Scale(domain=list(labels)),
            axis=alt.Axis(title=title, labelAngle=-40 if long or not roomy else 0),
        ),
        y=alt.Y(
            "position:O",
            scale=alt.Scale(domain=_PLACES),
            title="position of the fact (%)" if roomy else "position (%)",
        ),
    )
