"""Recall against fill, one panel a window, with the onset of every series marked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.near_empty import LONG_TOKENS
from harness.reports import format as fmt
from harness.reports.charts.figure_style import COLOURS, series_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.analysis.summary.model import CurveGroup

_DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4])
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_WIDTH, _HEIGHT, _STRIP = 460, 280, 20
_INK = "#222222"
_CROWD = 3
"""With more series than this in a panel the shaded areas would hide each other."""


def curves(alt: Any, groups: Sequence[CurveGroup]) -> Any:
    """One panel a window, with one legend."""
    names = series_names(groups)
    domain = sorted(set(names))
    windows = sorted({group.window_limit for group in groups})
    far = max(100.0, *(100 * point.at for group in groups for point in group.by_fill))
    panels = {
        window: [
            (name, group)
            for name, group in zip(names, groups, strict=True)
            if group.window_limit == window
        ]
        for window in windows
    }
    rows = max(map(len, panels.values()))
    charts = [
        _panel(_Style(alt, domain, _axis(window, inside, far), rows=rows), inside, window)
        for window, inside in panels.items()
    ]
    return alt.concat(*charts, columns=2, spacing=30).resolve_scale(
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


def _axis(window: int, inside: Sequence[tuple[str, CurveGroup]], far: float) -> _Axis:
    """Even up to 20,000 tokens, an axis of octaves from half the nearly empty window on above."""
    if window <= LONG_TOKENS:
        return _Axis("fill of the window (%)", 0.0, far, 100.0, octaves=False)
    base = min(group.onset.control for _, group in inside)
    last = max(1.0, *(point.at for _, group in inside for point in group.by_fill))
    return _Axis("tokens in the window", base * window / 2, last * window, window, octaves=True)


@dataclass(frozen=True, slots=True)
class _Style:
    """The scales and axes that all panels share."""

    alt: Any
    domain: list[str]
    """Names of the series, sorted."""
    axis: _Axis
    """Of fills."""
    rows: int
    """The most series that a panel holds."""

    def _cycled(self, values: Sequence[Any]) -> Any:
        several = [values[i % len(values)] for i in range(len(self.domain))]
        return self.alt.Scale(domain=self.domain, range=several)

    @property
    def _legend(self) -> Any:
        if len(self.domain) == 1:
            return None
        return self.alt.Legend(
            title=None, orient="bottom", columns=1, symbolOpacity=1, symbolStrokeWidth=0
        )

    def colour(self) -> Any:
        return self.alt.Color("series:N", scale=self._cycled(COLOURS), legend=self._legend)

    def dash(self) -> Any:
        return self.alt.StrokeDash("series:N", scale=self._cycled(_DASHES), legend=None)

    def shape(self) -> Any:
        return self.alt.Shape("series:N", scale=self._cycled(_SHAPES), legend=self._legend)

    def fill(self, field: str, *, axis: bool) -> Any:
        title, octaves = self.axis.title, self.axis.octaves
        ticks = {"values": self._octaves(), "format": "~s"} if octaves else {"tickCount": 10}
        shown = self.alt.Axis(title=title, grid=True, **ticks) if axis else None
        how = {"type": "log", "base": 2} if octaves else {}
        scale = self.alt.Scale(domain=[self.axis.first, self.axis.last], nice=False, **how)
        return self.alt.X(f"{field}:Q", scale=scale, axis=shown)

    def _octaves(self) -> list[float]:
        """Thousands of tokens, doubled from tick to tick."""
        low = math.ceil(math.log2(self.axis.first / 1000) - 1e-9)
        high = math.floor(math.log2(self.axis.last / 1000) + 1e-9)
        return [1000 * 2.0**octave for octave in range(low, high + 1)]

    def recall(self, field: str = "recall") -> Any:
        scale = self.alt.Scale(domain=[0, 100])
        return self.alt.Y(f"{field}:Q", scale=scale, title="recall (%)")

    def chart(self, rows: Iterable[dict[str, Any]]) -> Any:
        return self.alt.Chart(self.alt.InlineData(values=list(rows)))


def _panel(style: _Style, inside: Sequence[tuple[str, CurveGroup]], window: int) -> Any:
    """One window: the curves, and above them a line for the onset of each series."""
    alt = style.alt
    layers = [*_onset_layers(style, inside), *_curve_layers(style, inside)]
    main = alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT)
    only = f"{inside[0][0]}, " if len(style.domain) == 1 else ""
    title = alt.TitleParams(f"{only}window of {window:,} tokens", anchor="start", fontSize=12)
    return alt.vconcat(_strip(style, inside).properties(title=title), main, spacing=4)


def _onset_layers(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> list[Any]:
    """An upright line for each onset, and its interval shaded unless it is too crowded."""
    found = _onsets(style, inside)
    if not found:
        return []
    chart = style.chart(found)
    line = chart.mark_rule(strokeWidth=1.5).encode(
        x=style.fill("onset", axis=True), color=style.colour(), strokeDash=style.dash()
    )
    shade = chart.mark_rect(opacity=0.10).encode(
        x=style.fill("lo", axis=True), x2="hi:Q", color=style.colour()
    )
    return [line] if len(inside) > _CROWD else [shade, line]


def _curve_layers(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> list[Any]:
    """Estimated curves with their bands, measured points with their bars."""
    points, fitted = style.chart(_points(style, inside)), style.chart(_fitted(style, inside))
    x, colour = style.fill("fill", axis=True), style.colour()
    band = fitted.mark_area(opacity=0.16).encode(x=x, y=style.recall("lo"), y2="hi:Q", color=colour)
    line = fitted.mark_line(strokeWidth=1.8).encode(
        x=x, y=style.recall(), color=colour, strokeDash=style.dash()
    )
    bars = points.mark_rule(strokeWidth=1.2, opacity=0.8).encode(
        x=x, y=style.recall("lo"), y2="hi:Q", color=colour
    )
    dots = points.mark_point(filled=True, size=60, opacity=1).encode(
        x=x, y=style.recall(), color=colour, shape=style.shape()
    )
    return [line, bars, dots] if len(inside) > _CROWD else [band, line, bars, dots]


def _points(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> list[dict[str, Any]]:
    return [
        {
            "series": name,
            "fill": style.axis.at(point.at),
            "recall": _hundred(point.share.recall),
            "lo": _hundred(point.share.lo),
            "hi": _hundred(point.share.hi),
        }
        for name, group in inside
        for point in group.by_fill
    ]


def _fitted(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> list[dict[str, Any]]:
    """The estimated curve; where none can be told, the measured points joined."""
    rows = []
    for name, group in inside:
        curve = group.onset.curve
        if not curve:
            rows += [
                {**row, "lo": row["recall"], "hi": row["recall"]}
                for row in _points(style, [(name, group)])
            ]
        rows += [
            {
                "series": name,
                "fill": style.axis.at(point.fill),
                "recall": _hundred(point.recall),
                "lo": _hundred(point.lo),
                "hi": _hundred(point.hi),
            }
            for point in curve
        ]
    return rows


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


def _strip(style: _Style, inside: Sequence[tuple[str, CurveGroup]]) -> Any:
    """The onsets one under the other, with labels at the right, so that none collide."""
    alt = style.alt
    line = alt.Y("series:N", sort=style.domain, axis=None)
    labels = [
        {"series": name, "at": style.axis.last, "label": f"onset: {_onset(group)}"}
        for name, group in inside
    ]
    marks = [
        style.chart(labels)
        .mark_text(align="left", dx=8, fontSize=11, clip=False)
        .encode(x=style.fill("at", axis=False), y=line, text="label:N", color=alt.value(_INK)),
    ]
    found = _onsets(style, inside)
    if found:
        marks += [
            style.chart(found)
            .mark_rule(strokeWidth=3, opacity=0.6)
            .encode(x=style.fill("lo", axis=False), x2="hi:Q", y=line, color=style.colour()),
            style.chart(found)
            .mark_point(filled=True, size=60, opacity=1)
            .encode(
                x=style.fill("onset", axis=False), y=line, color=style.colour(), shape=style.shape()
            ),
        ]
    return alt.layer(*marks).properties(width=_WIDTH, height=_STRIP * style.rows)


def _onset(group: CurveGroup) -> str:
    """The onset in a few characters, in tokens too where the axis is one of tokens."""
    tokens = fmt.onset_tokens(group.onset) if group.window_limit > LONG_TOKENS else ""
    return f"{fmt.onset(group.onset)}{', ' if tokens else ''}{tokens}"


def _hundred(fraction: float) -> float:
    """A fraction in per cent."""
    return round(100 * fraction, 4)
