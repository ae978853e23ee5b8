"""Figures as files: recall against fill with its onset, and the heat-map of fill and position.

Its one rule: what a figure looks like is said in `figure_style`, how large it is in `layout`; here
it is drawn and written. altair is imported on first use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.errors import UsageError
from harness.core.printable import how_many
from harness.reports import format as fmt
from harness.reports.charts.carried import carried, compared
from harness.reports.charts.curve import curves
from harness.reports.charts.figure_style import FEW
from harness.reports.charts.heatmap import LABELS, heatmaps
from harness.reports.charts.layout import MM, SCREEN, Layout
from harness.reports.charts.survival import survival_caption, survival_panels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.analysis.summary.memory_model import Treatments
    from harness.analysis.summary.model import CurveGroup, Summary
    from harness.reports.report_input import ReportInput

_GREY = "#555555"
_HEADINGS = {
    "curve": "Recall as a session fills its window",
    "heatmap": "Recall by fill of the window and position of the fact",
    "carried": "Recall against tokens carried over from earlier sessions",
    "survival": "What is left after each compaction",
}
"""The kinds of figure, and what is written above each."""
_PRINT_DPI = 300
"""Dots an inch of a picture whose width was asked for."""
_POINTS = 72 / 96
"""A CSS pixel in points, the unit of a PDF."""
_LAID_OUT = ("curve", "heatmap")
"""Kinds whose panels are made for the width that is asked for; others are scaled to it."""
_SIZE = re.compile(
    r'(<svg\b[^>]*?) width="([\d.]+)"([^>]*?) height="([\d.]+)"([^>]*?) viewBox="([^"]*)"'
)


@dataclass(frozen=True, slots=True)
class Png:
    """A picture for slides and chats; 300 dots an inch where its width was asked for."""

    kind: str = "curve"
    scale: float = 2.0
    """Pixels for each unit of length."""

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Draw it."""
        text = svg(report.summary, self.kind, report.figure)
        import vl_convert

        _check_font(report.figure.font)
        # what draws it takes units for points, of which an inch has 72
        size = {"scale": self.scale}
        if report.figure.width_mm is not None:
            size = {"scale": _POINTS, "ppi": _PRINT_DPI}
        path.write_bytes(vl_convert.svg_to_png(text, **size))


@dataclass(frozen=True, slots=True)
class Svg:
    """A drawing that scales, its words still words."""

    kind: str = "curve"

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Draw it."""
        text = svg(report.summary, self.kind, report.figure)
        if report.figure.width_mm is not None:
            text = _SIZE.sub(_in_millimetres, text, count=1)
        path.write_text(text, encoding="utf-8", newline="\n")


@dataclass(frozen=True, slots=True)
class Pdf:
    """A drawing for a paper: as wide as it was asked for, the font inside."""

    kind: str = "curve"

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Draw it."""
        text = svg(report.summary, self.kind, report.figure)
        import vl_convert

        _check_font(report.figure.font)
        path.write_bytes(vl_convert.svg_to_pdf(_SIZE.sub(_in_points, text, count=1)))


def svg(summary: Summary, kind: str = "curve", layout: Layout = SCREEN) -> str:
    """The drawing, exactly as wide as the layout asks for, in units of 1/96 inch."""
    chart = draw(summary, kind, layout)
    import vl_convert

    text = str(vl_convert.vegalite_to_svg(chart.to_json()))
    if layout.width_mm is None:
        return text
    wanted = MM * layout.width_mm
    if kind in _LAID_OUT:
        # What draws it leaves room for words by a guess, generous for fonts that it does not have;
        # were it scaled, the letters would shrink with the whole.
        cut = rf'\1 width="{wanted:.2f}"\3 height="\4"\5 viewBox="0 0 {wanted:.2f} \4"'
        return _SIZE.sub(cut, text, count=1)
    return _SIZE.sub(lambda found: _resized(found, wanted / float(found[2]), ""), text, count=1)


def _in_millimetres(found: re.Match[str]) -> str:
    return _resized(found, 1 / MM, "mm")


def _in_points(found: re.Match[str]) -> str:
    """The size in points, though it does not say so: what draws the PDF takes units for points."""
    return _resized(found, _POINTS, "")


def _resized(found: re.Match[str], factor: float, unit: str) -> str:
    """The first tag in another unit; its content stays in units of its own."""
    wide, high = (f"{float(found[i]) * factor:.2f}{unit}" for i in (2, 4))
    return f'{found[1]} width="{wide}"{found[3]} height="{high}"{found[5]} viewBox="{found[6]}"'


