"""Pairs of trials: the same question on the same session, answered in two runs.

Its one rule: what cannot be paired is counted, by reason, and never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from harness.analysis.columns import Rows, read_columns
from harness.core.errors import UsageError, nearest
from harness.runs.folder.record_columns import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from harness.core.scenario import Counts

    Floats: TypeAlias = npt.NDArray[np.float64]

PAIR_ON: tuple[str, ...] = (
    "scenario",
    "session",
    "seed",
    "session_number",
    "layout",
    "arm",
    "window_limit",
    "fill_requested",
    "position_requested",
    "question_id",
    "probe",
    "probe_kind",
    "repeat",
)
"""What makes two trials the same question on the same session. Model, system prompt, policy,
memory and run are not among them: they are what is compared. Measured fields (fill, position,
gap_tokens) are not either: two models count the same bytes differently. Fields that neither run has
are left out."""

_NEEDED = ("session", "probe", "score")
_STORED = ("key", "status", "started_at", "session_tokens")
_SAME_LENGTH = 16
"""Local tokens by which two sessions of one length may differ: a filler message is as short."""

_CAUSES = ("run_id", "model", "variant", "policy", "memory", "trunk")
"""Fields in which two rows of one trial may differ, for the message that refuses them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """Trials that do not count, and why."""

    reason: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """All that a comparison needs of two runs; arrays are parallel, sorted by session."""

    a: Floats
    """Scores of the first run, in [0, 1]."""
    b: Floats
    """Scores of the second, in [0, 1]."""
    starts: npt.NDArray[np.int64]
    """Index of the first pair of each session."""
    excluded: tuple[Excluded, ...]
    """Sorted by reason."""
    n_other_text: int
    """Pairs whose sessions or questions do not have the same bytes, as when prompts differ."""
    n_other_length: int
    """Pairs whose sessions are the same text, one longer than the other: each was built to its
    share of the window as its own model counts tokens."""
    hint: str
    """Why there is not a single pair; empty where there is one."""

    @property
    def n_sessions(self) -> int:
        """Sessions with at least one pair."""
        return len(self.starts)


def pair(
    a: Rows,
    b: Rows,
    *,
    names: tuple[str, str] = ("A", "B"),
    pair_on: Sequence[str] = PAIR_ON,
    counts: Counts = "recall",
) -> Pairs:
    """Trials of the main arm that were measured in both runs.

    Args:
        a: Rows of the first run.
        b: Rows of the second.
        names: What reasons and messages call the two.
        pair_on: Fields that must agree; leave out `scenario`, `session` and what else differs to
            pair two scenario files by seed.
        counts: What the scores that are compared count towards.

    Raises:
        UsageError: A run has the same trial twice, only one of them has a field of `pair_on`, or
            that names no field of a record.
    """
    unknown = [column for column in pair_on if column not in SCHEMA]
    if unknown or not pair_on:
        name = unknown[0] if unknown else ""
        raise UsageError(f"pair_on: no record field is called '{name}': {nearest(name, PAIR_ON)}")
    left, right = (_load(rows, name, pair_on) for rows, name in zip((a, b), names, strict=True))
    on = [column for column in pair_on if column in left.columns]
    for name, has, lacks in ((names[0], left, right), (names[1], right, left)):
        alone = [c for c in pair_on if c in has.columns and c not in lacks.columns]
        if alone:
            raise UsageError(
                f"only {name} has the column '{alone[0]}', which tells trials apart; "
                f"add it to the other, or leave it out of pair_on"
            )
    excluded: dict[str, int] = {}
    left = _selected(left, on, names[0], counts, excluded)
    right = _selected(right, on, names[1], counts, excluded)
    joined = left.join(right, on=on, how="full", nulls_equal=True, coalesce=True, suffix="_b")
    both = _measured(joined, names, excluded)
    both = both.sort("cluster", "cluster_b")
    starts = both.select(pl.struct("cluster", "cluster_b").rle_id()).to_series().to_numpy()
    text, length = _unlike(both)
    return Pairs(
        a=both["score"].to_numpy(),
        b=both["score_b"].to_numpy(),
        starts=np.flatnonzero(np.diff(starts.astype(np.int64), prepend=-1)),
        excluded=tuple(Excluded(reason=key, n=n) for key, n in sorted(excluded.items()) if n),
        n_other_text=both.filter(text).height,
        n_other_length=both.filter(length).height,
        hint="" if both.height else _hint(left, right, on),
    )


def _load(rows: Rows, name: str, pair_on: Sequence[str]) -> pl.DataFrame:
    optional = dict.fromkeys((*pair_on, "arm", "counts", *_STORED, *_CAUSES, "question"))
    frame = read_columns(
        rows, name=name, required=_NEEDED, optional=[key for key in optional if key not in _NEEDED]
    )
    return frame.with_columns(cluster="session", there=pl.lit(value=True))


