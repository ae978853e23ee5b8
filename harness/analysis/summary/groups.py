"""One curve group: its onset, its tables and its totals, from the rows that belong to it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import polars as pl

from harness.analysis.attribution import abstentions, attribution
from harness.analysis.comparison.within_run import middle_and_gap
from harness.analysis.curves import (
    heatmap,
    main_rows,
    measured,
    model_rows,
    outcomes_by_fill,
    with_recall,
)
from harness.analysis.curves import recall_curve as curve_table
from harness.analysis.onset.rows import MAX_FILL
from harness.analysis.records import collect
from harness.analysis.summary.group_numbers import numbered
from harness.analysis.summary.group_onset import facts_alone, onset_of
from harness.analysis.summary.lengths import lengths
from harness.analysis.summary.model import NEAR_FULL, Cell, CurveGroup, OutcomeShare, ScenarioRecall
from harness.analysis.summary.shares import Bin, Share
from harness.analysis.summary.totals import attribution_totals, mends, usage_totals
from harness.analysis.summary.trials import column_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.analysis.onset import OnsetEstimate, OnsetOptions

MIN_SCENARIO_PROBES = 20
"""With fewer probes the recall of a scenario is not told."""
MIN_ONSET_PROBES = 200
MIN_ONSET_SESSIONS = 10
"""With fewer probes or sessions a scenario has no onset of its own: its interval would only be wide
(see `power.WIDTHS`)."""
_ROWS_AT_ONCE = 1_000_000
"""Groups of so many rows together are worked out at once."""
_NUMBER = "group"
"""The column with the number of a group."""
_OF_A_CURVE = (
    "scenario", "session", "fill", "position", "gap_tokens", "score", "arm", "counts",
    "in_view", "server_truncated", "guess",
)  # fmt: skip
_LEFT_OUT = (
    "model", "policy", "memory", "layout", "key", "fact", "injected", "compactions", "rounds",
    "said_in", "judged",
)  # fmt: skip
"""Columns that nothing about one group is made of: copies of the others take less memory."""

T = TypeVar("T")


def curve_groups(rows: pl.DataFrame, asked: OnsetOptions) -> list[CurveGroup]:
    """The groups of these rows, which differ in model, window, policy, memory or layout."""
    alone = facts_alone(rows)
    keys, numbers = numbered(rows)
    found = []
    for batch, some in _batches(rows.drop(_LEFT_OUT, strict=False), numbers, len(keys)):
        tables = _tables(some)
        parts = some.partition_by(_NUMBER, as_dict=True) if len(batch) > 1 else {(batch[0],): some}
        found += [
            _group(
                keys[number],
                parts[number,],
                {name: table.get(number, []) for name, table in tables.items()},
                alone.get(str(keys[number][0])),
                asked,
            )
            for number in batch
        ]
    return found


def _batches(
    rows: pl.DataFrame, numbers: pl.Series, count: int
) -> Iterator[tuple[Sequence[int], pl.DataFrame]]:
    """Whole groups by their numbers, some at a time: what is made of them takes memory for those.

    Their rows have the number of their group as a column.
    """
    if rows.height <= _ROWS_AT_ONCE:
        yield range(count), rows.with_columns(numbers.alias(_NUMBER))
        return
    before = np.cumsum(np.bincount(numbers.to_numpy(), minlength=count))
    ends = np.flatnonzero(np.diff((before - 1) // _ROWS_AT_ONCE, append=-1)) + 1
    for first, end in itertools.pairwise([0, *ends.tolist()]):
        chosen = numbers.is_between(first, end, closed="left")
        yield (
            range(first, end),
            rows.filter(chosen).with_columns(numbers.filter(chosen).alias(_NUMBER)),
        )


def _tables(rows: pl.DataFrame) -> Mapping[str, Mapping[int, list[dict[str, Any]]]]:
    """Every table of every group, by its number, computed over all groups at once."""
    by, names = (_NUMBER,), (_NUMBER, "scenario")
    known = collect(measured(rows).select(*names, "session", "score"))
    scenarios = with_recall(known.group_by(*names))
    tables = {
        "fill": curve_table(rows, "fill", by=by),
        "position": curve_table(rows, "position", by=by),
        "gap": curve_table(rows, "gap_tokens", by=by),
        "cells": heatmap(rows, by=by),
        "outcomes": outcomes_by_fill(rows, by=by),
        "attribution": attribution(rows, by=by),
        "abstain": abstentions(rows, by=by),
        "scenarios": scenarios.sort(*names),
    }
    return {
        name: table.rows_by_key(_NUMBER, named=True, include_key=False)
        for name, table in tables.items()
    }


def _group(
    key: tuple[Any, ...],
    rows: pl.DataFrame,
    tables: Mapping[str, list[dict[str, Any]]],
    alone: pl.DataFrame | None,
    asked: OnsetOptions,
) -> CurveGroup:
    model, window_limit, policy, memory, layout = key
    main = collect(main_rows(rows).select(_OF_A_CURVE))
    known = main.filter(pl.col("score").is_not_null())
    if alone is not None:
        own_scenarios = main["scenario"].unique().cast(pl.String).to_list()
        alone = alone.filter(pl.col("scenario").is_in(own_scenarios))
    # So far past the ceiling that the estimator takes it for a mistake, and no onset lies there.
    near = pl.col("fill") <= MAX_FILL
    own = collect(model_rows(known))
    onset = onset_of(main.filter(near), window_limit, alone, asked)
    own_onset = onset
    if own.height < known.height:
        own_onset = onset_of(own.filter(near), window_limit, alone, asked)
    middle, gap = middle_and_gap(known)
    refused = rows.filter(pl.col("arm") == "main", pl.col("status") == "overflow")
    runs = column_names(rows, "run_id")
    return CurveGroup(
        run=runs[0] if len(runs) == 1 else None,
        model=model,
        window_limit=window_limit,
        policy=policy,
        memory=memory,
        layout=layout,
        n_records=rows.height,
        n_probes=known.height,
        n_sessions=known["session"].n_unique(),
        max_fill=_number(known["fill"].max()),
        overflow_from=_number(refused["fill"].min()),
        onset=onset,
        own_onset=own_onset,
        recall=_overall(known),
        needle_only=None if alone is None else _overall(alone),
        attribution=attribution_totals(tables["attribution"], mends(rows)),
        lost_in_the_middle=middle,
        gap_effect=gap,
        by_fill=_each(_bin, tables["fill"]),
        by_position=_each(_bin, tables["position"]),
        by_gap=_each(_bin, tables["gap"]),
        cells=_each(_cell, tables["cells"]),
        outcomes=_each(_outcome, tables["outcomes"]),
        abstain=next(iter(_each(_share, tables["abstain"])), None),
        scenarios=_scenarios(
            tables["scenarios"], main.filter(near), onset, window_limit, alone, asked
        ),
        usage=usage_totals(rows),
        lengths=lengths(rows),
        started=str(rows["started_at"].min()),
        nearly_empty=(
            _overall(known.filter(pl.col("fill") <= onset.control)) if onset.has_controls else None
        ),
        near_full=_overall(known.filter(pl.col("fill") >= NEAR_FULL)),
        latency_s=_number(rows["latency_s"].median()),
    )


def _overall(rows: pl.DataFrame) -> Share | None:
    if rows.is_empty():
        return None
    return _share(with_recall(rows.group_by(pl.lit(1).alias("all"))).row(0, named=True))


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _each(build: Callable[[dict[str, Any]], T], rows: list[dict[str, Any]]) -> tuple[T, ...]:
    return tuple(build(row) for row in rows)


def _share(row: dict[str, Any]) -> Share:
    return Share(**{name: row[name] for name in ("n", "sessions", "recall", "lo", "hi")})


def _bin(row: dict[str, Any]) -> Bin:
    return Bin(start=row["from"], end=row["to"], at=row["at"], share=_share(row))


def _cell(row: dict[str, Any]) -> Cell:
    return Cell(
        fill_start=row["from"],
        fill_end=row["to"],
        position_start=row["position_from"],
        position_end=row["position_to"],
        share=_share(row),
    )


def _outcome(row: dict[str, Any]) -> OutcomeShare:
    return OutcomeShare(
        start=row["from"],
        end=row["to"],
        measured=row["measured"],
        name=row["name"],
        n=row["n"],
        share=row["share"],
    )


def _scenarios(  # noqa: PLR0917 -- what an onset is made of
    table: list[dict[str, Any]],
    main: pl.DataFrame,
    whole: OnsetEstimate,
    window_limit: int,
    alone: pl.DataFrame | None,
    asked: OnsetOptions,
) -> tuple[ScenarioRecall, ...]:
    """The scenarios of a group; `whole` is the group's onset, and that of an only scenario."""
    found = []
    for row in table:
        onset = None
        if row["n"] >= MIN_ONSET_PROBES and row["sessions"] >= MIN_ONSET_SESSIONS:
            one = pl.col("scenario") == row["scenario"]
            onset = whole
            if len(table) > 1:
                needle = None if alone is None else alone.filter(one)
                onset = onset_of(main.filter(one), window_limit, needle, asked)
        share = _share(row) if row["n"] >= MIN_SCENARIO_PROBES else None
        found.append(ScenarioRecall(scenario=row["scenario"], n=row["n"], share=share, onset=onset))
    return tuple(found)
