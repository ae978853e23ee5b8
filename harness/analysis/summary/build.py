"""Everything that a report says, computed once; renderers only write it down.

Its one rule: same records, same summary, in whatever order they come and however often one of
them was stored (law 11). Groups that differ in model, window, policy, memory or layout are never
pooled.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from harness.analysis.advice.advise import advise
from harness.analysis.advice.options import AdviceOptions
from harness.analysis.attribution import controls
from harness.analysis.curves import GROUP
from harness.analysis.onset import USUAL, OnsetOptions
from harness.analysis.summary.compaction_rounds import survival_by_round
from harness.analysis.summary.display_names import display_names
from harness.analysis.summary.groups import curve_groups
from harness.analysis.summary.judges import calibrated, judges
from harness.analysis.summary.memory_treatments import treatments
from harness.analysis.summary.model import Control, CurveGroup, Summary
from harness.analysis.summary.rule_adherence import adherence
from harness.analysis.summary.said_in import said_in_contrasts
from harness.analysis.summary.trials import (
    column_names,
    narrowed,
    under_prompt,
    unique_trials,
)
from harness.core.errors import NothingSelectedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.analysis.advice.cost import Prices
    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.records import Frame


def summarise(
    frame: Frame,
    *,
    criterion: float = USUAL.criterion,
    level: float = USUAL.level,
    near_empty: int | None = None,
    floor: float = 0.0,
    apart: bool = False,
    price: Prices | None = None,
    names: Mapping[str, str] | None = None,
    not_asked: tuple[str, ...] = (),
) -> Summary:
    """The summary of all records of a frame.

    Args:
        frame: Records, see `harness.analysis.records`.
        criterion: The drop from the plateau that counts as onset, in (0, 1).
        level: Probability that the interval of every onset is to hold, in (0, 1).
        near_empty: The longest prompt of the nearly empty window, in tokens; None for the usual.
        floor: The chance, in [0, 1), of naming a value that was never said.
        apart: Keep runs apart, the earliest first; else records of one model, window, policy,
            memory and layout are one group, whichever run they come from.
        price: Looks a model up in the price list, for what each threshold of a compaction costs;
            None leaves that out.
        names: What models are called in tables, by model; others get the shortest name that tells
            them apart.
        not_asked: What the runs did not ask, as sentences.

    Raises:
        NothingSelectedError: There are no records.
        UsageError: It is no frame, or a line of the records is not one.
    """
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        raise UsageError(
            f"summarise takes a frame of records, not a {type(frame).__name__}:"
            " summarise(harness.read_records(path))"
        )
    asked = OnsetOptions(criterion=criterion, level=level, near_empty=near_empty)
    rows, n_duplicates = unique_trials(narrowed(frame))
    if rows.is_empty():
        raise NothingSelectedError("there are no records to report; `harness run` makes some")
    # adherence is no recall; nothing is copied where there is none
    recall = rows.filter(pl.col("counts") != "rule") if (rows["counts"] == "rule").any() else rows
    parts = _runs(recall) if apart and recall["run_id"].n_unique() > 1 else [recall]
    # One group under the other, and the runs of each in the order of time.
    groups = sorted((group for part in parts for group in curve_groups(part, asked)), key=group_key)
    named = frame.lazy().with_columns(under_prompt(), calibrated())
    # Each of these reads the files once more, which takes longer than all else: only where needed.
    graded = judges(named) if rows["judged"].any() else {}
    crossing = rows["injected"].is_not_null().any()
    compacted = column_names(rows.filter(pl.col("compactions") > 0), "run_id")
    advised = _of_runs(frame, compacted) if apart or not compacted else [frame]
    called = display_names((group.model for group in groups), names)
    groups = [
        replace(group, judges=graded.get(group_key(group), ()), name=called[group.model])
        for group in groups
    ]
    return Summary(
        criterion=criterion,
        level=level,
        near_empty=near_empty,
        run_ids=column_names(rows, "run_id"),
        scenarios=column_names(rows, "scenario"),
        started_first=str(rows["started_at"].min()),
        started_last=str(rows["started_at"].max()),
        n_records=rows.height,
        n_duplicates=n_duplicates,
        groups=tuple(groups),
        controls=tuple(Control(**row) for row in controls(rows, floor=floor).to_dicts()),
        adherence=adherence(named, asked=asked) if recall.height < rows.height else (),
        treatments=treatments(named, floor=floor) if crossing else (),
        survival=survival_by_round(named) if rows["rounds"].is_not_null().any() else (),
        said_in=said_in_contrasts(named) if rows["said_in"].n_unique() > 1 else (),
        advice=tuple(
            one for part in advised for one in advise(part, AdviceOptions(level=level), price=price)
        ),
        not_asked=not_asked,
    )


def known_onsets(summary: Summary) -> dict[tuple[Any, ...], OnsetEstimate]:
    """The onsets of the groups that are of one run, by run and what makes them a group."""
    return {
        (group.run, *group_key(group)): group.onset
        for group in summary.groups
        if group.run is not None
    }


def group_key(group: CurveGroup) -> tuple[Any, ...]:
    """What makes a group one of its own, the run left out."""
    return tuple(getattr(group, name) for name in GROUP)


def _runs(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """The rows of each run, the earliest first."""
    return sorted(
        rows.partition_by("run_id"),
        key=lambda part: (part["started_at"].min(), part["run_id"][0]),
    )


def _of_runs(frame: Frame, run_ids: Sequence[str]) -> list[pl.LazyFrame]:
    """The records of each of these runs."""
    return [frame.lazy().filter(pl.col("run_id") == one) for one in run_ids]
