"""The records themselves, compact: read by polars, pandas or DuckDB in a blink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.analysis.records import write_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from harness.reports.report_input import ReportInput


@dataclass(frozen=True, slots=True)
class Parquet:
    """All records with all fields, in the order in which they were stored."""

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Write the table, a piece at a time."""
        write_parquet(report.frame, path)
