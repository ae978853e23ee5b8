"""A run boiled down to what a gate needs: one row a trial, and what would make it another test.

Its one rule: what decides whether two runs may be compared is kept beside the scores, as hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from harness.analysis.records import collect, read_records
from harness.analysis.summary.trials import unique_trials
from harness.core.draws import digest
from harness.core.errors import IncompleteError, NothingSelectedError, UsageError
from harness.core.record import RECORD_SCHEMA
from harness.core.trial import FORMAT
from harness.runs.folder.run_json import read_config

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GROUP = ("scenario", "model", "variant", "window_limit", "policy", "memory", "layout")
"""What many trials have in common; a baseline file says it once for all of them."""

TRIAL = (
    "seed", "session", "session_number", "question_id", "probe", "probe_kind", "counts",
    "fill_requested", "position_requested", "trunk", "sent",
)  # fmt: skip
"""What tells the trials of one group apart, and which bytes they are of."""

BYTES = ("trunk", "sent")
"""Hashes of the conversation, and of exactly what was sent of it with the question."""

SOME_MISSING = 0.05
"""A run that lacks a larger share of its plan was not finished; the plan itself is to within that,
since what a provider counts may change it a little as the run goes."""

ROWS = pl.Schema(
    dict.fromkeys(GROUP, pl.String())
    | {"window_limit": pl.Int64()}
    | dict.fromkeys(TRIAL, pl.String())
    | {
        "seed": pl.Int64(),
        "session_number": pl.Int64(),
        "fill_requested": pl.Float64(),
        "position_requested": pl.Float64(),
        "fill": pl.Float64(),
        "scores": pl.List(pl.Float64()),
        "outcomes": pl.List(pl.String()),
    }
)

_HASH = 16
"""Hexadecimal digits of a hash in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioMark:
    """One scenario under one prompt, as hashes."""

    name: str
    variant: str
    body: str
    """Of everything but the system prompt: facts, questions, filler, layout, tokenizer."""
    prompt: str
    """Of the system prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A model, and what its provider said it was."""

    model: str
    versions: tuple[str, ...]
    """Sorted; empty where the provider tells none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A run boiled down; a baseline is one that was kept under a name."""

    name: str
    run: str
    """Name of the run folder."""
    made: str
    """When the run began, UTC, ISO 8601."""
    harness: str
    """Version of the package that made the run."""
    record_schema: int
    format: int
    """See `core.trial.FORMAT`: another one gives other bytes for the same scenario."""
    options: Mapping[str, Any]
    """Parameters of the calls that can change an answer."""
    scenarios: tuple[ScenarioMark, ...]
    models: tuple[Answered, ...]
    rows: pl.DataFrame
    """Schema `ROWS`, sorted; a score is None where it was not measured, and the outcome is then
    the status."""
    from_cassette: bool = False
    """Whether answers were brought back from a cassette, which holds no others."""
    planned: int = 0
    """Trials of the run's plan, control arms included."""
    missing: int = 0
    """Those of them without a record."""

    @property
    def repeats(self) -> int:
        """The most answers that any trial has."""
        return int(self.rows["scores"].list.len().max() or 0)  # type: ignore[arg-type]

    @property
    def errors(self) -> int:
        """Answers that ended in an error."""
        return int(self.rows["outcomes"].explode().eq("error").sum())

    def averaged(self) -> pl.DataFrame:
        """One score a trial: the mean of its repeats, None where none was measured."""
        return self.rows.with_columns(
            score=pl.col("scores").list.mean(),
            status=pl.col("outcomes").list.first(),
        )


def of_run(folder: Path, name: str = "") -> Snapshot:
    """The snapshot of a run folder.

    Raises:
        UsageError: The run is adaptive, or of before there were baselines.
        NothingSelectedError: It has no record of the main arm.
    """
    config = read_config(folder)
    if config["adaptive"] is not None:
        raise UsageError(
            f"{folder.name} is an adaptive run: its answers decided what was asked, so that another"
            " run asks something else; make a run without --adaptive"
        )
    if any("body" not in scenario for scenario in config["scenarios"]):
        raise UsageError(
            f"{folder.name} was made by an older harness and lacks the hashes of its scenarios;"
            " run again"
        )
    records = _records(folder)
    rows = _rows(records)
    if rows.is_empty():
        raise NothingSelectedError(f"{folder.name} has no record of the main arm")
    versions = _versions(records)
    models = sorted(versions)
    return Snapshot(
        name=name or folder.name,
        run=folder.resolve().name,
        made=config["created"],
        harness=config["versions"]["session-harness"],
        record_schema=RECORD_SCHEMA,
        format=config.get("format", FORMAT),
        options=config["telling"],
        scenarios=tuple(
            ScenarioMark(**{key: scenario[key] for key in ("name", "variant", "body", "prompt")})
            for scenario in config["scenarios"]
        ),
        models=tuple(Answered(model=model, versions=versions[model]) for model in models),
        rows=rows,
        from_cassette=bool(records["answered_by"].eq("cassette").any()),
        planned=config["trials"] or 0,
        missing=max((config["trials"] or 0) - records.height, 0),
    )


def _records(folder: Path) -> pl.DataFrame:
    """Every trial of a run once, control arms included."""
    needed = [name for name in (*GROUP, *TRIAL) if name != "sent"]
    needed += ["arm", "key", "run_id", "repeat", "fill", "score", "outcome", "status"]
    needed += ["started_at", "view", "question", "model_version", "answered_by"]
    records, _ = unique_trials(collect(read_records(folder).select(needed)))
    return records


def _versions(records: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """What each model said it was."""
    told = pl.col("model_version").drop_nulls().unique().sort()
    return {model: tuple(found) for model, found in records.group_by("model").agg(told).iter_rows()}


def _rows(records: pl.DataFrame) -> pl.DataFrame:
    """The trials of the main arm, their repeats side by side."""
    main = records.filter(pl.col("arm") == "main")
    sent = [
        digest([trunk, view, question], size=_HASH // 2)
        for trunk, view, question in main.select("trunk", "view", "question").iter_rows()
    ]
    main = main.with_columns(
        pl.col("trunk").str.slice(0, _HASH),
        pl.Series("sent", sent, dtype=pl.String()),
        outcome=pl.coalesce("outcome", "status"),
    )
    rows = main.group_by(*GROUP, *TRIAL).agg(
        pl.col("fill").mean().round(6),
        pl.col("score").sort_by("repeat").alias("scores"),
        pl.col("outcome").sort_by("repeat").alias("outcomes"),
    )
    return ordered(rows)


def ordered(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in the one order that a baseline file has, columns as in `ROWS`."""
    by = (*GROUP, "seed", "session_number", "fill_requested", "probe", "trunk", "sent")
    return rows.select(pl.col(name).cast(kind) for name, kind in ROWS.items()).sort(
        by, nulls_last=False
    )


def check_whole(snapshot: Snapshot) -> None:
    """Refuse what is not fit to be a baseline.

    Raises:
        IncompleteError: Trials are missing or ended in an error.
    """
    parts = []
    if snapshot.errors:
        parts.append(f"{snapshot.errors} answers ended in an error")
    if snapshot.missing > SOME_MISSING * snapshot.planned:
        parts.append(f"{snapshot.missing} of {snapshot.planned} trials were never sent")
    if parts:
        raise IncompleteError(
            f"{snapshot.run} is no baseline yet: {'; '.join(parts)}. Go on with: harness run"
            f" --resume {snapshot.run} --retry-errors"
        )