def _check_font(font: str | None) -> None:
    """Refuse a font that would silently be another one.

    Raises:
        UsageError: It is not installed: words come out as in whatever stands behind it.
    """
    if font is None:
        return
    import vl_convert

    def drawn(families: str) -> bytes:
        words = f'<text x="2" y="20" font-family="{families}" font-size="16">Hamburg 017</text>'
        size = 'xmlns="http://www.w3.org/2000/svg" width="120" height="28"'
        return bytes(vl_convert.svg_to_png(f"<svg {size}>{words}</svg>"))

    if all(drawn(f"{font}, {other}") == drawn(other) for other in ("serif", "monospace")):
        raise UsageError(
            f"the font '{font}' is not installed here; install it, name another, or write .svg,"
            f" whose reader brings the font"
        )


def draw(summary: Summary, kind: str = "curve", layout: Layout = SCREEN) -> Any:
    """The altair chart of a summary.

    Raises:
        UsageError: The kind is unknown, altair is not installed, or there is nothing to draw.
    """
    if kind not in _HEADINGS:
        raise UsageError(f"no figure of kind '{kind}'; known: {', '.join(_HEADINGS)}")
    alt = altair()
    body, caption = _drawn(alt, summary, kind, layout)
    if layout.caption:
        body = body.properties(title=_title(alt, kind, caption, layout))
    font = {} if layout.font is None else {"font": layout.font}
    narrow = layout.width_mm is not None
    extent = LABELS if kind == "heatmap" else 30  # of labels, so that all panels are of one width
    return (
        body.properties(padding=6 if narrow else 12, background="white")
        .configure(**font)
        .configure_view(stroke=None if kind == "heatmap" else "#cccccc")
        .configure_axis(
            gridColor="#eeeeee", labelFontSize=layout.size, titleFontSize=layout.size,
            titleFontWeight=500,
        )
        .configure_axisY(minExtent=extent, maxExtent=extent)
        .configure_legend(
            labelLimit=0, titleLimit=0, labelFontSize=layout.size, titleFontSize=layout.size,
            gradientLength=100,
        )
    )  # fmt: skip


def _title(alt: Any, kind: str, lines: Sequence[str], layout: Layout) -> Any:
    """What stands above the figure: what it shows, of what, and how it is read."""
    if layout.width_mm is not None:
        columns = int((MM * layout.width_mm - 16) / layout.width_of("x"))
        lines = [part for line in lines for part in fmt.wrap(line, columns)]
    return alt.TitleParams(
        _HEADINGS[kind], subtitle=list(lines), anchor="start", offset=14,
        fontSize=15 if layout.width_mm is None else layout.size + 2,
        subtitleColor=_GREY, subtitleFontSize=layout.size,
    )  # fmt: skip


def _drawn(alt: Any, summary: Summary, kind: str, layout: Layout) -> tuple[Any, list[str]]:
    """The chart, and what stands below its title.

    Raises:
        UsageError: There is nothing to draw.
    """
    if kind == "carried":
        every = compared(summary.treatments)
        if not every:
            raise UsageError("nothing to draw: no question is about an earlier session")
        return carried(alt, every), _of_memories(summary, every)
    if kind == "survival":
        if not summary.survival:
            raise UsageError("nothing to draw: nothing went through a compaction")
        return survival_panels(alt, summary.survival), survival_caption(summary, summary.survival)
    drawn = [
        group for group in summary.groups if (group.cells if kind == "heatmap" else group.by_fill)
    ]
    if not drawn:
        raise UsageError("nothing to draw: no probe of the main arm has a score")
    body = (heatmaps if kind == "heatmap" else curves)(alt, drawn, layout)
    return body, _caption(summary, drawn, kind, layout)


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


def _caption(
    summary: Summary, groups: Sequence[CurveGroup], kind: str, layout: Layout
) -> list[str]:
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
        many = ", and how many probes" if layout.width_mm is None else ""
        lines.append(f"Each cell: recall in %{many}; the start of session on top.")
        lines.append(f"Pale and hatched: fewer than {FEW} probes. Blank: not probed.")
    else:
        drop = f"{round(100 * summary.criterion, 1):g} points"
        fitted = any(group.onset.curve for group in groups)
        lines += [
            "Points: measured, with 95 % Wilson bars. "
            + ("Line and band: estimated curve, 95 %." if fitted else "Lines join the points."),
            f"Onset (upright line; above, with its 95 % interval): {drop} below the own plateau.",
        ]
    return lines
