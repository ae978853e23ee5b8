"""Usage that stops growing, or falls, while sessions grow: what servers that drop text share.

Nothing else is proof. A count below what was expected may be a tokenizer that likes this kind of
text better, and then it still grows with the session. A count that ends at one number in several
sessions is a prompt that was cut to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.runs.meter.count_model import OURS, CountModel
from harness.runs.meter.fit import fit

if TYPE_CHECKING:
    from harness.runs.meter.readings import Flags, Floats, Readings

_SPLITS = 48
"""Places at which the shorter prompts may end and those that are cut begin."""
FLAT = 0.4
"""Growth of the counts, as a share of what they are, below which they have stopped growing; a
template's constant makes it a little less than 1."""
_FALL = 0.85
"""A longer prompt of one session that counts less than this share of a shorter one was cut."""
_LONGER = 1.02
"""So much longer a prompt is that is longer, whatever its question."""
_NEARLY_ALL = 0.8
_NEAR = 0.01
"""A count that misses less than this share of what is expected misses nothing."""
_OFF_LINE = 0.05
"""A prompt that was read whole is as near as this to what is expected, as a share of it."""
_LEAST = 32
"""Tokens: less is never missing, since whole messages are dropped."""
_RANGE = 1.02
"""Longest over shortest of the prompts whose growth is looked at."""
_ALONE = 0.6
"""In a single session, or at a single length, counts must be below this share of what is
expected: no tokenizer explains that."""
_UNSURE = 0.8
"""And below this nobody can tell."""
_MANY, _TIGHT = 8, 0.005
"""So many prompts, counted so exactly as predicted: then no shortfall is the tokenizer's."""
_STEADY = 0.3
"""A server that drops keeps about the same; what is left out by a cache varies more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """Where the counts of one scenario stop growing."""

    tokens: float
    """The most that is counted from there on, in the provider's tokens."""
    model: CountModel
    """How prompts below it are counted."""
    proven: bool
    """Else nobody can tell."""
    steady: bool
    """What is counted from there on is about the same each time."""


def find_cap(x: Readings, counted: Floats, quantum: float) -> Cap | None:
    """Where counts stop growing; None where they do not.

    Args:
        x: Calls of one scenario whose counts are trusted.
        counted: What the provider counted.
        quantum: Its counts are multiples of this.
    """
    tops = _one_a_fork(x, counted)
    x, counted = x.only(tops), counted[tops]
    order = np.argsort(x.local, kind="stable")
    x = x.only(order)
    counted = counted[order]
    fallen = _first_fall(x, counted, quantum)
    tried: list[tuple[bool, int, Cap]] = []
    for start in _starts(x, fallen):
        head, tail = x.only(slice(start)), x.only(slice(start, None))
        model = fit(head.messages, head.kinds, counted[:start], quantum=quantum)
        found = _cap(tail, counted[start:], model, quantum, falls=fallen is not None)
        if found is not None:
            wrong = _out_of_line(x, counted, start, model, quantum)
            tried.append((found.proven, wrong, found))
    if not tried:
        return None
    proven = any(one[0] for one in tried)
    least = min(wrong for is_proven, wrong, _ in tried if is_proven == proven)
    near = least + max(2, len(x) // 30)
    # a few short prompts foretell the long ones badly: of splits that are about as good, the last
    return [one for is_proven, wrong, one in tried if is_proven == proven and wrong <= near][-1]


def _out_of_line(
    x: Readings, counted: Floats, start: int, model: CountModel, quantum: float
) -> int:
    """How many prompts are not as they should be if those from `start` on are cut.

    The shorter ones should be on the line of the model, the others short of it.
    """
    expected = model.predict(x.messages, x.kinds)
    short = _short(expected, counted, model, quantum)
    off = np.abs(expected - counted) > np.maximum(_OFF_LINE * expected, _LEAST + 2 * quantum)
    return int(off[:start].sum() + (~short[start:]).sum())


def _short(expected: Floats, counted: Floats, model: CountModel, quantum: float) -> Flags:
    """Which counts miss more than the tokenizer can make differ."""
    least = np.maximum(max(5 * model.spread, _NEAR) * expected, _LEAST + 2 * quantum)
    short: Flags = expected - counted > least
    return short


def _starts(x: Readings, fallen: int | None) -> list[int]:
    """Where prompts that are cut may begin: at distinct lengths, the shortest first."""
    if len(x) <= 1:
        return []
    places = np.linspace(0, len(x) - 2, _SPLITS).astype(np.int64)
    found = sorted({int(place) for place in places})
    return found if fallen is None else sorted({*found, fallen})


def _cap(
    tail: Readings, counted: Floats, model: CountModel, quantum: float, *, falls: bool
) -> Cap | None:
    """The cap of prompts that seem to be cut; None where they are not."""
    expected = model.predict(tail.messages, tail.kinds)
    short = _short(expected, counted, model, quantum)
    sessions = len(np.unique(tail.session[short]))
    if short.mean() < _NEARLY_ALL or not sessions:
        return None
    share = float(np.median(counted[short] / expected[short]))
    proven: bool
    if tail.local.max() < _RANGE * tail.local.min():
        tight = model.n >= _MANY and model.slack <= _TIGHT
        if share > (1 - 2 * _NEAR if tight else _UNSURE):
            return None
        proven = (tight and sessions > 1) or (share < _ALONE and model.n > 0)
    else:
        growth, error = growth_of(tail.local, counted)
        stopped = growth + 2 * error < FLAT
        if not (stopped or falls):
            return None
        proven = sessions > 1 if model.n else (sessions > 1 and growth + 2 * error < FLAT / 2)
        proven = proven or (share < _ALONE and model.n > 0)
    kept = counted[short]
    return Cap(
        tokens=float(kept.max()),
        model=model if model.n else OURS,
        proven=proven,
        steady=float(np.quantile(kept, 0.1)) >= _STEADY * float(kept.max()),
    )


def growth_of(local: Floats, counted: Floats) -> tuple[float, float]:
    """Growth of the counts with the length of their prompts, and its standard error.

    It is 1 where they grow as they stand, and 0 where they do not grow at all.
    """
    away = local - local.mean()
    spread = float(np.sum(away**2))
    slope = float(np.sum(away * counted)) / spread
    off = counted - counted.mean() - slope * away
    error = float((np.sum(off**2) / max(len(off) - 2, 1) / spread) ** 0.5)
    usual = float(np.median(counted / local))
    return slope / usual, error / usual


def _first_fall(x: Readings, counted: Floats, quantum: float) -> int | None:
    """The shortest prompt that counts less than a shorter one of its session.

    None unless that happens in more than one session.
    """
    fallen: dict[int, int] = {}
    order = np.argsort(x.trunk, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(x.trunk[order])) + 1):
        most = rows[0]
        for row in rows[1:]:
            least = min(_FALL * counted[most], counted[most] - 2 * _LEAST - 2 * quantum)
            if counted[row] < least and x.local[row] > _LONGER * x.local[most]:
                session = int(x.session[row])
                fallen[session] = min(fallen.get(session, len(x)), int(row))
                break
            most = row if counted[row] > counted[most] else most
    return min(fallen.values()) if len(fallen) > 1 else None


def _one_a_fork(x: Readings, counted: Floats) -> Flags:
    """One call of each fork: the others differ in their question alone."""
    order = np.lexsort((-counted, x.fork))
    forks = x.fork[order]
    first = np.zeros(len(x), dtype=np.bool_)
    first[order[np.concatenate([[True], forks[1:] != forks[:-1]])[: len(order)]]] = True
    return first
