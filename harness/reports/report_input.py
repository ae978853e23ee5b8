"""What a report is made from, whatever its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.reports.charts.layout import SCREEN, Layout

if TYPE_CHECKING:
    from pathlib import Path

    from harness.analysis.records import Frame
    from harness.analysis.summary.model import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """What every renderer is given."""

    summary: Summary
    """What the report says."""
    frame: Frame
    """The records that the summary is of, for forms that hold them."""
    folders: tuple[Path, ...] = ()
    """The run folders of the records, for forms that show what was sent."""
    figure: Layout = SCREEN
    """How large a picture is, for forms that are one."""
