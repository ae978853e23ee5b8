"""Sides against each other: runs, or the models, policies or windows of one run.

Its one rule: what is not compared is held equal. Windows, policies, memories and layouts are never
pooled; each combination of them is a comparison of its own, and all of them are one family.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl

from harness.analysis.comparison.pairs import PAIR_ON
from harness.analysis.comparison.sides import COLUMNS
from harness.analysis.comparison.two_runs import Comparison, compare
from harness.analysis.curves import GROUP, main_rows
from harness.analysis.onset import (
    OnsetDifference,
    OnsetEstimate,
    OnsetOptions,
    difference,
    estimate_onset,
)
from harness.analysis.onset.result import percent
from harness.analysis.onset.rows import MAX_FILL
from harness.analysis.records import collect
from harness.analysis.stats.paired_tests import holm
from harness.analysis.stats.session_mean import check_level
from harness.analysis.summary.group_onset import facts_alone, onset_of
from harness.analysis.summary.trials import unique_trials
from harness.core.errors import NothingSelectedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.analysis.comparison.sides import By, Side

VERSUS_SCHEMA = 1
"""Version of the fields of `Versus`, as published in JSON."""

_APART = (*GROUP, "variant")
"""What is never pooled: two prompts are as different as two models."""

_FREE = ("model", "variant", "policy", "memory")
"""May differ between the sides, where each side has one value: they make no other trial."""

_OF_A_WINDOW = ("window_limit", "fill_requested", "position_requested")
"""Not paired on between windows: checkpoints are drawn a little differently for each, so that the
probe, which carries the number of its checkpoint, says which belong together."""

_Key: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSide:
    """One side, as a report names it."""

    name: str
    run: str
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Two sides under equal conditions; a condition is None where it is what differs."""

    model: str | None
    window_limit: int | None
    """Tokens."""
    policy: str | None
    memory: str | None
    layout: str | None
    variant: str | None
    """Name of the system prompt; empty where it is the scenario's own."""
    comparison: Comparison
    onset_a: OnsetEstimate
    """Of all measured trials of A under these conditions, paired or not."""
    onset_b: OnsetEstimate
    onsets: OnsetDifference
    onset_message: str
    """One plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versus:
    """All comparisons that were asked for."""

    schema: int = VERSUS_SCHEMA
    by: By
    level: float
    """Of every interval, in (0, 1)."""
    criterion: float
    """The drop from the plateau that counts as onset, in (0, 1)."""
    sides: tuple[NamedSide, ...]
    """In the order asked for; differences are later minus earlier."""
    matches: tuple[Match, ...]
    alone: tuple[str, ...]
    """Sentences on what only one of two sides has."""


def versus(
    sides: Sequence[Side],
    *,
    by: By = "run",
    level: float = 0.95,
    criterion: float = 0.05,
    near_empty: int | None = None,
    reference: str | None = None,
    couples: Sequence[tuple[int, int]] | None = None,
    known: Mapping[_Key, OnsetEstimate] | None = None,
) -> Versus:
    """Every pair of sides, or each against the reference, under each set of equal conditions.

    Args:
        sides: At least two, names all different.
        by: What makes the sides different.
        level: Confidence of every interval, in (0, 1).
        criterion: The drop from the plateau that counts as onset, in (0, 1).
        near_empty: The longest prompt of the nearly empty window, in tokens; None for the usual.
        reference: Name of the side that all others are compared with; None compares every pair.
        couples: Which sides to compare, by their indices, A before B; instead of a reference.
        known: Onsets of whole groups that are estimated already, by run and the columns of
            `GROUP`; they are not estimated again.
            Of the scenario's own system prompt.

    Raises:
        NothingSelectedError: Not one trial pairs.
        UsageError: A level outside (0, 1), or one side holds a trial twice.
    """
    check_level(level)
    asked = OnsetOptions(criterion=criterion, level=level, near_empty=near_empty)
    held = _held(sides, by)
    cells = [side.rows.partition_by(held, as_dict=True, include_key=True) for side in sides]
    onsets: dict[tuple[int, _Key], OnsetEstimate] = {}
    matches: list[Match] = []
    alone: list[str] = []
    for a, b in _couples(sides, reference) if couples is None else couples:
        both = sorted(set(cells[a]) & set(cells[b]))
        alone += _alone(sides[a], sides[b], cells[a], cells[b], held)
        for key in both:
            for index in (a, b):
                if (index, key) not in onsets:
                    onsets[index, key] = _onset(cells[index][key], asked, known or {})
            names = (sides[a].name, sides[b].name)
            pair = (cells[a][key], cells[b][key])
            matches.append(
                _match(pair, names, (onsets[a, key], onsets[b, key]), by=by, level=level)
            )
    if not any(match.comparison.n_pairs for match in matches):
        raise NothingSelectedError(_nothing(matches, alone))
    named = (
        NamedSide(name=side.name, run=side.run, models=tuple(sorted(side.rows["model"].unique())))
        for side in sides
    )
    return Versus(
        by=by,
        level=level,
        criterion=criterion,
        sides=tuple(named),
        matches=_corrected(matches),
        alone=tuple(dict.fromkeys(alone)),
    )


def _held(sides: Sequence[Side], by: By) -> list[str]:
    """The conditions that must be equal."""
    free = {
        column for column in _FREE if all(side.rows[column].n_unique() == 1 for side in sides)
    } | ({COLUMNS[by]} if by != "run" else set())
    return [column for column in _APART if column not in free]


def _couples(sides: Sequence[Side], reference: str | None) -> list[tuple[int, int]]:
    if reference is None:
        return list(itertools.combinations(range(len(sides)), 2))
    first = [side.name for side in sides].index(reference)
    return [(first, other) for other in range(len(sides)) if other != first]


def _onset(
    rows: pl.DataFrame, asked: OnsetOptions, known: Mapping[_Key, OnsetEstimate]
) -> OnsetEstimate:
    names = rows.select("run_id", *GROUP, "variant").unique()
    found = None
    if names.height == 1:
        *name, variant = names.row(0)
        found = None if variant else known.get(tuple(name))
    if found is not None and (found.level, found.criterion) == (asked.level, asked.criterion):
        return found
    kept, _ = unique_trials(rows)
    main = collect(main_rows(kept).filter(pl.col("fill") <= MAX_FILL))
    alone = facts_alone(kept)
    needle = next(iter(alone.values())) if len(alone) == 1 else None
    windows = main["window_limit"].unique()
    if len(windows) == 1:
        return onset_of(main, int(windows[0]), needle, asked)
    return estimate_onset(
        main.select("session", "fill", "score"), criterion=asked.criterion, level=asked.level
    )


def _match(
    pair: tuple[pl.DataFrame, pl.DataFrame],
    names: tuple[str, str],
    onsets: tuple[OnsetEstimate, OnsetEstimate],
    *,
    by: By,
    level: float,
) -> Match:
    pair_on = [c for c in PAIR_ON if by != "window" or c not in _OF_A_WINDOW]
    found = difference(*onsets)
    values = {
        name: {*pair[0][name].unique().to_list(), *pair[1][name].unique().to_list()}
        for name in _APART
    }
    same = {name: value.pop() if len(value) == 1 else None for name, value in values.items()}
    return Match(
        **same,
        comparison=compare(*pair, level=level, names=names, pair_on=pair_on),
        onset_a=onsets[0],
        onset_b=onsets[1],
        onsets=found,
        onset_message=onset_sentence(found, onsets, names),
    )


def _corrected(matches: Sequence[Match]) -> tuple[Match, ...]:
    """Holm's correction over everything that one command shows."""
    p_values = [m.comparison.p_value for m in matches]
    tested = [p for p in p_values if p is not None]
    corrected = iter(holm(tested))
    return tuple(
        match
        if p is None or len(tested) == 1
        else replace(
            match,
            comparison=replace(match.comparison, p_holm=next(corrected), n_comparisons=len(tested)),
        )
        for match, p in zip(matches, p_values, strict=True)
    )


