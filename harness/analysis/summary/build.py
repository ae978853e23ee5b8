"""Everything that a report says, computed once; renderers only write it down.

Its one rule: same records, same summary, in whatever order they come and however often one of
them was stored (law 11). Groups that differ in model, window, policy, memory or layout are never
pooled.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from harness.analysis.attribution import (
    BY_APPLICATION,
    BY_MODEL,
    CANNOT_TELL,
    NOT_MEASURED,
    UNSEEN,
    abstentions,
    attribution,
    controls,
)
from harness.analysis.comparison.within_run import middle_and_gap
from harness.analysis.curves import (
    GROUP,
    heatmap,
    main_rows,
    measured,
    model_rows,
    outcomes_by_fill,
    with_recall,
)
from harness.analysis.curves import recall_curve as curve_table
from harness.analysis.onset import USUAL, OnsetOptions, estimate_onset
from harness.analysis.onset.rows import MAX_FILL
from harness.analysis.records import SCHEMA, collect
from harness.analysis.summary.judges import calibrated, judges
from harness.analysis.summary.lengths import lengths
from harness.analysis.summary.memory_treatments import treatments
from harness.analysis.summary.model import (
    Attribution,
    Bin,
    Cell,
    Control,
    Count,
    CurveGroup,
    OutcomeShare,
    ScenarioRecall,
    Share,
    Summary,
    UsageTotals,
)
from harness.analysis.summary.rule_adherence import adherence
from harness.core.errors import NothingSelectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.records import Frame

MIN_SCENARIO_PROBES = 20
"""With fewer probes the recall of a scenario is not told."""
MIN_ONSET_PROBES = 200
MIN_ONSET_SESSIONS = 10
"""With fewer probes or sessions a scenario has no onset of its own: its interval would only be wide
(see `power.WIDTHS`)."""

_NEEDED = (
    *GROUP, "run_id", "scenario", "session", "arm", "fill_requested", "fill", "position",
    "gap_tokens", "session_tokens", "view_tokens", "prompt_tokens", "cached_tokens",
    "completion_tokens", "usage_source", "cost_usd", "fact", "probe_kind", "counts", "guess",
    "score", "outcome", "status", "in_view", "server_truncated", "fact_dropped", "dropped",
    "injected", "started_at",
)  # fmt: skip
_OF_A_CURVE = (
    "scenario", "session", "fill", "position", "gap_tokens", "score", "arm", "counts",
    "in_view", "server_truncated",
)  # fmt: skip
_ALSO = ("variant", "judge", "judge_planted", "error")
"""Columns that others are made of."""
_DOLLAR = 10**12

T = TypeVar("T")

__all__ = [
    "MIN_ONSET_PROBES", "MIN_ONSET_SESSIONS", "MIN_SCENARIO_PROBES", "CurveGroup", "Summary",
    "summarise", "unique_trials",
]  # fmt: skip


def summarise(
    frame: Frame,
    *,
    criterion: float = USUAL.criterion,
    level: float = USUAL.level,
    near_empty: int | None = None,
    floor: float = 0.0,
    apart: bool = False,
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

    Raises:
        NothingSelectedError: There are no records.
        UsageError: A line of the records is not one.
    """
    asked = OnsetOptions(criterion=criterion, level=level, near_empty=near_empty)
    rows, n_duplicates = unique_trials(_narrow(frame))
    if rows.is_empty():
        raise NothingSelectedError("there are no records to report; `harness run` makes some")
    recall = rows.filter(pl.col("counts") != "rule")  # adherence is no recall
    parts = _runs(recall) if apart else [recall]
    # One group under the other, and the runs of each in the order of time.
    groups = sorted((group for part in parts for group in _groups(part, asked)), key=group_key)
    named = frame.lazy().with_columns(under_prompt(), calibrated())
    # Each of these reads the files once more, which takes longer than all else: only where needed.
    graded = judges(named) if rows["judged"].any() else {}
    crossing = rows["injected"].is_not_null().any()
    groups = [
        replace(group, judges=graded.get(tuple(getattr(group, name) for name in GROUP), ()))
        for group in groups
    ]
    return Summary(
        criterion=criterion,
        level=level,
        near_empty=near_empty,
        run_ids=_names(rows, "run_id"),
        scenarios=_names(rows, "scenario"),
        started_first=str(rows["started_at"].min()),
        started_last=str(rows["started_at"].max()),
        n_records=rows.height,
        n_duplicates=n_duplicates,
        groups=tuple(groups),
        controls=tuple(Control(**row) for row in controls(rows, floor=floor).to_dicts()),
        adherence=adherence(named, asked=asked) if recall.height < rows.height else (),
        treatments=treatments(named, floor=floor) if crossing else (),
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
        rows.partition_by("run_id"), key=lambda part: (part["started_at"].min(), part["run_id"][0])
    )


