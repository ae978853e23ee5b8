"""The picture of a calibration: for each law the truth, and every study's estimate and interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.core.errors import UsageError
from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.calibration.results import CalibrationRow, Weight

_HOLDS, _MISSES, _TRUTH = "#0072B2", "#D55E00", "#000000"
"""Okabe and Ito (2008), https://jfly.uni-koeln.de/color/."""

_WIDTH, _ROW, _LEAST = 520, 3, 34
_GREY = "#555555"
_MARKS = (
    "holds the truth, or rightly claims no onset",
    "misses the truth, or claims an onset where there is none",
    "true onset",
)


def chart(named: Sequence[tuple[str, Weight]], title: str) -> Any:
    """One panel a law, one line a study.

    Args:
        named: The laws and how each is called.
        title: What was done, in a line.

    Raises:
        UsageError: altair is not installed.
    """
    try:
        import altair as alt
        import vl_convert  # noqa: F401 - altair saves pictures with it
    except ImportError as error:
        raise UsageError(
            "figures need the charts extra: pip install 'session-harness[charts]'"
        ) from error
    last = len(named) - 1
    panels = [
        _panel(alt, name, weight, axis=place == last) for place, (name, weight) in enumerate(named)
    ]
    heading = alt.TitleParams(
        "Where forgetting begins: truth and estimate",
        subtitle=[f"{title}.", "A line is a study: estimate and 95 % interval, sorted."],
        anchor="start", fontSize=15, offset=14, subtitleColor=_GREY, subtitleFontSize=11,
    )  # fmt: skip
    return (
        alt.vconcat(*panels, spacing=6)
        .resolve_scale(color="shared", shape="shared")
        .properties(title=heading, padding=12, background="white")
        .configure_view(stroke="#cccccc")
        .configure_axis(gridColor="#eeeeee", labelFontSize=11, titleFontSize=11)
        .configure_legend(labelLimit=0, labelFontSize=11)
    )


def _panel(alt: Any, name: str, weight: Weight, *, axis: bool) -> Any:
    """The studies of one law over the fill, and the truth as an upright line."""
    title = "fill of the window (%)" if axis else None
    shown = alt.Axis(title=title, labels=axis, ticks=axis, grid=True, tickCount=10)
    scale = alt.Scale(domain=[0, 100], nice=False)

    def fill(field: str) -> Any:
        return alt.X(f"{field}:Q", scale=scale, axis=shown)

    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(_MARKS), range=[_HOLDS, _MISSES, _TRUTH]),
        legend=alt.Legend(title=None, orient="bottom", symbolOpacity=1),
    )
    shape = alt.Shape(
        "kind:N",
        scale=alt.Scale(domain=list(_MARKS), range=["circle", "cross", "stroke"]),
        legend=alt.Legend(title=None, orient="bottom"),
    )
    line = alt.Y("study:O", axis=None)
    rows = _rows(weight)
    intervals = _chart(alt, [row for row in rows if row["lo"] is not None])
    dots = _chart(alt, [row for row in rows if row["onset"] is not None])
    layers = [
        intervals.mark_rule(strokeWidth=1.6, opacity=0.6).encode(
            x=fill("lo"), x2="hi:Q", y=line, color=colour
        ),
        dots.mark_point(filled=True, size=26, opacity=1).encode(
            x=fill("onset"), y=line, color=colour, shape=shape
        ),
    ]
    if weight.kind == "onset" and weight.truth is not None:
        truth = _chart(alt, [{"at": 100 * weight.truth, "kind": _MARKS[2]}])
        layers.append(
            truth.mark_rule(strokeWidth=2, strokeDash=[5, 3]).encode(x=fill("at"), color=colour)
        )
    layers.append(_label(alt, name, weight))
    height = max(_LEAST, _ROW * len(weight.readings))
    return alt.layer(*layers).properties(width=_WIDTH, height=height)


def _label(alt: Any, name: str, weight: Weight) -> Any:
    """The law's name and its truth, at the right of its panel."""
    truth = {"none": "no onset", "floor": "poor from the start: no onset can be told"}
    said = truth.get(weight.kind) or f"true onset {fmt.percent(weight.truth)}"
    return (
        _chart(alt, [{"label": [name, said]}])
        .mark_text(align="left", dx=8, fontSize=11, clip=False, color=_GREY, lineBreak="\n")
        .encode(x=alt.value(_WIDTH), y=alt.value(_LEAST / 2 - 6), text="label:N")
    )


def _chart(alt: Any, rows: Sequence[dict[str, Any]]) -> Any:
    return alt.Chart(alt.InlineData(values=list(rows)))


def _rows(weight: Weight) -> list[dict[str, Any]]:
    """A row a study, the lowest estimates first."""
    ordered = sorted(weight.readings, key=lambda r: (_or_far(r.onset), _or_far(r.lo)))
    return [
        {
            "study": place,
            "onset": None if one.onset is None else 100 * one.onset,
            "lo": None if one.lo is None else 100 * one.lo,
            "hi": 100.0 if one.hi is None else 100 * one.hi,
            "kind": _MARKS[0] if _well(one, weight) else _MARKS[1],
        }
        for place, one in enumerate(ordered)
    ]


def _or_far(fill: float | None) -> float:
    return 2.0 if fill is None else fill


def _well(one: CalibrationRow, weight: Weight) -> bool:
    """Whether the study says nothing that is wrong."""
    if weight.kind != "onset" or weight.truth is None:
        return not one.found
    return one.covers(weight.truth)
