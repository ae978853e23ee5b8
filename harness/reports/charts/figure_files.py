"""Figures: recall against fill with its onset, and the heat-map of fill and position.

Its one rule: a figure is read in grey and by the colour-blind too, so a series differs from the
others in colour (Okabe and Ito's), dash and shape at once. altair is imported on first use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.errors import UsageError
from harness.core.printable import how_many
from harness.reports import format as fmt
from harness.reports.charts.carried import carried, compared
from harness.reports.charts.curve import curves
from harness.reports.charts.heatmap import heatmaps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.analysis.summary.model import CurveGroup, Summary, Treatments
    from harness.reports.report_input import ReportInput

_GREY = "#555555"
_HEADINGS = {
    "curve": "Recall as a session fills its window",
    "heatmap": "Recall by fill of the window and position of the fact",
    "carried": "Recall against tokens carried over from earlier sessions",
}
"""The kinds of figure, and what is written above each."""


@dataclass(frozen=True, slots=True)
class Png:
    """A picture for slides and chats."""

    kind: str = "curve"
    scale: float = 2.0
    """Pixels for each unit of length."""

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Draw it."""
        chart = draw(report.summary, self.kind)
        chart.save(str(path), format="png", scale_factor=self.scale)


@dataclass(frozen=True, slots=True)
class Svg:
    """A drawing that scales."""

    kind: str = "curve"

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Draw it."""
        draw(report.summary, self.kind).save(str(path), format="svg")


def draw(summary: Summary, kind: str = "curve") -> Any:
    """The altair chart of a summary.

    Raises:
        UsageError: The kind is unknown, altair is not installed, or there is nothing to draw.
    """
    if kind not in _HEADINGS:
        raise UsageError(f"no figure of kind '{kind}'; known: {', '.join(_HEADINGS)}")
    alt = altair()
    body, caption = _drawn(alt, summary, kind)
    title = alt.TitleParams(
        _HEADINGS[kind], subtitle=caption, anchor="start", fontSize=15, offset=14,
        subtitleColor=_GREY, subtitleFontSize=11,
    )  # fmt: skip
    return (
        body.properties(title=title, padding=12, background="white")
        .configure_view(stroke="#cccccc")
        .configure_axis(
            gridColor="#eeeeee", labelFontSize=11, titleFontSize=11, titleFontWeight=500
        )
        .configure_legend(labelLimit=0, titleLimit=0, labelFontSize=11, symbolSize=90)
    )


def _drawn(alt: Any, summary: Summary, kind: str) -> tuple[Any, list[str]]:
    """The chart, and what stands below its title.

    Raises:
        UsageError: There is nothing to draw.
    """
    if kind == "carried":
        every = compared(summary.treatments)
        if not every:
            raise UsageError("nothing to draw: no question is about an earlier session")
        return carried(alt, every), _of_memories(summary, every)
    drawn = [
        group for group in summary.groups if (group.cells if kind == "heatmap" else group.by_fill)
    ]
    if not drawn:
        raise UsageError("nothing to draw: no probe of the main arm has a score")
    body = heatmaps(alt, drawn) if kind == "heatmap" else curves(alt, drawn)
    return body, _caption(summary, drawn, kind)


def _of_memories(summary: Summary, every: Sequence[Treatments]) -> list[str]:
    sessions = max(row.share.sessions for found in every for row in found.rows)
    when = fmt.date_range(summary.started_first, summary.started_last)
    scenarios = fmt.plain(", ".join(summary.scenarios))
    return [
        f"{scenarios}; {how_many(sessions, 'chain')} of sessions a memory; {when}",
        "Points: measured, with 95 % Wilson bars. Dashes join the budgets of one memory.",
    ]


def altair() -> Any:
    """The module, with what it saves pictures with.

    Raises:
        UsageError: It is not installed.
    """
    try:
        import altair as alt
        import vl_convert  # noqa: F401 - altair saves pictures with it
    except ImportError as error:
        raise UsageError(
            "figures need the charts extra: pip install 'session-harness[charts]'"
        ) from error
    return alt


def _caption(summary: Summary, groups: Sequence[CurveGroup], kind: str) -> list[str]:
    """What every reader of a figure asks: how much, when, under which settings."""
    probes = sum(group.n_probes for group in groups)
    sessions = sorted({group.n_sessions for group in groups})
    each = f"{sessions[0]:,}" if len(sessions) == 1 else f"{sessions[0]:,} to {sessions[-1]:,}"
    windows = sorted({group.window_limit for group in groups})
    limits = ", ".join(f"{limit:,}" for limit in windows)
    when = fmt.date_range(summary.started_first, summary.started_last)
    settings = {
        "policy": {group.policy for group in groups},
        "memory": {group.memory for group in groups},
        "layout": {group.layout for group in groups},
    }
    same = [f"{name} {fmt.plain(*found)}" for name, found in settings.items() if len(found) == 1]
    one = "" if sessions == [1] else "s"
    per = " a series" if len(groups) > 1 else ""
    plural = "s" if len(windows) > 1 else ""
    size = f"{how_many(probes, 'probe')}, {each} session{one}{per}"
    lines = [
        f"{size}; window{plural} of {limits} tokens; {when}",
        *([", ".join(same)] if same else []),
    ]
    if kind == "heatmap":
        lines.append("Each cell: recall in %, and how many probes. Blank: not probed.")
    else:
        drop = f"{round(100 * summary.criterion, 1):g} points"
        fitted = any(group.onset.curve for group in groups)
        lines += [
            "Points: measured, with 95 % Wilson bars. "
            + ("Line and band: estimated curve, 95 %." if fitted else "Lines join the points."),
            f"Onset (upright line; above, with its 95 % interval): {drop} below the own plateau.",
        ]
    return lines
