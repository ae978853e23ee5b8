"""What reports look like, word for word. After a wanted change: HARNESS_GOLDEN=write pytest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.analysis.records import from_records
from harness.reports import render

if TYPE_CHECKING:
    from harness.analysis.summary.model import Summary
    from harness.core.record import Record

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("suffix", ["txt", "md", "json", "csv"])
def test_the_report_is_the_golden_one(
    summary: Summary, records: list[Record], tmp_path: Path, suffix: str
) -> None:
    output = tmp_path / f"report.{suffix}"
    render(summary, from_records(records), output)
    golden = GOLDEN / output.name
    if os.environ.get("HARNESS_GOLDEN") == "write":
        golden.write_bytes(output.read_bytes())
    assert output.read_text(encoding="utf-8") == golden.read_text(encoding="utf-8")
