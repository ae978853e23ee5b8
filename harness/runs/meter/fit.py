"""How a provider counts: a constant, so much a message, and a ratio for each kind of text.

Provider's tokens = constant + per message x messages + sum of ratio x local tokens. The simplest
of these that explains the counts is taken: our own count, our count times a ratio, then all of it.
No part of it is below 0. Prompts that were counted otherwise (text was dropped, cached tokens were
left out) are set aside, since most are not.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from harness.core.text_kinds import KINDS
from harness.runs.meter.count_model import OURS, CountModel
from harness.sessions.tokens import MESSAGE_OVERHEAD, PRIMING

if TYPE_CHECKING:
    from harness.runs.meter.readings import Flags, Floats

_NOISE = 0.01
"""Of one prompt: how far its texts differ from others of their kind, as a share of its tokens."""
_LEAST_NOISE = 0.0005
_ROUNDING = 1.0
"""Tokens that a count may be off by for being a whole number."""
_BELIEFS = {"constant": (20.0, 150.0), "message": (4.0, 6.0)}
"""What a chat template costs before anything was measured, and how far it may be from that."""
_RATIO_SPREAD = 0.5
"""How far the ratio of one kind of text may be from that of all text, as a share of it."""
_PART = 0.5
"""A prompt that counts less than this share of what its length says was counted in part."""
_ROUNDS = 12
_OUTLYING = 4.0
_MOST_OUTLYING = 0.06
"""A prompt so near to its prediction, as a share of it, is never set aside."""


def fit(messages: Floats, kinds: Floats, counted: Floats, *, quantum: float = 1.0) -> CountModel:
    """How a provider counts that counted these prompts.

    Args:
        messages: Messages of each prompt.
        kinds: Local tokens of their texts, a column a kind or one for all.
        counted: What the provider counted.
        quantum: Counts are multiples of this.
    """
    if not len(counted):
        return OURS
    local = PRIMING + MESSAGE_OVERHEAD * messages + kinds.sum(axis=1)
    slip = max(_ROUNDING, quantum)
    if quantum == 1.0 and np.mean(np.abs(counted - local) < _ROUNDING) > 0.5:  # noqa: PLR2004 -- most
        return CountModel(n=len(counted))
    plain = _proportional(local, counted)
    near = np.abs(plain[0] + plain[1] * local - counted) <= slip
    if np.mean(near) > 0.8 and np.ptp(local) > 10 * slip:  # noqa: PLR2004 -- nearly all
        constant, ratio = plain
        return CountModel(
            constant=constant + ratio * PRIMING,
            per_message=ratio * MESSAGE_OVERHEAD,
            ratios=(ratio,),
            error=slip / float(np.ptp(local)) / len(counted) ** 0.5,
            n=len(counted),
        )
    return _full(messages, kinds, counted, local, slip)


def rounding(counted: Floats) -> float:
    """Counts are multiples of this; 1 unless they are rounded."""
    known = np.unique(counted[~np.isnan(counted)]).astype(np.int64)
    if len(known) < 4:  # noqa: PLR2004 -- a few numbers have a common divisor by chance
        return 1.0
    return float(np.gcd.reduce(known))


def _proportional(local: Floats, counted: Floats) -> tuple[float, float]:
    """A constant of at most one token, and a ratio: the median of the longer half."""
    longer = 2 * local >= local.max()
    ratio = float(np.median((counted[longer] - 0.5) / local[longer]))
    return (
        (0.0, round(ratio, 4)) if abs(ratio - round(ratio, 4)) * local.max() < 1 else (0.5, ratio)
    )


def _full(
    messages: Floats, kinds: Floats, counted: Floats, local: Floats, slip: float
) -> CountModel:
    """All parts, by least squares against what is believed beforehand.

    Prompts that are far off are set aside, and it is done again.
    """
    kept_kinds = _told_apart(kinds)
    texts = kinds if kept_kinds is None else kinds[:, kept_kinds]
    overall = float(np.median(counted / local))
    whole = counted > _PART * overall * local
    table = np.column_stack([np.ones(len(counted)), messages, texts])
    noise = _NOISE
    for _ in range(_ROUNDS):
        sigma = np.hypot(slip, noise * overall * local)
        rows = slice(None) if whole.all() else whole  # of millions of rows no copy for nothing
        parts, covariance = _least_squares(table[rows], counted[rows], sigma[rows], overall)
        missed = np.abs(counted - table @ parts)
        scale = max(1.0, 1.4826 * float(np.median((missed / sigma)[whole])))
        far = (missed > _OUTLYING * scale * sigma) & (missed > _MOST_OUTLYING * counted)
        if np.sum(~far) < min(3, len(counted)):
            break
        # what the texts themselves cost, and how evenly, is known better with every round
        before = noise, overall
        overall = float(np.average(parts[2:], weights=texts[~far].sum(axis=0) + 1e-9))
        beyond = np.maximum(missed - slip, 0.0)[~far] / np.maximum(local[~far], 1.0)
        noise = float(np.clip(1.4826 * np.median(beyond), _LEAST_NOISE, _NOISE))
        settled = np.array_equal(~far, whole) and np.allclose(before, (noise, overall), rtol=0.01)
        whole = ~far
        if settled or overall <= 0:
            break
    predicted = table @ parts
    relative = np.abs(counted - predicted)[whole] / np.maximum(predicted[whole], 1.0)
    long = table[np.argmax(local)]
    ratios = parts[2:]
    if kept_kinds is not None:
        each = np.full(len(KINDS), float(np.average(ratios, weights=texts.sum(axis=0))))
        each[kept_kinds] = ratios
        ratios = each
    return CountModel(
        constant=float(parts[0]),
        per_message=float(parts[1]),
        ratios=tuple(float(ratio) for ratio in ratios),
        spread=float(np.median(relative) * 1.4826),
        error=float((long @ covariance @ long) ** 0.5 / max(float(long @ parts), 1.0)),
        n=int(whole.sum()),
    )


def _told_apart(kinds: Floats) -> Flags | None:
    """Which kinds of text occur; None where they are not told apart."""
    if kinds.shape[1] == 1:
        return None
    found: Flags = kinds.sum(axis=0) > 0
    return found if found.any() else None


def _least_squares(
    table: Floats, counted: Floats, sigma: Floats, overall: float
) -> tuple[Floats, Floats]:
    """The parts, none below 0, and their covariance: the best of all ways to leave some at 0."""
    n_ratios = table.shape[1] - 2
    believed = [_BELIEFS["constant"], _BELIEFS["message"]]
    believed += [(overall, _RATIO_SPREAD * overall)] * n_ratios
    prior, width = (np.array(column) for column in zip(*believed, strict=True))
    rows = np.empty((len(table) + len(prior), len(prior)))
    np.divide(table, sigma[:, None], out=rows[: len(table)])
    rows[len(table) :] = np.diag(1.0 / width)
    right = np.concatenate([counted / sigma, prior / width])
    best: tuple[float, Floats, Floats] | None = None
    every = range(table.shape[1])
    for zeros in every:
        for left_out in combinations(every, zeros):
            free = [index for index in every if index not in left_out]
            found, *_ = np.linalg.lstsq(rows[:, free] if left_out else rows, right, rcond=None)
            parts = np.zeros(table.shape[1])
            parts[free] = found
            loss = float(np.sum((right - rows @ parts) ** 2))
            if (found >= 0).all() and (best is None or loss < best[0]):
                covariance = np.zeros((table.shape[1],) * 2)
                covariance[np.ix_(free, free)] = np.linalg.inv(rows[:, free].T @ rows[:, free])
                best = (loss, parts, covariance)
        if best is not None:
            break
    if best is None:  # never yet: what is believed of each part is above 0
        return prior, np.diag(width**2)
    return best[1], best[2]
