"""Runs side by side: each by its date, and the newest against the three before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.analysis.sides import make_side, named, needed
from harness.analysis.summary import known_onsets
from harness.analysis.versus import versus
from harness.core.errors import HarnessError
from harness.reports import text
from harness.reports.html.contrasts import drawn, family

if TYPE_CHECKING:
    import polars as pl

    from harness.analysis.findings import Group, Summary
    from harness.analysis.frame import Frame

BEFORE = 3
"""Runs that the newest is compared with."""


def over_time(summary: Summary, frame: Frame) -> dict[str, Any] | None:
    """The runs in the order of their dates; None where there is one."""
    if len(summary.run_ids) < 2:  # noqa: PLR2004 - two are several
        return None
    groups = sorted(
        (group for group in summary.groups if group.run is not None),
        key=lambda group: (group.started, group.run),
    )
    return {"rows": [_row(group) for group in groups], **_newest(summary, frame)}


def _row(group: Group) -> dict[str, Any]:
    found = group.onset
    right = sum(point.share.recall * point.share.n for point in group.by_fill)
    return {
        "run": text.plain((group.run or "").rpartition("_")[2]),
        "day": text.day(group.started),
        "model": text.plain(group.model),
        "window": f"{group.window_limit:,}",
        "policy": text.plain(group.policy),
        "n": f"{group.n_probes:,}",
        "plateau": text.percent(found.plateau, 0),
        "recall": text.percent(right / group.n_probes if group.n_probes else None),
        "onset": text.onset(found),
        "x": None if found.onset is None else round(100 * found.onset, 2),
        "x_lo": round(100 * (found.lo or 0.0), 2),
        "x_hi": round(100 * (1.0 if found.hi is None else min(found.hi, 1.0)), 2),
    }


def _newest(summary: Summary, frame: Frame) -> dict[str, Any]:
    """The newest run against up to three before it."""
    parts: list[pl.DataFrame] = sorted(
        needed(frame).partition_by("run_id"), key=lambda rows: str(rows["started_at"].min())
    )
    sides = named([make_side(rows["run_id"][0], rows) for rows in parts[-1 - BEFORE :]])
    last = len(sides) - 1
    try:
        found = versus(
            sides, by="run", couples=[(i, last) for i in range(last)], known=known_onsets(summary)
        )
    except HarnessError as error:
        return {"missing": text.plain(str(error)), "against": []}
    return {"missing": None, "against": drawn(found.matches), **family(found)}
