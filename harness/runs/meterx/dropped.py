"""Which part of a prompt a server dropped, told by what was recalled of it.

A fact in a part that was dropped is not recalled, but by chance. Each way to drop puts other facts
into that part; the one that explains best what was recalled is taken, and where facts of the part
are recalled more often than chance in every one of them, nothing was dropped at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from harness.runs.meterx.readings import Flags, Floats, Readings

Part = Literal["start", "middle", "end", "unknown"]
"""What a server drops of a prompt that is too long for it."""

_MARGIN = 0.1
"""A fact counts as evidence only where it lies this far inside of the part, as a share of what was
kept: counts of one text differ between tokenizers."""
_SURE = 0.01
"""Recall of a dropped part is no chance below this probability."""
_CLEAR = 3.0
"""Difference of log-likelihoods that settles which part it was."""
_HEADS = (0.25, 0.5, 0.75)
"""Shares of what is kept that middle-out may keep at the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropping:
    """A way to drop."""

    part: Part
    head: float = 0.0
    """Share of what is kept that is kept at the start."""
    system: float = 0.0
    """Local tokens of the system prompt, where it is kept beside the newest."""

    def lost(self, x: Readings, kept: Floats, *, margin: float = 0.0) -> Flags:
        """Whether a plant that the answer needs lies in the part that was dropped.

        Args:
            x: Prompts that were cut.
            kept: Local tokens of each that were kept.
            margin: How far inside it has to lie, as a share of what was kept.
        """
        newest = (1 - self.head) * kept - self.system
        oldest = self.head * kept
        room = margin * kept
        behind = (x.behind > newest + room) & (x.local - x.behind > oldest + room)
        nearest = (x.nearest > newest + room) & (x.local - x.nearest > oldest + room)
        return np.asarray(behind | nearest)


UNKNOWN = Dropping(part="unknown")


def dropping(x: Readings, kept: Floats) -> Dropping | None:
    """How the server drops; None where what was recalled says that it does not.

    Args:
        x: Prompts that seem to be cut.
        kept: Local tokens of each that seem to be kept.
    """
    known = x.told & ~np.isnan(x.behind)
    x, kept = x.only(known), kept[known]
    ways = [Dropping(part="start")]
    if x.system:
        ways.append(Dropping(part="start", system=x.system))
    # the question is always read: it takes its place at the end of what is kept of the start
    ways.append(Dropping(part="end", head=1.0))
    ways += [Dropping(part="middle", head=head) for head in _HEADS]
    left = [way for way in ways if not _refuted(way, x, kept)]
    if not left:
        return None
    fits = sorted(((_fit(way, x, kept), -index, way) for index, way in enumerate(left)), reverse=True)
    best = fits[0][2]
    others = [fit for fit, _, way in fits if way.part != best.part]
    nothing = _fit(None, x, kept)
    if fits[0][0] - max([nothing, *others]) < _CLEAR:
        return UNKNOWN
    return best


def _refuted(way: Dropping, x: Readings, kept: Floats) -> bool:
    """Whether facts that it would have dropped are recalled more often than chance."""
    inside = way.lost(x, kept, margin=_MARGIN)
    return at_least(int(x.recalled[inside].sum()), int(inside.sum()), x.chance) < _SURE


def _fit(way: Dropping | None, x: Readings, kept: Floats) -> float:
    """Log-likelihood of what was recalled, if the server drops in that way; None: it does not."""
    lost = np.zeros(len(x), np.bool_) if way is None else way.lost(x, kept)
    return _bernoulli(x.recalled[lost], x.chance) + _bernoulli(x.recalled[~lost], None)


def _bernoulli(recalled: Flags, rate: float | None) -> float:
    """Log-likelihood at a rate; None: at the rate that fits best, a little off 0 and 1."""
    n, k = len(recalled), int(recalled.sum())
    if rate is None:
        rate = (k + 0.5) / (n + 1)
    return k * math.log(rate) + (n - k) * math.log(1 - rate)


def at_least(k: int, n: int, rate: float) -> float:
    """Probability of k or more of n when each comes at that rate.

    >>> round(at_least(2, 2, 0.5), 6), at_least(0, 5, 0.1)
    (0.25, 1.0)
    """
    if k <= 0:
        return 1.0
    terms = [
        math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1)
        + i * math.log(rate) + (n - i) * math.log1p(-rate)
        for i in range(k, n + 1)
    ]  # fmt: skip
    most = max(terms)
    return min(1.0, math.exp(most) * sum(math.exp(term - most) for term in terms))
