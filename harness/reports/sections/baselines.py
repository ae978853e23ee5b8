"""Baselines for the terminal: a line each, one in full, and what differs between two.

Its one rule: what would make two of them different tests comes before their scores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from harness.core.printable import how_many
from harness.gate.look import PAIRED_ON
from harness.gate.same import notes
from harness.gate.snapshot import GROUP
from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.gate.snapshot import Snapshot

_SHOWN = 40
"""Trials that a difference lists; the rest is counted."""

_BESIDE = ("model", "variant", "window_limit", "policy", "memory", "layout")


def baseline_line(found: Snapshot) -> str:
    """A baseline in one line."""
    names = dict.fromkeys(mark.name for mark in found.scenarios)
    models = [answered.model for answered in found.models]
    return fmt.plain(
        f"{found.name}  {found.made[:10]}  {found.rows.height:,} trials x {found.repeats}"
        f"  recall {_recall(found.averaged())}  {', '.join(names)}  {', '.join(models)}"
    )


def baseline_text(found: Snapshot) -> str:
    """A baseline in full but for its trials."""
    counts = (how_many(found.rows.height, "trial"), how_many(found.repeats, "repeat"))
    lines = [
        f"baseline {found.name}: {', '.join(counts)}",
        f"run {found.run}, {found.made[:10]}, session-harness {found.harness}",
    ]
    lines += [f"-M {name}={value}" for name, value in found.options.items()]
    for mark in found.scenarios:
        lines.append(f"scenario {mark.name}{_variant(mark.variant)}")
        lines.append(f"  body {mark.body[:16]}, system prompt {mark.prompt}")
    for answered in found.models:
        lines.append(f"model {answered.model}")
        lines += [f"  answered as {version}" for version in answered.versions]
    lines.append("")
    for key, part in (
        found.averaged().partition_by(*GROUP, as_dict=True, maintain_order=True).items()
    ):
        row = dict(zip(GROUP, key, strict=True))
        where = f"{row['scenario']}, {row['model']}{_variant(row['variant'])}"
        where += f", {row['window_limit']:,} tokens, {row['policy']}, {row['layout']}"
        lines.append(f"{where}: {part.height:,} trials, recall {_recall(part)}")
    return "".join(f"{fmt.plain(line)}\n" for line in lines)


def diff_text(one: Snapshot, other: Snapshot) -> str:
    """What differs between a baseline and another, or a run."""
    lines = [f"{one.name} ({one.run}) and {other.name} ({other.run})"]
    lines += [f"  - {line}" for line in (*_other_tests(one, other), *notes(one, other))]
    lines += ["", *_trials(one, other)]
    return "".join(f"{fmt.plain(line)}\n" for line in lines)


def _other_tests(one: Snapshot, other: Snapshot) -> Iterator[str]:
    """What makes the two different tests: a check between them is refused."""
    for name in ("record_schema", "format"):
        if getattr(one, name) != getattr(other, name):
            yield f"{name} {getattr(one, name)} and {getattr(other, name)}: other sessions"
    before = {mark.name: mark.body for mark in one.scenarios}
    for mark in other.scenarios:
        if before.get(mark.name, mark.body) != mark.body:
            yield f"scenario '{mark.name}' is another version: its trials are other questions"


def _trials(one: Snapshot, other: Snapshot) -> Iterator[str]:
    """The trials whose scores differ."""
    frames = [snapshot.averaged() for snapshot in (one, other)]
    apart = [c for c in _BESIDE if any(f[c].n_unique() > 1 for f in frames)]
    on = [*PAIRED_ON, *(column for column in apart if column not in PAIRED_ON)]
    joined = frames[0].join(
        frames[1], on=on, how="full", nulls_equal=True, coalesce=True, suffix="_b"
    )
    both = joined.filter(pl.col("scores").is_not_null() & pl.col("scores_b").is_not_null())
    only = [joined["scores_b"].null_count(), joined["scores"].null_count()]
    yield (
        f"{both.height:,} trials in both, {only[0]:,} only in {one.name},"
        f" {only[1]:,} only in {other.name}"
    )
    change = (pl.col("score_b") - pl.col("score")).alias("change")
    moved = both.with_columns(change).filter(pl.col("change").abs() > 0)
    moved = moved.sort("change", "scenario", "seed", "fill_requested", "probe", nulls_last=False)
    worse = moved.filter(pl.col("change") < 0).height
    yield f"{worse:,} lower, {moved.height - worse:,} higher"
    for row in moved.head(_SHOWN).iter_rows(named=True):
        yield (
            f"  {row['change']:+.2f}  {row['session']}  {row['probe']}  fill {row['fill']:.2f}:"
            f" {_came(row['outcomes'])} -> {_came(row['outcomes_b'])}"
        )
    if moved.height > _SHOWN:
        yield f"  ... and {moved.height - _SHOWN:,} more"


def _came(outcomes: list[str]) -> str:
    counts = {name: outcomes.count(name) for name in dict.fromkeys(outcomes)}
    if len(counts) == 1:
        return next(iter(counts))
    return "/".join(f"{name} {n}" for name, n in counts.items())


def _recall(rows: pl.DataFrame) -> str:
    known = rows.filter(pl.col("counts") == "recall", pl.col("score").is_not_null())
    return fmt.percent(float(known["score"].mean()) if known.height else None)  # type: ignore[arg-type] # a mean of floats


def _variant(name: str) -> str:
    return f" [{name}]" if name else ""