def _groups(rows: pl.DataFrame, asked: OnsetOptions) -> list[CurveGroup]:
    tables = _tables(rows)
    alone = facts_alone(rows)
    return [
        _group(
            key,
            part,
            {name: table.get(key, []) for name, table in tables.items()},
            alone.get(str(key[0])),
            asked,
        )
        for key, part in sorted(_parts(rows).items())
    ]


def facts_alone(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What was asked with nothing but the facts, by model: session, scenario, score and tokens.

    It is asked under the smallest window, and stands for all windows of a model.
    """
    kept = rows.filter(
        pl.col("arm") == "needle_only",
        pl.col("counts") == "recall",
        pl.col("score").is_not_null(),
        pl.col("fill").is_not_null(),
    ).select(
        pl.col("model").cast(pl.String),
        pl.col("session", "scenario").cast(pl.String),
        "score",
        (pl.col("fill") * pl.col("window_limit")).alias("tokens"),
    )
    return {str(name): part for (name,), part in kept.partition_by("model", as_dict=True).items()}


def _narrow(frame: Frame) -> pl.DataFrame:
    """The columns that a summary needs, in little memory: a million records in about 150 MB."""
    words = [name for name in _NEEDED if SCHEMA[name] == pl.String and name != "started_at"]
    lazy = frame.lazy().select(*_NEEDED, pl.col("key").hash().alias("key"), *_ALSO)
    judged = pl.col("judge").is_not_null().alias("judged")
    lazy = lazy.with_columns(under_prompt(), calibrated(), judged, _mend()).drop(_ALSO)
    return collect(lazy.with_columns(pl.col(*words, "mend").cast(pl.Categorical())))


def _mend() -> pl.Expr:
    """What would let a reply be measured that was cut: the end of what its record says of it."""
    said = pl.col("error").str.extract(r": ([^:]+)$")
    return pl.when(pl.col("status") == "cut").then(said).alias("mend")


def under_prompt() -> pl.Expr:
    """The model as a summary names it: with the system prompt that it ran under, if not its own."""
    model, variant = pl.col("model"), pl.col("variant")
    named = pl.concat_str(model, pl.lit(" ["), variant, pl.lit("]"))
    return pl.when(variant.fill_null("") == "").then(model).otherwise(named).alias("model")


def unique_trials(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Each trial of a run once, and how many records that leaves out.

    A trial that failed and was run again has two records: the one that was measured is kept, then
    the later. Order in the file decides nothing.
    """
    kept = rows
    if rows["key"].n_unique() < rows.height:
        answered = pl.col("status") != "error"
        kept = rows.sort(answered, "started_at", "score", "outcome", nulls_last=False).unique(
            ["run_id", "session", "fact", "key"], keep="last", maintain_order=True
        )
    return kept, rows.height - kept.height


def _names(rows: pl.DataFrame, column: str) -> tuple[str, ...]:
    return tuple(sorted(rows[column].unique().drop_nulls().cast(pl.String).to_list()))


def _parts(rows: pl.DataFrame) -> Mapping[tuple[Any, ...], pl.DataFrame]:
    return rows.partition_by(*GROUP, as_dict=True, include_key=True)


def _tables(rows: pl.DataFrame) -> Mapping[str, Mapping[tuple[Any, ...], list[dict[str, Any]]]]:
    """Every table of every group, computed over all groups at once."""
    names = (*GROUP, "scenario")
    known = collect(measured(rows).select(*names, "session", "score"))
    scenarios = with_recall(known.group_by(*names))
    tables = {
        "fill": curve_table(rows, "fill"),
        "position": curve_table(rows, "position"),
        "gap": curve_table(rows, "gap_tokens"),
        "cells": heatmap(rows),
        "outcomes": outcomes_by_fill(rows),
        "attribution": attribution(rows),
        "abstain": abstentions(rows),
        "scenarios": scenarios.sort(*names),
    }
    return {
        name: table.rows_by_key(GROUP, named=True, include_key=False)
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
    runs = _names(rows, "run_id")
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
        attribution=_attribution(tables["attribution"], _mends(rows)),
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
        usage=_usage(rows),
        lengths=lengths(rows),
        started=str(rows["started_at"].min()),
    )


def onset_of(
    rows: pl.DataFrame, window_limit: int, alone: pl.DataFrame | None, asked: OnsetOptions
) -> OnsetEstimate:
    """The onset of main rows of one window; the facts alone are its witness where there are any."""
    needle = None
    if alone is not None:
        needle = alone.with_columns((pl.col("tokens") / window_limit).alias("fill"))
    return estimate_onset(
        rows.select(pl.col("session").cast(pl.String), "fill", "score"),
        criterion=asked.criterion,
        level=asked.level,
        near_empty=asked.near_empty,
        window_tokens=window_limit,
        needle_only=needle,
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


def _mends(rows: pl.DataFrame) -> tuple[str, ...]:
    """What would mend the replies of the main arm that were cut, the most frequent first."""
    said = main_rows(rows.lazy()).select(pl.col("mend").cast(pl.String)).drop_nulls()
    counted = collect(said.group_by("mend").len().sort(-pl.col("len").cast(pl.Int64), "mend"))
    return tuple(counted["mend"])


def _attribution(rows: list[dict[str, Any]], mends: tuple[str, ...]) -> Attribution:
    row = rows[0] if rows else {}
    causes = (
        (name, row.get(name, 0)) for name in (*BY_APPLICATION, UNSEEN, CANNOT_TELL, *BY_MODEL)
    )
    unscored = ((name, row.get(f"unscored_{name}", 0)) for name in NOT_MEASURED)
    return Attribution(
        n=row.get("n", 0),
        recalled=row.get("recalled", 0),
        partial=row.get("partial", 0),
        by_application=row.get("lost_by_application", 0),
        by_server=row.get("lost_by_server", 0),
        by_model=row.get("lost_by_model", 0),
        by_nobody=row.get("lost_by_nobody", 0),
        causes=tuple(Count(name=name, n=n) for name, n in causes if n),
        unscored=tuple(Count(name=name, n=n) for name, n in unscored if n),
        mends=mends,
    )


def _usage(rows: pl.DataFrame) -> UsageTotals:
    answered = rows.filter(pl.col("usage_source").is_not_null())
    unknown = answered["cost_usd"].null_count()
    # Whole units of 10**-12 dollars: their sum is the same in any order.
    units = int((answered["cost_usd"] * _DOLLAR).round().cast(pl.Int64).sum())
    cached = answered.filter(pl.col("cached_tokens").is_not_null())
    sent = int(cached["prompt_tokens"].sum())
    sources = answered.group_by("usage_source").agg(pl.len().alias("n"))
    named = zip(sources["usage_source"].cast(pl.String), sources["n"], strict=True)
    return UsageTotals(
        cost_usd=None if unknown or answered.is_empty() else units / _DOLLAR,
        n_cost_unknown=unknown,
        prompt_tokens=int(answered["prompt_tokens"].sum()),
        completion_tokens=int(answered["completion_tokens"].sum()),
        cached_share=round(int(cached["cached_tokens"].sum()) / sent, 9) if sent else None,
        sources=tuple(Count(name=name, n=n) for name, n in sorted(named)),
    )
