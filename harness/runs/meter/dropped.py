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
    from harness.runs.meter.readings import Flags, Floats, Integers, Readings

Part = Literal["start", "middle", "end", "unknown"]
"""What a server drops of a prompt that is too long for it."""

_LEAST_MARGIN, _MOST_MARGIN = 0.02, 0.1
"""A fact counts as evidence only where it lies this far inside of the part, as a share of what was
kept: counts of one text differ between tokenizers."""
_SURE = 0.002
"""Recall of a dropped part is no chance below this probability; it is looked for at every length,
since a model that forgets with length recalls from the shortest of them alone."""
_PARTS, _FACTS_A_PART = 4, 15
_LOOKS = 40
"""Recalled facts, from the shortest prompt on, up to which it is looked for."""
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
        # the start and the end of a prompt are no edges that a count could misplace
        newest = (1 - self.head) * (1 + margin) * kept - self.system
        oldest = self.head * (1 + margin) * kept
        farthest = (x.behind > newest) & (x.local - x.behind >= oldest)
        nearest = (x.nearest > newest) & (x.local - x.nearest >= oldest)
        return np.asarray(farthest | nearest)


UNKNOWN = Dropping(part="unknown")


def dropping(x: Readings, kept: Floats, slack: float, *, stuck: bool) -> Dropping | None:
    """How the server drops; None where what was recalled says that it does not.

    Args:
        x: Prompts that seem to be cut.
        kept: Local tokens of each that seem to be kept.
        slack: How far that may be off, as a share of it.
        stuck: All of them count the very same, as a meter does that reads no further: then what
            was recalled has to show clearly that a part was dropped.
    """
    known = x.told & ~np.isnan(x.behind)
    x, kept = x.only(known), kept[known]
    ways = [Dropping(part="start")]
    if x.system:
        ways.append(Dropping(part="start", system=x.system))
    # the question is always read: it takes its place at the end of what is kept of the start
    ways.append(Dropping(part="end", head=1.0))
    ways += [Dropping(part="middle", head=head) for head in _HEADS]
    margin = min(max(2 * slack, _LEAST_MARGIN), _MOST_MARGIN)
    left = [way for way in ways if not _refuted(way, x, kept, margin)]
    if not left:
        return None
    bins = _by_length(x)
    fits = [(_fit(way, x, kept, bins, slack), way) for way in left]
    best, way = max(fits, key=lambda one: one[0])
    nothing = _fit(None, x, kept, bins, slack)
    if nothing - best > _CLEAR:
        return None  # a model that forgets with length explains it better
    if stuck and best - nothing < 2 * _CLEAR:
        return None
    others = [fit for fit, other in fits if other.part != way.part]
    return way if best - max([nothing, *others]) >= _CLEAR else UNKNOWN


def _by_length(x: Readings) -> Integers:
    """Prompts in up to four parts, the shortest first: recall may fall with the length."""
    parts = min(_PARTS, 1 + len(x) // _FACTS_A_PART)
    if parts == 1:
        return np.zeros(len(x), dtype=np.int64)
    return np.searchsorted(np.quantile(x.local, np.arange(1, parts) / parts), x.local)


def _refuted(way: Dropping, x: Readings, kept: Floats, margin: float) -> bool:
    """Whether facts that it would have dropped are recalled more often than chance."""
    inside = np.flatnonzero(way.lost(x, kept, margin=margin))
    inside = inside[np.argsort(x.local[inside], kind="stable")]
    recalled = np.cumsum(x.recalled[inside])
    return any(
        at_least_dropped(int(recalled[last]), int(last) + 1, x.chance) < _SURE
        for last in np.flatnonzero(x.recalled[inside])[:_LOOKS]
    )


def _fit(way: Dropping | None, x: Readings, kept: Floats, bins: Integers, slack: float) -> float:
    """Log-likelihood of what was recalled, if the server drops in that way; None: it does not."""
    lost = np.zeros(len(x), np.bool_) if way is None else way.lost(x, kept, margin=slack)
    read = sum(_bernoulli(x.recalled[~lost & (bins == one)], None) for one in range(_PARTS))
    return read + _bernoulli(x.recalled[lost], x.chance)


def _bernoulli(recalled: Flags, rate: float | None) -> float:
    """Log-likelihood at a rate; None: at the rate that fits best, a little off 0 and 1."""
    n, k = len(recalled), int(recalled.sum())
    if rate is None:
        rate = (k + 0.5) / (n + 1)
    return k * math.log(rate) + (n - k) * math.log(1 - rate)


def at_least_dropped(k: int, n: int, rate: float) -> float:
    """Probability of k or more of n when each comes at that rate.

    >>> round(at_least_dropped(2, 2, 0.5), 6), at_least_dropped(0, 5, 0.1)
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
