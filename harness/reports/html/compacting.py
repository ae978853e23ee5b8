"""Where to compact, as rows of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.reports import format as fmt
from harness.reports.html.shown_with import shown_with
from harness.reports.sections import advice

if TYPE_CHECKING:
    from harness.analysis.advice.model import Advice


def advice_rows(found: Advice, *, several: bool) -> dict[str, Any]:
    """The thresholds of one model and compaction, side by side."""
    return {
        "shown_with": shown_with(model=found.model, window=found.window_limit, memory=found.memory),
        "title": fmt.plain(advice.advice_title(found, several=several)),
        "advice": fmt.plain(found.advice),
        "words": [fmt.plain(words) for words in advice.advice_basis(found)],
        "header": [name.rstrip(">") for name in advice.HEADER],
        "rows": [advice.cells(found, one) for one in found.choices],
    }
