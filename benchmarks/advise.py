"""How good the advice on where to compact is: studies of models whose best threshold is known.

    python benchmarks/advise.py [STUDIES]

For each truth (a curve of forgetting and a compaction) it makes so many studies, asks each where to
compact, and works out from the truth what following the advice costs: the regret, as a part of the
recall of the best threshold. It ends with 1 where a truth fails what docs/compaction.md promises.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from harness.analysis.advice.advise import advise
from harness.analysis.advice.working_session import course, survivals
from harness.analysis.calibration.compactions import SimulatedCompaction

if TYPE_CHECKING:
    from harness.analysis.advice.model import Advice, Shape

PROMISED, OF = 19, 20
REGRET = 0.05


def step(fill: float) -> float:
    """Half is lost from 60 % of the window on."""
    return 0.97 if fill < 0.6 else 0.47


def fading(fill: float) -> float:
    """A straight line from 30 % of the window on."""
    return max(0.98 - 1.1 * max(fill - 0.3, 0.0), 0.1)


def logistic(fill: float) -> float:
    """Half of it is lost at 55 % of the window."""
    return 0.05 + 0.93 / (1 + math.exp((fill - 0.55) / 0.08))


def flat(fill: float) -> float:
    """Nothing is forgotten at any length."""
    del fill
    return 0.96


def true_recall(truth: SimulatedCompaction, shape: Shape, threshold: float) -> float:
    """Recall over the working session, by the truth."""
    found = course(shape, threshold)
    read = np.array([truth.recall(fill) for fill in found.prompt_tokens / truth.window])
    first, later = np.array([truth.first]), np.array([truth.later])
    left = survivals(first, later, found.rounds.shape[1]) @ found.rounds.T
    return float((left * read).mean())


def regret(truth: SimulatedCompaction, found: Advice) -> float | None:
    """What following the advice costs, as a part of the best recall; None where there is none."""
    if found.threshold_tokens is None:
        return None
    finest = np.arange(0.12, found.measured_tokens / truth.window, 0.01) * truth.window
    best = max(true_recall(truth, found.shape, one) for one in finest)
    return (best - true_recall(truth, found.shape, found.threshold_tokens)) / best


def main(studies: int) -> int:
    """Print a line a truth."""
    failed = False
    print("curve      first later   told under 5 %  worst covered")
    for curve in (step, fading, logistic, flat):
        for first, later in ((0.5, 0.5), (0.7, 0.9), (0.95, 0.99)):
            told, small, worst, covered, why = 0, 0, 0.0, 0, Counter[str]()
            for study in range(studies):
                truth = SimulatedCompaction(recall=curve, first=first, later=later, study=study)
                (found,) = advise(truth.records())
                cost = regret(truth, found)
                if cost is None:
                    why[found.reason or ""] += 1
                    continue
                told += 1
                small += cost < REGRET
                worst = max(worst, cost)
                chosen = next(
                    one for one in found.choices if one.threshold_tokens == found.threshold_tokens
                )
                real = true_recall(truth, found.shape, chosen.threshold_tokens)
                covered += chosen.lo <= real <= chosen.hi
            enough = PROMISED / OF
            if curve is flat:
                failed |= why["flat"] < enough * studies
            else:
                failed |= small < enough * studies
            print(
                f"{curve.__name__:10} {first:5.2f} {later:5.2f}  {told:5} {small:9} {worst:6.3f}"
                f" {covered:7}  {dict(why)}"
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else OF))
