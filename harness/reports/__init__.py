"""Reports: one summary, many forms. The suffix of the output says which.

Its one rule: a report is whole or not there. It is written beside its place and then moved.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from harness.core.errors import UsageError, nearest
from harness.core.files import whole
from harness.core.registry import Registry
from harness.core.spec import Spec
from harness.reports.charts.layout import SCREEN, Layout
from harness.reports.report_input import ReportInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.analysis.records import Frame
    from harness.analysis.summary.model import Summary

__all__ = ["FIGURES", "Renderer", "render", "renderers"]


class Renderer(Protocol):
    """Writes a report to a path that nobody else looks at yet."""

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Write it; `frame` holds the records that the report.summary is of."""


renderers: Registry[Renderer] = Registry("renderer", Renderer)
"""By suffix, without the dot. Each is imported when a report ends in it: some bring polars, scipy
or a page."""

renderers.add("csv", "harness.reports.files.csv_file:Csv")
renderers.add("html", "harness.reports.html:Html")
renderers.add("json", "harness.reports.files.json_file:Json")
renderers.add("md", "harness.reports.markdown:Markdown")
renderers.add("parquet", "harness.reports.files.parquet_file:Parquet")
renderers.add("pdf", "harness.reports.charts.figure_files:Pdf")
renderers.add("png", "harness.reports.charts.figure_files:Png")
renderers.add("svg", "harness.reports.charts.figure_files:Svg")
renderers.add("tex", "harness.reports.files.tex_file:Tex")
renderers.add("txt", "harness.reports.terminal:Terminal")

FIGURES = ("pdf", "png", "svg")
"""Suffixes of pictures."""


def render(
    summary: Summary,
    frame: Frame,
    output: Path | str,
    *,
    folders: Iterable[Path] = (),
    figure: Layout = SCREEN,
) -> None:
    """Write a report.

    Args:
        summary: What it says.
        frame: The records, for forms that hold them.
        output: Where to; its suffix picks the form. A figure whose name contains 'heatmap' or
            'carried' is that one, any other is the curve.
        folders: The run folders of the records, for forms that show what was sent.
        figure: How large a picture is, and with what around it.

    Raises:
        UsageError: The suffix or the folder is unknown, or a figure needs the charts extra.
    """
    output = Path(output)
    suffix = output.suffix.removeprefix(".").lower()
    if suffix not in renderers.names():
        raise UsageError(
            f"'{output}': no report ends in '{output.suffix}'; {_near(suffix)}"
            f" (known suffixes: {', '.join('.' + name for name in renderers.names())})"
        )
    if not output.parent.is_dir():
        raise UsageError(f"'{output}': the folder '{output.parent}' does not exist; make it first")
    named = (kind for kind in ("heatmap", "carried", "survival") if kind in output.stem.lower())
    kind = next(named, None) if suffix in FIGURES else None
    renderer = renderers.resolve(Spec(suffix, (("kind", kind),) if kind is not None else ()))
    report = ReportInput(summary=summary, frame=frame, folders=tuple(folders), figure=figure)
    with whole(output) as beside:
        renderer.write(report, beside)


def _near(suffix: str) -> str:
    hint = nearest(suffix, renderers.names())
    return hint if hint.startswith("did") else "name the file with a known one"
