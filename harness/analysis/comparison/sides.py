"""What is set against what: the records of each side of a comparison, and what it is called.

Its one rule: a name on the command line means one thing, or the error says which it could mean.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import polars as pl

from harness.analysis.comparison.pairs import PAIR_ON
from harness.analysis.curves import GROUP
from harness.analysis.records import collect
from harness.core.errors import NothingSelectedError, UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.records import Frame

By: TypeAlias = Literal["run", "model", "variant", "policy", "memory", "window"]

COLUMNS = {
    "model": "model",
    "variant": "variant",
    "policy": "policy",
    "memory": "memory",
    "window": "window_limit",
}
"""The record field that each way of splitting a run goes by."""

OWN_PROMPT = "own prompt"
"""What the side is called whose variant has no name: the scenario's own system prompt."""

_STAMPED = re.compile(r"\d{8}T\d{6}Z_.*_")
COMPARED = tuple(
    dict.fromkeys(
        (
            *PAIR_ON, *GROUP, "variant", "run_id", "key", "fill", "score", "outcome", "status",
            "counts", "guess", "started_at", "trunk", "question", "session_tokens",
        )
    )
)  # fmt: skip
"""The columns that a comparison needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Records of one of those that are compared."""

    name: str
    """What sentences call it."""
    run: str
    """Name of the run folder."""
    rows: pl.DataFrame


def compared_columns(frame: Frame) -> pl.DataFrame:
    """The columns that a comparison needs, read now."""
    return collect(frame.lazy().select(COMPARED))


def make_side(run: str, rows: pl.DataFrame, model: str | None = None) -> Side:
    """A run, or one model of it.

    Args:
        run: Name of the run folder.
        rows: Its records, see `compared_columns`.
        model: Name of the model, or a part that only one has; None keeps all.

    Raises:
        NothingSelectedError: There are no records.
        UsageError: The name means no model, or several.
    """
    if rows.is_empty():
        raise NothingSelectedError(f"{run} has no records yet: nothing to compare")
    if model is None:
        return Side(name=run, run=run, rows=rows)
    known = rows["model"].unique().sort().to_list()
    chosen = choose(model, known, "model", run)
    return Side(name=f"{run}::{chosen}", run=run, rows=rows.filter(pl.col("model") == chosen))


def with_short_names(sides: Sequence[Side]) -> list[Side]:
    """The sides under the shortest names that tell them apart: the model, the run, or both.

    Raises:
        UsageError: Two sides are the same run and the same model.
    """
    models = [" + ".join(side.rows["model"].unique().sort().to_list()) for side in sides]
    runs = [_short_runs(sides)[side.run] for side in sides]
    both = [f"{model} in {run}" for model, run in zip(models, runs, strict=True)]
    for name, n in Counter(both).items():
        if n > 1:
            raise UsageError(
                f"{name} is given twice: nothing to compare; give two runs, or two models of one"
                " run with --models or RUN::MODEL"
            )
    single = all(side.rows["model"].n_unique() == 1 for side in sides)
    ways = (models, runs, both) if single else (runs, both)
    shortest = next(names for names in ways if len(set(names)) == len(sides))
    return [replace(side, name=name) for side, name in zip(sides, shortest, strict=True)]


def _short_runs(sides: Sequence[Side]) -> dict[str, str]:
    """Runs by the ends of their names, which `harness` finds them by; whole where that is not one.

    >>> _short_runs([Side(name="", run="20260102T030405Z_demo_0a1b2c", rows=pl.DataFrame())])
    {'20260102T030405Z_demo_0a1b2c': 'run 0a1b2c'}
    """
    runs = dict.fromkeys(side.run for side in sides)
    short = {run: run.rpartition("_")[2] if _STAMPED.match(run) else run for run in runs}
    unique = len(set(short.values())) == len(short)
    return {run: f"run {short[run] if unique else run}" for run in runs}


def split(side: Side, by: By, only: Sequence[str] = ()) -> list[Side]:
    """One run as several sides.

    Args:
        side: The run.
        by: `model`, `variant`, `policy`, `memory` or `window`.
        only: Values to keep, in this order; a part of a name that one value has is enough.

    Raises:
        UsageError: There are fewer than two, or a name means none or several.
    """
    column = COLUMNS[by]
    known = side.rows[column].unique().drop_nulls().sort().to_list()
    chosen = [choose(name, known, by, side.run) for name in only] or known
    if len(set(chosen)) < 2:  # noqa: PLR2004 - two make a comparison
        held = ", ".join(map(str, dict.fromkeys(chosen)))
        raise UsageError(
            f"{side.run}: one {by} ({held}) is nothing to compare; give a second run, or a run of"
            f" several {f'{by[:-1]}ies' if by.endswith('y') else f'{by}s'}"
        )
    if len(set(chosen)) < len(chosen):
        twice = next(value for value in chosen if chosen.count(value) > 1)
        raise UsageError(f"{by} '{twice}' is given twice")
    return [
        Side(
            name=f"window {value:,}" if by == "window" else value or OWN_PROMPT,
            run=side.run,
            rows=side.rows.filter(pl.col(column) == value),
        )
        for value in chosen
    ]


def choose(name: str, known: Sequence[str], what: str, where: str) -> str:
    """The one known name that is the name given, or holds it.

    Raises:
        UsageError: None does, or several.
    """
    found = [value for value in known if value == name] or [v for v in known if name in str(v)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{where}: '{name}' means {len(found)} {what}s: {', '.join(found)}")
    raise UsageError(f"{where} has no {what} '{name}': {nearest(name, known)}")
