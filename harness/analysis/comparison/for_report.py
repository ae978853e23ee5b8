"""What a report sets against each other: the newest run and those before it, models, prompts.

Its one rule: comparisons are paired on the same sessions, see `versus`; the onsets are those of the
summary, never estimated twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.analysis.comparison.many_sides import versus
from harness.analysis.comparison.sides import compared_columns, make_side, split, with_short_names
from harness.analysis.summary.build import known_onsets
from harness.core.errors import HarnessError

if TYPE_CHECKING:
    import polars as pl

    from harness.analysis.comparison.many_sides import Versus
    from harness.analysis.comparison.sides import By, Side
    from harness.analysis.records import Frame
    from harness.analysis.summary.model import Summary

BEFORE = 3
"""Runs that the newest is compared with."""
MOST_PAIRS = 6
"""With more sides than this each is compared with the first only."""
MOST_RECORDS = 300_000
"""Reports of more leave comparisons to `harness compare`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """One table of comparisons."""

    title: str
    run: str | None
    """The run whose sides these are; None where runs are compared."""
    found: Versus | None
    missing: str | None
    """Why there is no comparison, where there is none."""


def against(summary: Summary, frame: Frame) -> tuple[Against, ...]:
    """The comparisons of a report; none where there is one run of one model.

    Args:
        summary: Of the same records, runs apart.
        frame: Records, `model` as it was asked.
    """
    if summary.n_records > MOST_RECORDS:
        return ()
    rows = compared_columns(frame)
    runs = sorted(rows.partition_by("run_id"), key=lambda part: str(part["started_at"].min()))
    tables = [_over_time(summary, runs)] if len(runs) > 1 else []
    newest = runs[-1]
    by: tuple[By, ...] = ("model", "variant")
    tables += [_inside(summary, newest, way) for way in by if newest[way].n_unique() > 1]
    return tuple(tables)


def _over_time(summary: Summary, runs: list[pl.DataFrame]) -> Against:
    title = "The newest run against those before it"
    try:
        sides = with_short_names(
            [make_side(part["run_id"][0], part) for part in runs[-1 - BEFORE :]]
        )
        last = len(sides) - 1
        couples = [(i, last) for i in range(last)]
        found = versus(sides, couples=couples, **_asked(summary))
    except HarnessError as error:
        return Against(title=title, run=None, found=None, missing=str(error))
    return Against(title=title, run=None, found=found, missing=None)


def _asked(summary: Summary) -> dict[str, Any]:
    """What the summary means by an onset, and the onsets that it has found."""
    return {
        "level": summary.level,
        "criterion": summary.criterion,
        "near_empty": summary.near_empty,
        "known": known_onsets(summary),
    }


def _inside(summary: Summary, rows: pl.DataFrame, by: By) -> Against:
    title = {"model": "Models against each other"}.get(by, "System prompts against each other")
    run = str(rows["run_id"][0])
    sides: list[Side] = split(make_side(run, rows), by)
    first = sides[0].name if len(sides) > MOST_PAIRS else None
    try:
        found = versus(sides, by=by, reference=first, **_asked(summary))
    except HarnessError as error:
        return Against(title=title, run=run, found=None, missing=str(error))
    return Against(title=title, run=run, found=found, missing=None)
