"""The report as one page: a file that opens anywhere, offline, and can be sent.

Its one rule: a page loads nothing, but that the one which `harness view` serves asks its own server
for newer numbers. Its policy forbids everything but its own style and script, which are named by
their hashes; text of models and files is escaped by the template, or set as text by the script.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.analysis.comparison.sides import COMPARED
from harness.analysis.records import collect
from harness.analysis.summary.trials import under_prompt
from harness.reports.format import plain
from harness.reports.html.context import context
from harness.reports.html.payload import COLUMNS, payload, script_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

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

_LIVE_SCRIPT = "live.js"
"""Only in a page that is served: it asks its server for newer numbers."""

_AT_ONCE = 200_000
"""Up to so many records they are read once, into memory; more are read again for each table."""

_COLUMNS = tuple(dict.fromkeys((*COLUMNS, *COMPARED, "variant")))


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


def page(
    summary: Summary, frame: Frame, folders: tuple[Path, ...] = (), *, version: str | None = None
) -> str:
    """The text of the page.

    Args:
        summary: What it says.
        frame: The records behind it.
        folders: Their run folders.
        version: Names what the folders held, for a page that a server renews; None for a file.
    """
    from markupsafe import Markup

    style = (_HERE / "page.css").read_text(encoding="utf-8")
    names = _SCRIPTS if version is None else (*_SCRIPTS, _LIVE_SCRIPT)
    parts = [(_HERE / "script" / name).read_text(encoding="utf-8") for name in names]
    script = "(() => {\n'use strict';\n" + "\n".join(parts) + "\n})();\n"
    if summary.n_records <= _AT_ONCE:
        frame = collect(frame.lazy().select(_COLUMNS))
    rows = frame.lazy().with_columns(under_prompt())
    data = payload(summary, rows, folders)
    return (
        _template("page.html.j2")
        .render(
            **context(summary, frame, data, folders),
            version=version,
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            style_hash=_hash(style),
            script_hash=_hash(script),
            data=Markup(script_json(data)),  # noqa: S704 - as_json leaves nothing that HTML would read
        )
        .rstrip()
        + "\n"
    )


def waiting_page(runs: Sequence[str]) -> str:
    """A page that says that there is no record yet, and asks again by itself."""
    return str(_template("waiting.html.j2").render(runs=[plain(run) for run in runs]))


def _template(name: str) -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("harness.reports.html", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
