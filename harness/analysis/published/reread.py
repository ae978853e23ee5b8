"""What the estimator says of a published table; what it lacks is bounded or asked for.

Each item is a prompt of its own, so it counts as a session. A mean of n items is n items, of which
as many were right; without n nothing has an interval, and only the two lengths are told between
which the drop lies, however many items there were.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.onset import OnsetOptions, estimate_onset
from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.published.tables import PublishedCell

_MOST_ITEMS = 200_000
_PERCENT, _JUDGE = 100.0, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One length of one model."""

    tokens: float | None
    """None for the score without a long context."""
    recall: float
    """In [0, 1]."""
    n: int | None
    """Items; None where nobody says how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """One model of a published table, read again."""

    model: str
    window_tokens: int
    """The longest length of the table, or what was asked for."""
    levels: tuple[Level, ...]
    """The score without a long context first, where there is one, then by length."""
    onset: OnsetEstimate | None
    """None where the number of items is not known."""
    missing: str | None
    """What is missing, and what is known all the same."""


def reread(
    cells: Sequence[PublishedCell],
    asked: OnsetOptions,
    *,
    window_tokens: int | None = None,
    base: float | None = None,
    scale: float | None = None,
) -> tuple[Reread, ...]:
    """Every model of a table, in the order of the table.

    Args:
        cells: See `read_cells`.
        asked: What is meant by an onset.
        window_tokens: The window; the longest length of the table unless said.
        base: Score without a long context, on the scale of the table.
        scale: 1, 100, or 10 for a judge's 1 to 10, where only a 10 is a recall. Unless said it is
            told from the scores.

    Raises:
        UsageError: A score lies outside the scale, or a length past the window.
    """
    if not cells:
        raise UsageError("the table has no score at all")
    unit = scale or _scale(cells)
    longest = max((cell.tokens for cell in cells if cell.tokens is not None), default=0)
    window = window_tokens or round(longest)
    if longest > window:
        raise UsageError(f"a length of {longest:,.0f} tokens is past the window of {window:,}")
    models: dict[str, list[PublishedCell]] = defaultdict(list)
    for cell in cells:
        models[cell.model].append(cell)
    share = None if base is None else _share(base, unit, "--base")
    return tuple(_one(name, own, asked, window, share, unit) for name, own in models.items())


def _scale(cells: Sequence[PublishedCell]) -> float:
    """What a perfect score is: 1, 100, or a judge's 10."""
    most = max(cell.score for cell in cells)
    if most <= 1:
        return 1.0
    whole = all(cell.score == int(cell.score) for cell in cells)
    if most <= _JUDGE and whole and all(cell.item for cell in cells):
        return _JUDGE
    return _PERCENT


def _share(score: float, unit: float, where: str) -> float:
    if not 0 <= score <= unit:
        raise UsageError(f"{where}: the score is {score:g}, expected 0 to {unit:g} (see --scale)")
    return float(score == _JUDGE) if unit == _JUDGE else score / unit


def _one(  # noqa: PLR0917 -- what a reading is made of
    model: str,
    cells: Sequence[PublishedCell],
    asked: OnsetOptions,
    window: int,
    base: float | None,
    unit: float,
) -> Reread:
    levels: dict[float, list[tuple[float, int | None]]] = defaultdict(list)
    for cell in cells:
        share = _share(cell.score, unit, cell.where)
        levels[cell.tokens or 0.0].append((share, cell.n))
    if base is not None and 0.0 not in levels:
        levels[0.0].append((base, _usual_n(cells)))
    told = tuple(_level(tokens, some) for tokens, some in sorted(levels.items()))
    if any(n is None for some in levels.values() for _, n in some):
        missing = _bounded(told, asked.criterion)
        return Reread(model=model, window_tokens=window, levels=told, onset=None, missing=missing)
    rows = _items(levels, window)
    onset = estimate_onset(
        rows,
        criterion=asked.criterion,
        level=asked.level,
        near_empty=asked.near_empty,
        window_tokens=window,
    )
    return Reread(model=model, window_tokens=window, levels=told, onset=onset, missing=None)


def _usual_n(cells: Sequence[PublishedCell]) -> int | None:
    """Items of a base that comes without its own: as many as the shortest length has."""
    shortest = min(cell.tokens or 0.0 for cell in cells)
    counts = [cell.n for cell in cells if (cell.tokens or 0.0) == shortest]
    known = [n for n in counts if n is not None]
    return sum(known) if len(known) == len(counts) else None


def _level(tokens: float, some: Sequence[tuple[float, int | None]]) -> Level:
    sizes = [n for _, n in some if n is not None]
    if len(sizes) < len(some):
        recall, total = sum(share for share, _ in some) / len(some), None
    else:
        total = sum(sizes)
        recall = sum(share * n for (share, _), n in zip(some, sizes, strict=True)) / total
    return Level(tokens=tokens or None, recall=round(recall, 9), n=total)


def _bounded(levels: Sequence[Level], criterion: float) -> str:
    """What is known without the number of items: between which lengths the drop lies at best."""
    first, *rest = levels
    place = "without a long context" if first.tokens is None else f"at {first.tokens:,.0f} tokens"
    before = first
    for level in rest:
        if level.recall <= first.recall - criterion + 1e-9:
            where = (
                f"it first lies {100 * criterion:g} points under the score {place} at "
                f"{level.tokens or 0:,.0f} tokens; were there endless items, the onset would lie "
                f"between {before.tokens or 0:,.0f} and {level.tokens or 0:,.0f}"
            )
            break
        before = level
    else:
        where = f"no score lies {100 * criterion:g} points under the one {place}"
    return (
        f"the table does not say of how many items its scores are, so there is no interval; "
        f"{where}. Give --n ITEMS"
    )


def _items(levels: dict[float, list[tuple[float, int | None]]], window: int) -> pl.DataFrame:
    """A row an item: of n with a mean, the whole number of right ones and one part of one."""
    session: list[str] = []
    fill: list[float] = []
    score: list[float] = []
    total = sum(n or 0 for some in levels.values() for _, n in some)
    if total > _MOST_ITEMS:
        raise UsageError(f"{total:,} items are more than {_MOST_ITEMS:,}; is --n that of a length?")
    for tokens, some in levels.items():
        for share, n in some:
            count = n or 0
            right = share * count
            whole = int(right + 1e-9)
            parts = [1.0] * whole + [right - whole] * (whole < count)
            parts += [0.0] * (count - len(parts))
            session += [f"{tokens}:{len(session) + i}" for i in range(count)]
            fill += [tokens / window] * count
            score += [min(max(part, 0.0), 1.0) for part in parts]
    return pl.DataFrame({"session": session, "fill": fill, "score": score})
