"""The report as one page: a file that opens anywhere, offline, and can be sent.

Its one rule: the page loads nothing. Its policy forbids everything but its own style and script,
which are named by their hashes; text of models and files is escaped by the template, or set as text
by the script.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.analysis.records import collect
from harness.analysis.summary.trials import under_prompt
from harness.reports.html.context import context
from harness.reports.html.payload import payload, script_json

if TYPE_CHECKING:
    from harness.analysis.records import Frame
    from harness.analysis.summary.model import Summary
    from harness.reports.report_input import ReportInput

_HERE = Path(__file__).parent
_SCRIPTS = (
    "base.js", "data.js", "address.js", "saving.js", "filters.js", "first.js", "plot.js",
    "curve.js", "distance.js", "heat.js", "outcomes.js", "search.js", "records.js", "session.js",
    "changed.js", "page.js",
)  # fmt: skip
"""In the order in which they stand in the page; one function holds them all."""

_AT_ONCE = 200_000
"""Up to so many records they are read once, into memory; more are read again for each table."""


@dataclass(frozen=True, slots=True)
class Html:
    """One file with the whole report and the records behind it."""

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Write the page."""
        path.write_text(
            page(report.summary, report.frame, report.folders),
            encoding="utf-8",
            errors="replace",
            newline="\n",
        )


def page(summary: Summary, frame: Frame, folders: tuple[Path, ...] = ()) -> str:
    """The text of the page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("harness.reports.html", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    parts = [(_HERE / "script" / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    script = "(() => {\n'use strict';\n" + "\n".join(parts) + "\n})();\n"
    if summary.n_records <= _AT_ONCE:
        frame = collect(frame)
    rows = frame.lazy().with_columns(under_prompt())
    data = payload(summary, rows, folders)
    return (
        environment.get_template("page.html.j2")
        .render(
            **context(summary, frame, data, folders),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            style_hash=_hash(style),
            script_hash=_hash(script),
            data=Markup(script_json(data)),  # noqa: S704 - as_json leaves nothing that HTML would read
        )
        .rstrip()
        + "\n"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
