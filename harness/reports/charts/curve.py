"""Recall against fill as a picture: one panel a window, with the onset of every series marked.

Its one rule: what is said of a series stands above its panel in a line of its own, name and onset,
so that no line of the curve crosses a word and no reader has to look a name up elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.near_empty import LONG_TOKENS
from harness.reports.charts.figure_style import (
    COLOURS,
    CROWD,
    DASHES,
    MARKS,
    POINT_STEP,
    onset_words,
    series_names,
)
from harness.reports.charts.layout import Layout, fitted
from harness.reports.charts.line_shifts import line_shifts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.analysis.summary.model import CurveGroup

SHAPES = {
    "circle": "circle", "square": "square", "triangle": "triangle-up", "diamond": "diamond",
    "cross": "cross", "down": "triangle-down",
}  # fmt: skip
"""The marks of the specification as Vega calls them."""
_INK = "#222222"


def curves(alt: Any, groups: Sequence[CurveGroup], layout: Layout) -> Any:
    """One panel a window, each with its names."""
    names = series_names(groups)
    domain = list(dict.fromkeys(names))
    windows = sorted({group.window_limit for group in groups})
    far = max(100.0, *(100 * point.at for group in groups for point in group.by_fill))
    panels = []
    for window in windows:
        inside = [
            (name, group)
            for name, group in zip(names, groups, strict=True)
            if group.window_limit == window
        ]
        style = _Style(alt, domain, _axis(window, inside, far), layout)
        panels.append(_panel(style, inside, window))
    return alt.concat(*panels, columns=layout.columns(2), spacing=layout.gap).resolve_scale(
        color="shared", shape="shared", strokeDash="shared"
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """The axis of one panel: per cent of the window, or tokens in octaves where it is long."""

    title: str
    first: float
    last: float
    per_fill: float
    """Units of the axis in a whole window."""
    octaves: bool

    def at(self, fill: float) -> float:
        """A fill in units of the axis; an axis of octaves has no zero."""
        return max(round(self.per_fill * fill, 4), self.first)

    def beside(self, at: float, share: float) -> float:
        """A place so much of the axis to the right of another; left where it is negative."""
        if self.octaves:
            return float(at * (self.last / self.first) ** share)
        return at + share * (self.last - self.first)


def _axis(window: int, inside: Sequence[tuple[str, CurveGroup]], far: float) -> _Axis:
    """Even up to 20,000 tokens, an axis of octaves from half the nearly empty window on above."""
    if window <= LONG_TOKENS:
        return _Axis("fill of the window (%)", 0.0, far, 100.0, octaves=False)
    base = min(group.onset.control for _, group in inside)
    last = max(1.0, *(point.at for _, group in inside for point in group.by_fill))
    return _Axis("tokens in the window", base * window / 2, last * window, window, octaves=True)


@dataclass(frozen=True, slots=True)
class _Style:
    """The scales and axes that the marks of a panel share."""

    alt: Any
    domain: list[str]
    """Names of the series, in their order."""
    axis: _Axis
    layout: Layout

    def _cycled(self, values: Sequence[Any]) -> Any:
        several = [values[i % len(values)] for i in range(len(self.domain))]
        return self.alt.Scale(domain=self.domain, range=several)

    def colour(self) -> Any:
        return self.alt.Color("series:N", scale=self._cycled(COLOURS), legend=None)

    def dash(self) -> Any:
        dashes = [list(dash) or [1, 0] for dash in DASHES]
        return self.alt.StrokeDash("series:N", scale=self._cycled(dashes), legend=None)

    def shape(self) -> Any:
        shapes = [SHAPES[mark] for mark in MARKS]
        return self.alt.Shape("series:N", scale=self._cycled(shapes), legend=None)

    def fill(self, field: str, *, axis: bool) -> Any:
        octaves = self.axis.octaves
        shown = self.alt.Axis(
            title=self.axis.title,
            grid=True,
            labelOverlap=True,
            **({"values": self._octaves(), "format": "~s"} if octaves else {"tickCount": 10}),
        )
        how = {"type": "log", "base": 2} if octaves else {}
        scale = self.alt.Scale(domain=[self.axis.first, self.axis.last], nice=False, **how)
        return self.alt.X(f"{field}:Q", scale=scale, axis=shown if axis else None)

    def _octaves(self) -> list[float]:
        """Thousands of tokens, doubled from tick to tick."""
        low = math.ceil(math.log2(self.axis.first / 1000) - 1e-9)
        high = math.floor(math.log2(self.axis.last / 1000) + 1e-9)
        return [1000 * 2.0**octave for octave in range(low, high + 1)]

    def recall(self, field: str = "recall") -> Any:
        # a little beyond either end, where lines that lie on one another are drawn side by side
        scale = self.alt.Scale(domain=[0, 100], clamp=False)
        return self.alt.Y(f"{field}:Q", scale=scale, title="recall (%)")

    def chart(self, rows: Iterable[dict[str, Any]]) -> Any:
        return self.alt.Chart(self.alt.InlineData(values=list(rows)))


def _panel(style: _Style, inside: Sequence[tuple[str, CurveGroup]], window: int) -> Any:
    """One window: names and onsets, the intervals of the onsets, and the curves."""
    alt, layout = style.alt, style.layout
    title = alt.TitleParams(
        f"window of {window:,} tokens", anchor="start", fontSize=layout.size + 1, offset=2
    )
    layers = [*_onset_lines(style, inside), *_curve_layers(style, inside)]
    main = alt.layer(*layers).properties(width=layout.panel, height=layout.height)
    parts = [_heads(style, inside).properties(title=title)]
    if any(group.onset.onset is not None for _, group in inside):
        parts.append(_reaches(style, inside))
    return alt.vconcat(*parts, main, spacing=6)


def _heads(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> Any:
    """A line a series: its mark and name, and its onset at the right or, in narrow ones, below."""
    alt, layout = style.alt, style.layout
    said = [
        (name, f"onset {onset_words(group.onset, group.window_limit)}") for name, group in inside
    ]
    room = layout.panel - 18
    two = any(layout.width_of(name) + layout.width_of(words) + 12 > room for name, words in said)
    names_room = room if two else room - max(layout.width_of(words) for _, words in said) - 12
    row = layout.row * (2 if two else 1)
    lines = [
        {
            "series": name, "y": row * i + layout.row / 2, "name": fitted(layout, name, names_room),
            "words": words, "below": row * i + layout.row * (1.5 if two else 0.5),
        }
        for i, (name, words) in enumerate(said)
    ]  # fmt: skip
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[row * len(said), 0], nice=False))
    base = style.chart(lines).encode(y=y)
    text = {"fontSize": layout.size, "clip": False, "color": _INK, "baseline": "middle"}
    marks = base.mark_point(filled=True, size=layout.mark, opacity=1).encode(
        x=alt.value(6), color=style.colour(), shape=style.shape()
    )
    named = base.mark_text(align="left", **text).encode(x=alt.value(18), text="name:N")
    onset = base.mark_text(align="left" if two else "right", **text).encode(
        x=alt.value(18 if two else layout.panel), y=alt.Y("below:Q", axis=None), text="words:N"
    )
    return alt.layer(marks, named, onset).properties(
        width=layout.panel, height=row * len(said), view=alt.ViewConfig(stroke=None)
    )


def _reaches(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> Any:
    """The intervals of the onsets, one under the other."""
    alt, layout = style.alt, style.layout
    order = [name for name, _ in inside]
    line = alt.Y("series:N", sort=order, scale=alt.Scale(domain=order), axis=None)
    chart = style.chart(_onsets(style, inside))
    rules = chart.mark_rule(strokeWidth=3, opacity=0.6).encode(
        x=style.fill("lo", axis=False), x2="hi:Q", y=line, color=style.colour()
    )
    dots = chart.mark_point(filled=True, size=layout.mark * 0.7, opacity=1).encode(
        x=style.fill("onset", axis=False), y=line, color=style.colour(), shape=style.shape()
    )
    return alt.layer(rules, dots).properties(
        width=layout.panel, height=8 * len(inside), view=alt.ViewConfig(stroke=None)
    )


def _onset_lines(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> list[Any]:
    """An upright line for each onset that was found."""
    found = _onsets(style, inside)
    if not found:
        return []
    lines = style.chart(found).mark_rule(strokeWidth=1.3)
    return [
        lines.encode(
            x=style.fill("onset", axis=True), color=style.colour(), strokeDash=style.dash()
        )
    ]


def _curve_layers(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> list[Any]:
    """Estimated curves with their bands, measured points with their bars."""
    points, fitted_ = style.chart(_points(style, inside)), style.chart(_fitted(style, inside))
    x, colour = style.fill("fill", axis=True), style.colour()
    band = fitted_.mark_area(opacity=0.16).encode(
        x=x, y=style.recall("lo"), y2="hi:Q", color=colour
    )
    line = fitted_.mark_line(strokeWidth=1.8).encode(
        x=x, y=style.recall("drawn"), color=colour, strokeDash=style.dash()
    )
    beside = style.fill("beside", axis=True)
    bars = points.mark_rule(strokeWidth=1.2, opacity=0.8).encode(
        x=beside, y=style.recall("lo"), y2="hi:Q", color=colour
    )
    dots = points.mark_point(filled=True, size=style.layout.mark, opacity=1).encode(
        x=beside, y=style.recall(), color=colour, shape=style.shape()
    )
    return [line, bars, dots] if len(inside) > CROWD else [band, line, bars, dots]


def _points(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> list[dict[str, Any]]:
    """The measured points; those of several series at one place side by side."""
    step = POINT_STEP / style.layout.panel
    return [
        {
            "series": name,
            "fill": style.axis.at(point.at),
            "beside": style.axis.beside(
                style.axis.at(point.at), step * (i - (len(inside) - 1) / 2)
            ),
            "recall": _hundred(point.share.recall),
            "lo": _hundred(point.share.lo),
            "hi": _hundred(point.share.hi),
        }
        for i, (name, group) in enumerate(inside)
        for point in group.by_fill
    ]


def _fitted(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> list[dict[str, Any]]:
    """The estimated curves, or the measured points joined; those that are alike side by side."""
    lines = {name: _line(group) for name, group in inside}
    shifts = line_shifts(list(lines.values()), style.layout.height)
    return [
        {
            "series": name,
            "fill": style.axis.at(fill),
            "drawn": round(_hundred(recall) + shift, 4),
            "lo": _hundred(lo),
            "hi": _hundred(hi),
        }
        for (name, line), shift in zip(lines.items(), shifts, strict=True)
        for fill, recall, lo, hi in line
    ]


def _line(group: CurveGroup) -> list[tuple[float, float, float, float]]:
    """Fill, recall and the ends of its band; no band where no curve can be told."""
    if group.onset.curve:
        return [(point.fill, point.recall, point.lo, point.hi) for point in group.onset.curve]
    joined = [(point.at, point.share.recall) for point in group.by_fill]
    return [(at, recall, recall, recall) for at, recall in joined]


def _onsets(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> list[dict[str, Any]]:
    """The onsets that were found; an interval without an upper end goes to the edge."""
    return [
        {
            "series": name,
            "onset": style.axis.at(found.onset),
            "lo": style.axis.at(found.lo or 0.0),
            "hi": style.axis.last if found.hi is None else style.axis.at(found.hi),
        }
        for name, found in ((name, group.onset) for name, group in inside)
        if found.onset is not None
    ]


def _hundred(fraction: float) -> float:
    """A fraction in per cent."""
    return round(100 * fraction, 4)
