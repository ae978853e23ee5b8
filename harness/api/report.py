"""A report at a prompt: its first table as text, its table and curve in a notebook, any file."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from harness.analysis.comparison.for_report import against
from harness.analysis.records import read_records
from harness.analysis.summary.build import summarise
from harness.core.errors import UsageError
from harness.reports import render
from harness.reports.first_table import HEADER, explained, first_rows, told_sentences
from harness.reports.sections.first_table_lines import first_table_lines, onset_parts
from harness.reports.terminal import terminal
from harness.reports.terminal_style import TerminalStyle
from harness.runs.folder.run_json import ends

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.analysis.records import Frame
    from harness.analysis.summary.model import Summary
    from harness.reports.first_table import FirstRow

_CELL = "text-align:{side};padding:.2em .7em;vertical-align:top"
_LEFT = frozenset({"model", "onset", "lost_by"})


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """The report of runs: `print` it, show it in a notebook, or save it."""

    summary: Summary
    """Every number of it."""
    frame: Frame
    """The records that it is of."""
    folders: tuple[Path, ...]

    @classmethod
    def of(cls, folders: Sequence[str | Path], names: Mapping[str, str] | None = None) -> Report:
        """The report of run folders, each run apart.

        Args:
            folders: The folders, as the results of runs name them.
            names: What models are called, by model.

        Raises:
            UsageError: A path is no run folder, or one text is given in place of several.
        """
        if isinstance(folders, str | Path):
            raise UsageError(
                f"Report.of takes several folders; of one: Report.of([{str(folders)!r}])"
            )
        paths = tuple(map(Path, folders))
        frame = read_records(paths)
        found = summarise(frame, apart=True, names=names, not_asked=ends(paths))
        return cls(found, frame, paths)

    def save(self, path: str | Path) -> Path:
        """Write it to a file; the suffix says what: .html .md .json .csv .svg .png, and others.

        Raises:
            UsageError: No report ends so, or the folder is not there.
        """
        output = Path(path)
        render(self.summary, self.frame, output, folders=self.folders)
        return output

    def __str__(self) -> str:
        return terminal(self.summary, against(self.summary, self.frame))

    def __repr__(self) -> str:
        return "\n".join(first_table_lines(first_rows(self.summary), TerminalStyle()))

    def _repr_html_(self) -> str:
        """The first table, its sentences and the curve, which needs the charts extra."""
        rows = first_rows(self.summary)
        heads = "".join(_cell(name, HEADER[name], "th") for name in HEADER)
        lines = "".join(f"<tr>{_html_row(row)}</tr>" for row in rows)
        said = "".join(f"<li>{escape(words)}</li>" for words in told_sentences(self.summary))
        note = f"<p><small>{escape(explained(self.summary))}</small></p>"
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
        return f"<div>{table}<ul>{said}</ul>{note}{self._curve()}</div>"

    def _curve(self) -> str:
        if not (find_spec("altair") and find_spec("vl_convert")):
            return "<p><small>pip install 'session-harness[charts]' draws the curve.</small></p>"
        if not any(group.by_fill for group in self.summary.groups):
            return ""
        with TemporaryDirectory() as folder:
            return self.save(Path(folder) / "curve.svg").read_text(encoding="utf-8")


def _html_row(row: FirstRow) -> str:
    return "".join(_cell(name, _told(row, name), "td") for name in HEADER)


def _told(row: FirstRow, name: str) -> str:
    if name == "model":
        return ", ".join(filter(None, (row.model, row.told_apart)))
    return ", ".join(onset_parts(row)) if name == "onset" else str(getattr(row, name))


def _cell(name: str, text: str, tag: str) -> str:
    style = _CELL.format(side="left" if name in _LEFT else "right")
    return f'<{tag} style="{style}">{escape(text)}</{tag}>'
