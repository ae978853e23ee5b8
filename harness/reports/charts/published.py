"""Published scores against length on an axis of octaves, each model with its onset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.analysis.curves import wilson
from harness.core.errors import UsageError
from harness.reports import format as fmt
from harness.reports.charts.figure_files import altair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.published.reread import Reread

_WIDTH, _HEIGHT = 460, 240


def draw_published(found: Sequence[Reread]) -> Any:
    """One panel a model: its scores with Wilson bars, the estimated curve, and the onset."""
    alt = altair()
    panels = [_panel(alt, one) for one in found if any(level.tokens for level in one.levels)]
    if not panels:
        raise UsageError("nothing to draw: no score has a length")
    return alt.concat(*panels, columns=2, spacing=30).properties(padding=12, background="white")


def _panel(alt: Any, one: Reread) -> Any:
    import polars as pl

    rows = []
    for level in one.levels:
        if level.tokens is None:
            continue
        lo = hi = level.recall
        if level.n is not None:
            k = pl.Series([level.recall * level.n])
            lo, hi = (float(end[0]) for end in wilson(k, pl.Series([level.n])))
        rows.append({"tokens": level.tokens, "recall": 100 * level.recall, "lo": 100 * lo,
                     "hi": 100 * hi})  # fmt: skip
    x = alt.X(
        "tokens:Q",
        scale=alt.Scale(type="log", base=2, nice=False),
        axis=alt.Axis(title="tokens", format="~s"),
    )
    y = alt.Scale(domain=[0, 100])
    points = alt.Chart(alt.InlineData(values=rows))
    layers = [
        points.mark_rule().encode(x=x, y=alt.Y("lo:Q", scale=y, title="score (%)"), y2="hi:Q"),
        points.mark_point(filled=True, size=60, opacity=1).encode(
            x=x, y=alt.Y("recall:Q", scale=y)
        ),
    ]
    label = "no interval: n is not known"
    if one.onset is not None:
        layers += _estimated(alt, one, x, y)
        tokens = fmt.onset_tokens(one.onset)
        label = f"onset: {fmt.onset(one.onset)}{', ' if tokens else ''}{tokens}"
    title = alt.TitleParams(fmt.plain(one.model), subtitle=[label], anchor="start", fontSize=12)
    return alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT, title=title)


def _estimated(alt: Any, one: Reread, x: Any, y: Any) -> list[Any]:
    """The curve with its band, and the onset upright."""
    onset, window = one.onset, one.window_tokens
    if onset is None:
        return []
    least = min(level.tokens for level in one.levels if level.tokens is not None)
    rows = [
        {"tokens": point.fill * window, "recall": 100 * point.recall, "lo": 100 * point.lo,
         "hi": 100 * point.hi}
        for point in onset.curve
        if point.fill * window >= least
    ]  # fmt: skip
    curve = alt.Chart(alt.InlineData(values=rows))
    layers = [
        curve.mark_area(opacity=0.16).encode(x=x, y=alt.Y("lo:Q", scale=y), y2="hi:Q"),
        curve.mark_line().encode(x=x, y=alt.Y("recall:Q", scale=y)),
    ]
    if onset.onset_tokens is not None:
        at = alt.Chart(alt.InlineData(values=[{"tokens": max(onset.onset_tokens, least)}]))
        layers.append(at.mark_rule(strokeWidth=1.5).encode(x=x))
    return layers
