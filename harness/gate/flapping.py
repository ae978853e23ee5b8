"""The gate against itself: how often it would have failed when nothing changed.

Its one rule: nights are drawn from answers that were really given. For each session a night takes
one repeat as the run and the others as the baseline, so that chance is the model's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from harness.core.errors import UsageError
from harness.core.kinds import RECALL_KINDS
from harness.gate.baseline import REPEATS_ADVISED
from harness.gate.check import Wanted, pooled
from harness.gate.decision import fires, looks
from harness.gate.look import CELL

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.gate.check import Again
    from harness.gate.decision import GateRule
    from harness.gate.snapshot import Snapshot

    Floats: TypeAlias = npt.NDArray[np.float64]

NIGHTS = 1_000
_SEED = 20_260_101
_FOR_A_SECOND = 3
"""Repeats that a second look takes: the run, its fresh repeat, and a baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flapping:
    """Shares of nights on which a gate would have failed, in [0, 1]; nothing had changed."""

    nights: int
    repeats: int
    trials: int
    sessions: int
    raw: float
    """Failing at any drop at all."""
    fixed: float
    """Failing at a drop of the margin."""
    one_look: float
    """This gate without a second look."""
    confirmed: float | None
    """This gate; None where there are too few repeats for a second look."""
    differ: float
    """Share of trials whose answers are not all worth the same."""


def flapping(run: Snapshot, rule: GateRule, *, nights: int = NIGHTS) -> Flapping:
    """How often the gate would have failed on the run's own repeats.

    Args:
        run: A run of at least two repeats.
        rule: The gate.
        nights: How many to draw.

    Raises:
        UsageError: It has one repeat, or several models, prompts, windows or policies.
    """
    apart = [name for name in CELL if run.rows[name].n_unique() > 1]
    if apart:
        raise UsageError(
            f"--a-a is about one {apart[0]} at a time; {run.name} has"
            f" {run.rows[apart[0]].n_unique()}: run one of them with --repeats 5"
        )
    scores, starts = _scores(run)
    if scores.shape[0] < 2:  # noqa: PLR2004 -- a pair
        raise UsageError(
            "--a-a sets the repeats of a run against each other, and this run has one answer a"
            " trial: harness run --repeats 5"
        )
    # mean of each session in each repeat: shape (repeats, sessions)
    means = np.add.reduceat(scores, starts, axis=1) / np.diff([*starts, scores.shape[1]])
    draws = np.random.default_rng(_SEED)
    order = draws.random((nights, *means.shape)).argsort(axis=1)
    drawn = np.take_along_axis(np.broadcast_to(means, order.shape), order, axis=1)
    second = scores.shape[0] >= _FOR_A_SECOND
    base = drawn[:, 2 if second else 1 :].mean(axis=1)
    n_probes = scores.shape[1]
    effect = (drawn[:, 0] - base).mean(axis=1)
    first = _fired(drawn[:, 0] - base, rule, n_probes)
    both = first & _fired(drawn[:, 1] - base, rule, n_probes) if second else None
    return Flapping(
        nights=nights,
        repeats=scores.shape[0],
        trials=n_probes,
        sessions=len(starts),
        raw=float((effect < -1e-9).mean()),  # noqa: PLR2004 -- not by rounding alone
        fixed=float((effect <= -rule.margin).mean()),
        one_look=float(first.mean()),
        confirmed=None if both is None else float(both.mean()),
        differ=float((np.ptp(scores, axis=0) > 0).mean()),
    )


def enough_repeats(run: Snapshot, again: Again) -> Snapshot:
    """The run with as many repeats as a baseline should have; what it lacks is asked for."""
    lacking = REPEATS_ADVISED - run.repeats
    if lacking <= 0:
        return run
    fresh = again(
        Wanted(
            models=tuple(found.model for found in run.models),
            scenarios=tuple(dict.fromkeys(mark.name for mark in run.scenarios)),
            first_repeat=run.repeats,
            repeats=lacking,
            why=f"{lacking} more repeats, to set them against each other",
        )
    )
    return replace(run, rows=pooled(run.rows, fresh.rows))


def _scores(run: Snapshot) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Scores of the trials that were measured in every repeat, and where each session starts."""
    whole = pl.col("scores").list.len() == run.repeats
    measured = pl.col("scores").list.drop_nulls().list.len() == run.repeats
    kept = run.rows.filter(pl.col("probe_kind").is_in(RECALL_KINDS), whole, measured)
    if kept.is_empty():
        raise UsageError(f"{run.name} has no trial that was measured in each of its repeats")
    kept = kept.sort("session", "fill_requested", "probe", nulls_last=False)
    sessions = kept["session"].rle_id().to_numpy().astype(np.int64)
    scores = np.array(kept["scores"].to_list(), dtype=np.float64).T
    return scores, np.flatnonzero(np.diff(sessions, prepend=-1))


def _fired(means: Floats, rule: GateRule, n_probes: int) -> npt.NDArray[np.bool_]:
    found = looks(means, rule, n_probes=n_probes)
    return fires(found.effect, found.lo, found.p_worse, rule)
