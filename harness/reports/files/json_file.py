"""The summary as JSON: the shape of `harness.analysis.summary.model`, field by field.

Its one rule: the published shape is versioned by `schema`; fractions are rounded to six digits.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.analysis.onset import OnsetEstimate

if TYPE_CHECKING:
    from pathlib import Path

    from harness.reports.report_input import ReportInput

_DIGITS = 6
INTERNAL = {"posterior"}
"""Fields of the onset that only a comparison needs: hundreds of numbers."""


@dataclass(frozen=True, slots=True)
class Json:
    """One JSON document."""

    indent: int = 2

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Write the document."""
        text = json.dumps(
            to_data(report.summary), ensure_ascii=False, allow_nan=False, indent=self.indent or None
        )
        path.write_text(text + "\n", encoding="utf-8", errors="replace", newline="\n")


def to_data(value: object) -> object:
    """The value as JSON knows it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.name not in INTERNAL]
        data = {name: to_data(getattr(value, name)) for name in names}
        if isinstance(value, OnsetEstimate):
            data["message"] = value.message
        return data
    if isinstance(value, tuple):
        return [to_data(item) for item in value]
    if isinstance(value, float):
        return round(value, _DIGITS)
    return value