def _alone(
    a: Side, b: Side, in_a: Mapping[_Key, object], in_b: Mapping[_Key, object], held: list[str]
) -> Iterator[str]:
    """What one of two sides lacks, as sentences."""
    for side, other, keys in ((a, b, set(in_a) - set(in_b)), (b, a, set(in_b) - set(in_a))):
        for key in sorted(keys):
            words = ", ".join(
                f"{'window' if name == 'window_limit' else name}"
                f" {value:,}" if isinstance(value, int) else f"{name} {value}"
                for name, value in zip(held, key, strict=True)
            )  # fmt: skip
            yield f"in {side.name} but not in {other.name}: {words}"


def _nothing(matches: Sequence[Match], alone: Sequence[str]) -> str:
    """Why not one trial pairs."""
    if matches:
        return matches[0].comparison.message
    return (
        f"Nothing to compare: the sides share no model, window, policy, memory and layout"
        f" ({'; '.join(alone)}); run both with the same -w, and name one model of each:"
        " RUN::MODEL"
    )


def onset_sentence(
    found: OnsetDifference,
    onsets: tuple[OnsetEstimate, OnsetEstimate],
    names: tuple[str, str],
) -> str:
    """Which of two begins to forget first, in words."""
    if found.missing is not None:
        unknown = [
            f"{name}: {estimate.message}"
            for name, estimate in zip(names, onsets, strict=True)
            if estimate.posterior is None
        ]
        return f"no difference of onsets; {'; '.join(unknown)}"
    a, b = names
    level, lo, hi = percent(found.level), found.lo, found.hi
    if found.delta is None:
        beyond = "lies past what was measured"
        if lo is not None and lo > 0:
            return (
                f"{b} begins to forget at least {percent(lo)} of the window later than {a}"
                f" ({level}); how much later {beyond}"
            )
        if hi is not None and hi < 0:
            return (
                f"{b} begins to forget at least {percent(-hi)} of the window earlier than {a}"
                f" ({level}); how much earlier {beyond}"
            )
        if not any(estimate.detected for estimate in onsets):
            return "neither onset was reached in what was measured: no difference can be told"
        return "which begins to forget first cannot be told from these runs"
    if abs(found.delta) < 0.0005:  # noqa: PLR2004 - as printed
        head = f"{b} begins to forget where {a} does"
    else:
        head = f"{b} begins to forget {_later(found.delta, of=' of the window')} than {a}"
    ends = f"{_later(lo)} to {_later(hi)}" if lo is not None and hi is not None else None
    if ends is None:
        ends = f"{_later(lo)} or later" if lo is not None else "open"
        ends = f"{_later(hi)} or earlier" if lo is None and hi is not None else ends
    return f"{head} ({level} interval {ends})"


def _later(delta: float, of: str = "") -> str:
    """A difference of onsets with its side.

    >>> _later(0.125), _later(-0.3)
    ('12.5 % later', '30 % earlier')
    """
    return f"{percent(abs(delta))}{of} {'earlier' if delta < 0 else 'later'}"
