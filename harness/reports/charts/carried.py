"""Recall against tokens carried: one point a memory, budgets of one memory joined by a line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from harness.core.spec import Spec
from harness.reports import format as fmt
from harness.reports.charts.curve import SHAPES
from harness.reports.charts.figure_style import COLOURS, MARKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.summary.memory_model import Carrying, Treatments

_WIDTH, _HEIGHT = 620, 380
_LINEAR = 20
"""Up to so many tokens the axis is even, so that nothing carried has a place on it."""
_FIRST = -2.5
"""Where the axis begins, so that a point at 0 is seen whole."""
_GAP, _LETTER, _DOT = 9.0, 6.0, 5.0
"""Pixels: from a point to its name, of a letter, of half a point."""
_HIGH = 4.0
"""Height of a name in points of recall."""
_AWAY = (0.0, *(sign * step for step in range(2, 60, 2) for sign in (-1.0, 1.0)))
"""How far from its point a name is tried, in points of recall: the nearest free place is taken."""


def compared(every: Sequence[Treatments]) -> list[Treatments]:
    """What is drawn of all comparisons: for each model and window all scenarios together."""
    last: dict[tuple[str, int], Treatments] = {}
    for found in every:
        last[found.model, found.window_limit] = found
    return list(last.values())


def carried(alt: Any, every: Sequence[Treatments]) -> Any:
    """One panel a model and window."""
    names = sorted({_family(row) for found in every for row in found.rows})
    charts = [_panel(alt, found, names) for found in every]
    return alt.concat(*charts, columns=2, spacing=30)


def _panel(alt: Any, found: Treatments, names: Sequence[str]) -> Any:
    rows = [_point(row) for row in found.rows]
    far = max(100.0, *(row["tokens"] for row in rows))
    ticks = [0, *(10**power * step for power in range(1, 7) for step in (2, 5, 10))]
    domain = [_FIRST, 2.4 * far]  # room for the name behind the last point
    x = alt.X(
        "tokens:Q",
        scale=alt.Scale(type="symlog", constant=_LINEAR, domain=domain, nice=False),
        axis=alt.Axis(
            title="tokens carried into a session, on average",
            values=[tick for tick in ticks if tick <= domain[1]],
            format=",d",
        ),
    )
    y = alt.Y("recall:Q", scale=alt.Scale(domain=[0, 100]), title="facts recalled (%)")
    colour = alt.Color("family:N", scale=_scale(alt, names, COLOURS), legend=None)
    shape = alt.Shape(
        "family:N", scale=_scale(alt, names, [SHAPES[mark] for mark in MARKS]), legend=None
    )
    chart = alt.Chart(alt.InlineData(values=rows))
    line = chart.mark_line(strokeWidth=1.5, strokeDash=[4, 3]).encode(
        x=x, y=y, color=colour, detail="family:N", order="tokens:Q"
    )
    bars = chart.mark_rule(strokeWidth=1.6, opacity=0.8).encode(
        x=x, y=alt.Y("lo:Q"), y2="hi:Q", color=colour
    )
    dots = chart.mark_point(filled=True, size=90, opacity=1).encode(
        x=x, y=y, color=colour, shape=shape
    )
    placed = alt.Chart(alt.InlineData(values=_labels(rows, domain[1])))
    at = {"align": "left", "dx": 9, "dy": -1, "fontSize": 11}
    named = {"x": x, "y": alt.Y("at:Q"), "text": "memory:N"}
    halo = placed.mark_text(**at, stroke="white", strokeWidth=3).encode(**named)
    labels = placed.mark_text(**at).encode(**named, color=colour)
    title = alt.TitleParams(
        f"{fmt.plain(found.model)}, window of {found.window_limit:,} tokens,"
        f" {found.n_facts:,} questions about earlier sessions",
        anchor="start",
        fontSize=12,
    )
    layers = alt.layer(line, bars, halo, dots, labels)
    return layers.properties(width=_WIDTH, height=_HEIGHT, title=title)


def _point(row: Carrying) -> dict[str, Any]:
    return {
        "memory": fmt.plain(_label(row)),
        "family": _family(row),
        "tokens": row.carried_tokens,
        "recall": 100 * row.share.recall,
        "lo": 100 * row.share.lo,
        "hi": 100 * row.share.hi,
    }


def _labels(rows: Sequence[dict[str, Any]], most: float) -> list[dict[str, Any]]:
    """Where each name stands: beside its point, or where it covers no name and no other point.

    Args:
        rows: The points.
        most: Tokens at the end of the axis.
    """
    placed: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: (-row["recall"], -row["tokens"])):
        left = _across(row["tokens"], most) + _GAP
        box = {"left": left, "right": left + _LETTER * len(row["memory"])}
        for away in _AWAY:
            at = min(max(row["recall"] + away, 1.0), 98.0)
            if not any(_covers(box, at, other) for other in placed) and not any(
                _covers_point(box, at, other, most) for other in rows if other is not row
            ):
                break
        placed.append({**row, **box, "at": at})
    return placed


def _across(tokens: float, most: float) -> float:
    """Where so many tokens stand on the axis, in pixels from its left end."""
    ends = (_FIRST, most, tokens)
    first, last, here = (math.copysign(math.log1p(abs(x) / _LINEAR), x) for x in ends)
    return _WIDTH * (here - first) / (last - first)


def _covers(box: dict[str, float], at: float, other: dict[str, Any]) -> bool:
    """Whether a name at that height would cover one that is placed."""
    beside = box["left"] < other["right"] and other["left"] < box["right"]
    return bool(beside and abs(at - other["at"]) < _HIGH)


def _covers_point(box: dict[str, float], at: float, other: dict[str, Any], most: float) -> bool:
    """Whether a name at that height would cover a point."""
    x = _across(other["tokens"], most)
    return box["left"] - _DOT < x < box["right"] + _DOT and abs(at - other["recall"]) < _HIGH


def _label(row: Carrying) -> str:
    """The name of a memory, short: an address tells nothing on a slide."""
    spec = Spec.parse(row.memory)
    options = [f"{key}={value}" for key, value in spec.options if "/" not in value]
    return " ".join([spec.name, *options])


def _family(row: Carrying) -> str:
    return fmt.plain(Spec.parse(row.memory).name)


def _scale(alt: Any, names: Sequence[str], values: Sequence[Any]) -> Any:
    cycled = [values[i % len(values)] for i in range(len(names))]
    return alt.Scale(domain=list(names), range=cycled)
