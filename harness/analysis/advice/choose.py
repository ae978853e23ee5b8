"""The threshold that keeps most, among several, by curves and survivals that the data allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.analysis.advice.cost import calls, usd
from harness.analysis.advice.model import ThresholdChoice
from harness.analysis.advice.working_session import course, is_useful, survivals
from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from harness.analysis.advice.cost import Prices
    from harness.analysis.advice.model import Reason, Shape
    from harness.analysis.advice.options import AdviceOptions
    from harness.analysis.advice.survival import SurvivalDraws
    from harness.analysis.onset.recall_draws import RecallDraws

    Floats: TypeAlias = npt.NDArray[np.float64]

AS_GOOD = 0.02
"""A threshold that keeps less than the best by no more than this is as good, for all that
matters."""
PARTS = 20
"""Thresholds stand at so many parts of what was measured."""
_ROUND = ((100_000, 1_000), (4_000, 100), (400, 10), (0, 1))
"""From so many measured tokens on thresholds are rounded to so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Thresholds side by side."""

    reason: Reason | None
    """Why none is the best; None where one is."""
    threshold: int | None
    lo: int | None
    hi: int | None
    thrifty: int | None
    choices: tuple[ThresholdChoice, ...]


def choose_threshold(
    curves: RecallDraws,
    kept: SurvivalDraws,
    shape: Shape,
    asked: AdviceOptions,
    *,
    limit: int,
    model: str,
    writer: str,
    price: Prices | None,
) -> Chosen:
    """The thresholds side by side, and the best of them.

    Args:
        curves: Recall by length, as the probes allow.
        kept: What compactions keep; as many draws as there are curves.
        shape: The working session.
        asked: Which thresholds are judged.
        limit: The window.
        model: Whose calls are counted.
        writer: The model that writes summaries.
        price: The price list.

    Raises:
        UsageError: A threshold was asked for that was not measured, or leaves no room to grow.
    """
    thresholds = _thresholds(curves, shape, asked.thresholds, limit)
    if not thresholds:
        return Chosen(reason="narrow", threshold=None, lo=None, hi=None, thrifty=None, choices=())
    recall = np.stack([_recall(curves, kept, shape, one, limit) for one in thresholds], axis=1)
    regret = recall.max(axis=1, keepdims=True) - recall
    tail = (1 - asked.level) / 2
    regret_hi = np.quantile(regret, asked.level, axis=0)
    best = int(recall.mean(axis=0).argmax())
    bill = _Bill(model=model, writer=writer, price=price)
    choices = tuple(
        _choice(recall[:, i], regret[:, i], shape, one, level=asked.level, wider=curves.wider,
                bill=bill)
        for i, one in enumerate(thresholds)
    )  # fmt: skip
    ahead = np.quantile(recall[:, [best]] - recall, tail, axis=0)
    winners = np.sort(recall.argmax(axis=1))
    good = [i for i in range(len(thresholds)) if i == best or regret_hi[i] <= AS_GOOD]
    reads = [one.prompt_tokens for one in choices]
    alike = len(thresholds) > 1 and (
        bool((np.delete(ahead, best) <= 0).all()) or bool((regret_hi <= AS_GOOD).all())
    )
    return Chosen(
        reason="alike" if alike else None,
        threshold=thresholds[best],
        lo=thresholds[int(np.quantile(winners, tail, method="lower"))],
        hi=thresholds[int(np.quantile(winners, 1 - tail, method="higher"))],
        thrifty=thresholds[min(good, key=lambda i: (reads[i], i))],
        choices=choices,
    )


def _thresholds(
    curves: RecallDraws, shape: Shape, asked: Sequence[int], limit: int
) -> tuple[int, ...]:
    """What is judged: parts of what was measured, or what was asked for."""
    most = int(curves.max_fill * limit)
    for one in asked:
        if one > most:
            raise UsageError(
                f"threshold {one:,} was not measured: the longest prompt had {most:,} tokens;"
                " measure a larger window, or ask for less"
            )
        if not is_useful(shape, one):
            raise UsageError(
                f"threshold {one:,} leaves no room to grow: a compaction leaves"
                f" {shape.summary_tokens:,} tokens and {100 * shape.kept_share:.0f} % of the"
                f" threshold, and a turn has {shape.turn_tokens:,}"
            )
    if asked:
        return tuple(sorted(set(asked)))
    unit = next(unit for least, unit in _ROUND if most >= least)
    parts = {int(most * part / PARTS) // unit * unit for part in range(1, PARTS + 1)}
    return tuple(sorted(one for one in parts if one > 0 and is_useful(shape, one)))


def _recall(
    curves: RecallDraws, kept: SurvivalDraws, shape: Shape, threshold: int, limit: int
) -> Floats:
    """Recall over the working session by each of the draws."""
    found = course(shape, threshold)
    read = curves.at(found.prompt_tokens / limit)
    left = survivals(kept.first, kept.later, found.rounds.shape[1]) @ found.rounds.T
    return np.asarray((left * read + (1 - left) * curves.guess).mean(axis=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bill:
    """Who is paid."""

    model: str
    writer: str
    price: Prices | None


def _choice(
    recall: Floats,
    regret: Floats,
    shape: Shape,
    threshold: int,
    *,
    level: float,
    wider: float,
    bill: _Bill,
) -> ThresholdChoice:
    found = course(shape, threshold)
    every = list(calls(found, shape, model=bill.model, writer=bill.writer))
    mean = float(recall.mean())
    ends = np.quantile(recall, ((1 - level) / 2, (1 + level) / 2))
    lo, hi = (float(np.clip(mean + (end - mean) * wider, 0.0, 1.0)) for end in ends)
    turns = [one.prompt_tokens for one in every if not one.completion_tokens]
    reads = sum(turns) / len(turns)
    return ThresholdChoice(
        threshold_tokens=threshold,
        compactions=len(found.compacted_at),
        recall=mean,
        lo=lo,
        hi=hi,
        regret=float(regret.mean()),
        regret_hi=float(np.quantile(regret, level)),
        mean_prompt_tokens=round(reads),
        prompt_tokens=sum(one.prompt_tokens for one in every),
        recall_per_1k=1000 * mean / reads,
        cost_usd=usd(every, bill.price),
    )
