"""Runs side by side, each by its date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.reports import format as fmt

if TYPE_CHECKING:
    from harness.analysis.summary.model import CurveGroup, Summary


def over_time(summary: Summary) -> list[dict[str, Any]]:
    """A row for each group of each run, those of equal conditions in the order of their dates.

    Empty where there is one run, or where runs are pooled.
    """
    groups = [(i, group) for i, group in enumerate(summary.groups) if group.run is not None]
    if len({group.run for _, group in groups}) < 2:  # noqa: PLR2004 - two are several
        return []
    return [_row(*numbered) for numbered in sorted(groups, key=_order)]


def _order(numbered: tuple[int, CurveGroup]) -> tuple[Any, ...]:
    _, group = numbered
    same = (group.window_limit, group.policy, group.memory, group.layout)
    return (*same, group.started, group.run, group.model)


def _row(number: int, group: CurveGroup) -> dict[str, Any]:
    found = group.onset
    right = sum(point.share.recall * point.share.n for point in group.by_fill)
    return {
        "number": number,
        "run": fmt.plain((group.run or "").rpartition("_")[2]),
        "day": fmt.day(group.started),
        "model": fmt.plain(group.model),
        "window": f"{group.window_limit:,}",
        "policy": fmt.plain(group.policy),
        "n": f"{group.n_probes:,}",
        "plateau": fmt.percent(found.plateau, 0),
        "recall": fmt.percent(right / group.n_probes if group.n_probes else None),
        "onset": fmt.onset(found),
        "open": found.verdict == "not_reached",
        "x": None if found.onset is None else round(100 * found.onset, 2),
        "x_lo": round(100 * (found.lo or 0.0), 2),
        "x_hi": round(100 * (1.0 if found.hi is None else min(found.hi, 1.0)), 2),
    }