def _selected(
    frame: pl.DataFrame,
    on: Sequence[str],
    name: str,
    counts: Counts,
    excluded: dict[str, int],
) -> pl.DataFrame:
    """The rows that the comparison is about, each trial once."""
    kept = _latest(frame)
    excluded[f"stored again in {name}"] = frame.height - kept.height
    frame = kept
    for column, wanted, reason in (
        ("arm", ("main",), f"control arm of {name}"),
        ("counts", (counts,), f"other kind of probe in {name}"),
    ):
        if column in frame.columns:
            kept = frame.filter(pl.col(column).is_in(wanted))
            excluded[reason] = frame.height - kept.height
            frame = kept
    twice = frame.filter(pl.struct(on).is_duplicated())
    if twice.height:
        raise UsageError(_duplicate(twice, on, name))
    return frame


def _latest(frame: pl.DataFrame) -> pl.DataFrame:
    """Each key of a run once: a trial that failed and was run again has two records.

    The one that was measured is kept, then the later, as in a summary.
    """
    if "key" not in frame.columns or frame["key"].null_count():
        return frame
    same = [column for column in ("run_id", "session", "fact", "key") if column in frame.columns]
    order: list[pl.Expr] = [pl.col("score").is_not_null()]
    if "status" in frame.columns:
        order.append(pl.col("status") != "error")
    order += [pl.col(column) for column in ("started_at",) if column in frame.columns]
    return frame.sort(*order, "score", nulls_last=False).unique(same, keep="last")


def _duplicate(twice: pl.DataFrame, on: Sequence[str], name: str) -> str:
    first = twice.row(0, named=True)
    same = twice.filter(pl.all_horizontal(pl.col(c).eq_missing(pl.lit(first[c])) for c in on))
    told = ", ".join(f"{c} {first[c]}" for c in ("session", "probe", "repeat") if c in on)
    text = f"{name} has the same trial {same.height} times ({told})"
    for cause in _CAUSES:
        if cause in same.columns and same[cause].n_unique() > 1:
            found = ", ".join(sorted(str(value) for value in same[cause].unique()))
            return f"{text}: its {cause} is {found}; select one of them"
    return f"{text}; keep one row a trial"


def _measured(
    joined: pl.DataFrame, names: tuple[str, str], excluded: dict[str, int]
) -> pl.DataFrame:
    """The pairs with two scores; the others are counted."""
    only_a, only_b = joined["there_b"].is_null(), joined["there"].is_null()
    excluded[f"only in {names[0]}"] = int(only_a.sum())
    excluded[f"only in {names[1]}"] = int(only_b.sum())
    paired = joined.filter(~only_a & ~only_b)
    no_a, no_b = pl.col("score").is_null(), pl.col("score_b").is_null()
    excluded["not measured in either"] = paired.filter(no_a & no_b).height
    for name, lost, suffix in ((names[0], no_a & ~no_b, ""), (names[1], no_b & ~no_a, "_b")):
        rows = paired.filter(lost)
        status = f"status{suffix}"
        counts: Mapping[str | None, int] = {None: rows.height}
        if status in rows.columns:
            counts = dict(rows[status].value_counts().iter_rows())
        for what, n in counts.items():
            excluded[f"not measured in {name}" + (f" ({what})" if what else "")] = n
    return paired.filter(~no_a & ~no_b)


def _unlike(both: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """Which pairs differ in their text, and which in their length alone.

    Sessions of one run and prompt are built from the same seed and scenario, so they differ by how
    long they were made and by nothing else. Those of two runs may too, where one is longer.
    """
    asked, session = _differs(both, "question"), _differs(both, "trunk")
    here = [name for name in ("run_id", "variant") if {name, f"{name}_b"} <= set(both.columns)]
    same_run = pl.lit(value="run_id" in here)
    for name in here:
        same_run &= ~_differs(both, name)
    longer = pl.lit(value=False)
    if {"session_tokens", "session_tokens_b"} <= set(both.columns):
        apart = (pl.col("session_tokens") - pl.col("session_tokens_b")).abs()
        longer = (apart > _SAME_LENGTH).fill_null(value=False)
    length = ~asked & session & (same_run | longer)
    return (asked | session) & ~length, length


def _differs(both: pl.DataFrame, column: str) -> pl.Expr:
    """Whether the two rows of a pair have other values there; what is not known does not differ."""
    if not {column, f"{column}_b"} <= set(both.columns):
        return pl.lit(value=False)
    unlike = (pl.col(column) != pl.col(f"{column}_b")) & (pl.col(column) != "")
    return (unlike & (pl.col(f"{column}_b") != "")).fill_null(value=False)


def _hint(left: pl.DataFrame, right: pl.DataFrame, on: Sequence[str]) -> str:
    """The first field in which the two runs have no value in common."""
    if not left.height or not right.height:
        return "one of them has no trial of the main arm"
    for column in on:
        here, there = (set(rows[column].unique().to_list()) for rows in (left, right))
        if not here & there:
            return f"{column} has no value in common ({_some(here)} against {_some(there)})"
    return "no trial has a score in both"


def _some(values: set[object]) -> str:
    names = sorted(str(value) for value in values)
    return ", ".join(names[:2]) + (", ..." if len(names) > 2 else "")  # noqa: PLR2004 - two examples
