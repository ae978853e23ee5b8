"""The first table as LaTeX, ready for a paper to take in.

Its one rule: the words and numbers are those of every other report; a name never becomes a command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.reports.first_table import HEADER, explained, first_rows
from harness.reports.format import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.reports.first_table import FirstRow
    from harness.reports.report_input import ReportInput

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "–": "--",
}  # fmt: skip
_NUMBERS = frozenset({"window", "nearly_empty", "near_full", "cost", "latency"})


@dataclass(frozen=True, slots=True)
class Tex:
    """A tabular with the rules of booktabs; what its columns mean stands in a comment."""

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Write the table."""
        columns = "".join("r" if name in _NUMBERS else "l" for name in HEADER)
        lines = [
            f"% {' '.join(explained(report.summary).split())}",
            "% Needs \\usepackage{booktabs}; compile with UTF-8.",
            f"\\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            _line(title.capitalize() for title in HEADER.values()),
            r"\midrule",
            *(_line(_cells(row)) for row in first_rows(report.summary)),
            r"\bottomrule",
            r"\end{tabular}",
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="replace", newline="\n")


def _line(cells: Iterable[str]) -> str:
    return " & ".join(map(escape_latex, cells)) + r" \\"


def _cells(row: FirstRow) -> list[str]:
    """The cells of a row, in the order of the header."""
    name = f"{row.model}, {row.told_apart}" if row.told_apart else row.model
    cells = {"model": name, "window": row.window, "nearly_empty": row.nearly_empty,
             "near_full": row.near_full, "onset": _onset(row), "lost_by": row.lost_by,
             "cost": row.cost, "latency": row.latency}  # fmt: skip
    return [cells[column] for column in HEADER]


def _onset(row: FirstRow) -> str:
    """The onset in tokens and in per cent, each with its interval; else the verdict."""
    if row.verdict == "before":
        return f"before {row.onset_tokens} tokens ({row.onset_percent})"
    if row.onset_percent == NOTHING:
        return row.verdict
    share = f"{row.onset_percent} ({row.interval_percent} %)"
    if row.onset_tokens == NOTHING:
        return share
    return f"{row.onset_tokens} tokens ({row.interval_tokens}), {share}"


def escape_latex(text: str) -> str:
    r"""Text that LaTeX sets as it is.

    >>> escape_latex("fading?onset=0.6&limit=8_000")
    'fading?onset=0.6\\&limit=8\\_000'
    """
    return "".join(_SPECIAL.get(char, char) for char in text)
