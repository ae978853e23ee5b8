"""Adaptive runs: which probes to ask next, so that the onset is found with few tokens.

Its one rule: a choice depends on the answers so far and on the seed of the draws, on nothing else;
not on the order of the rows either.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.adaptive.information import believe, most_telling, worth
from harness.analysis.onset.cells import gather
from harness.analysis.onset.grid import EVEN_FROM
from harness.analysis.onset.result import percent
from harness.analysis.onset.rows import MAX_FILL, Rows, scored
from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self

    import numpy.typing as npt
    import polars as pl

    from harness.core.draws import Draws

    Floats: TypeAlias = npt.NDArray[np.float64]

CONTROL_SHARE = 0.25
"""Of the opening round: probes of the nearly empty window."""
OPENING_LEVELS = 7
"""Fills over which the rest of the opening round is spread, jittered between them."""
SURVEY_SHARE = 1 / 16
"""Of every later batch: probes spread over the whole range, whatever is believed of it. They are
what finds a recovery, or a fall where the dictionary sees none coming."""
SPREAD_SHARE = 0.25
"""Of the rest of a batch: probes drawn in proportion to what a single one tells per token. The
others are the best ones, one by one; alone they would trust the dictionary too much. In small
simulations the mixture did a little better on a step and a window, and no worse on a logistic.
"""
OVERHEAD = 0.05
"""Cost of a probe beside its fill (question, reply, a call), in windows; at most as much as a
prompt of the nearly empty window. More of it asks for fewer and dearer probes; from 0.02 to 0.05
the tokens needed stay the same."""

_STEP = 0.0125  # between candidate fills; a probe is jittered by half of it to either side
_OCTAVE = 1 / 8  # the same in octaves, where those are the axis
_GOLDEN = (np.sqrt(5) - 1) / 2


_Wanted: TypeAlias = list[tuple[float, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    criterion: float
    guess: float
    control: float
    fills_up_to: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenProbe:
    """One probe to ask."""

    seed: int
    """Which session: its seed, from 0."""
    fill: float
    """How full the window is to be, as a fraction of it."""
    position: float
    """Where in the conversation the fact stands, in [0, 1]."""
    why: str
    """One short sentence."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """A choice that was written before; what a later version adds is left out."""
        return cls(**{name: data[name] for name in ("seed", "fill", "position", "why")})


def next_batch(
    rows: Rows,
    *,
    size: int = 32,
    sessions: int,
    batch: int,
    draws: Draws,
    criterion: float = 0.05,
    guess: float = 0.0,
    control: float = 0.05,
    fills_up_to: float = 1.0,
    a_session: int = 1,
) -> tuple[ChosenProbe, ...]:
    """The probes worth asking next.

    With no answer so far, the opening round: a quarter control probes, the rest over seven spread
    fills. Then the probes that tell most about the onset for their cost, which is their fill and a
    small constant; control probes compete on the same terms, and a few probes survey the range.
    Fills are jittered, positions come one from each of `size` equal strata, and sessions take
    turns.

    Args:
        rows: All answers so far: session, fill and score. A score of None counts as asked.
        size: Probes wanted, at least 1; 16 to 64 cost the same in the end.
        sessions: Seeds 0 to sessions - 1 take turns.
        batch: Number of this batch, from 1; names the draws.
        draws: The source of all chance here; it is not moved.
        criterion: The drop from the plateau that counts, in (0, 1).
        guess: Chance of being right without remembering, in [0, 1).
        control: Where the nearly empty window ends, as a fill in (0, 1).
        fills_up_to: The largest fill that may be asked, in (control, 2].
        a_session: Probes of a batch for each session that it turns to, at least 1. Where several
            are asked of one session as it grows, a prefix cache pays for most of their tokens.

    Raises:
        UsageError: A number is out of its range, or a row is none.
    """
    asked = _Asked(criterion=criterion, guess=guess, control=control, fills_up_to=fills_up_to)
    _check(asked, size=size, sessions=sessions, batch=batch, a_session=a_session)
    chance = draws.child("adaptive", batch)
    frame, unscored = scored(rows)
    if frame.is_empty():
        wanted = _opening(size, chance, asked)
    else:
        survey = int(size * SURVEY_SHARE)
        wanted = _telling(frame, size - survey, chance, asked) + _survey(survey, chance, asked)
    turns = min(-(-len(wanted) // a_session), sessions)
    first = frame.height + unscored if a_session == 1 else (batch - 1) * turns
    return _dealt(wanted, chance, sessions=sessions, first=first, turns=turns)


def _check(asked: _Asked, **counts: int) -> None:
    for name, value in counts.items():
        if value < 1:
            raise UsageError(f"{name} is {value}, expected at least 1")
    for name in ("criterion", "control"):
        fraction = getattr(asked, name)
        if not 0 < fraction < 1:
            raise UsageError(f"{name} is {fraction:g}, expected a fraction between 0 and 1")
    if not 0 <= asked.guess < 1:
        raise UsageError(f"guess is {asked.guess:g}, expected a fraction of at least 0, below 1")
    if not asked.control < asked.fills_up_to <= MAX_FILL:
        wanted = f"a fraction of the window above {asked.control:g} and up to {MAX_FILL:g}"
        raise UsageError(f"fills_up_to is {asked.fills_up_to:g}, expected {wanted}")


def _opening(size: int, chance: Draws, asked: _Asked) -> _Wanted:
    """A quarter controls; the rest over seven fills, and one where the range ends."""
    controls = round(size * CONTROL_SHARE)
    found = [(_control_fill(chance, asked.control), "control probe") for _ in range(controls)]
    others = size - controls
    levels = _levels(OPENING_LEVELS, asked)
    for i in range(others):
        low, high = levels[i * len(levels) // others]
        jittered = low + (high - low) * (1 - chance.uniform())
        fill = asked.fills_up_to if i == others - 1 else jittered
        found.append((fill, f"opening round, near {percent((low + high) / 2)}"))
    return found


def _levels(count: int, asked: _Asked) -> list[tuple[float, float]]:
    """So many equal parts of the range past the controls.

    Where the axis is one of octaves every other part is one of octaves up to where even parts
    begin, and the rest are even.
    """
    low, top = asked.control, asked.fills_up_to
    edges = [low]
    if low < EVEN_FROM and top > EVEN_FROM:
        octaves = count // 2
        ratio = (EVEN_FROM / low) ** (1 / max(octaves, 1))
        edges = [low * ratio**i for i in range(octaves)] + ([EVEN_FROM] if octaves else [low])
        count -= octaves
    start = edges[-1]
    edges += [start + (top - start) * (i + 1) / count for i in range(count)]
    return list(itertools.pairwise(edges))


def _control_fill(chance: Draws, control: float) -> float:
    return chance.uniform(0.2, 1.0) * control


def _candidates(control: float, fills_up_to: float) -> Floats:
    """Fills to choose from: the control zone, then an even grid to the end of the range.

    Where the axis is one of octaves, parts of an octave until even steps are smaller.
    """
    octaves = np.empty(0)
    start = control
    if control < EVEN_FROM:
        ratio = 2.0**_OCTAVE
        count = int(np.log(min(_STEP / (ratio - 1), fills_up_to) / control) / np.log(ratio))
        octaves = control * ratio ** np.arange(1, max(count, 0) + 1)
        start = float(octaves[-1]) if len(octaves) else control
    count = max(round((fills_up_to - start) / _STEP), 1)
    past = np.linspace(start, fills_up_to, count + 1)[1:]
    return np.concatenate(([0.6 * control], octaves, past))


def _around(fills: Floats, at: int) -> tuple[float, float]:
    """From half a step below a candidate to half a step above it."""
    step = min(_STEP, float(fills[at] - fills[at - 1]))
    return float(fills[at] - step / 2), float(fills[at] + step / 2)


def _telling(rows: pl.DataFrame, size: int, chance: Draws, asked: _Asked) -> _Wanted:
    """The most telling probes for their cost."""
    fills = _candidates(asked.control, asked.fills_up_to)
    cells = gather(rows, control=asked.control)
    beliefs = believe(cells, fills, guess=asked.guess, criterion=asked.criterion)
    where = beliefs.median
    subject = "whether there is an onset" if where is None else f"the onset near {percent(where)}"
    cost = fills + min(OVERHEAD, asked.control)
    single = worth(beliefs, cost)
    drawn = _systematic(single, int(size * SPREAD_SHARE), chance)
    best = most_telling(beliefs, cost, size - len(drawn), given=drawn)
    found = []
    for at, bits in [(at, float(single[at])) for at in drawn] + best:
        if at == 0:
            found.append((_control_fill(chance, asked.control), "control probe"))
            continue
        low, high = _around(fills, at)
        high = min(high, asked.fills_up_to)
        fill = high - (high - max(low, asked.control)) * chance.uniform()
        found.append((float(fill), f"{bits:.2g} bits for a full window of tokens, about {subject}"))
    return found


def _systematic(weights: Floats, size: int, chance: Draws) -> list[int]:
    """Indices drawn in proportion to the weights: one draw, then even steps."""
    weights = weights + 1e-12 * (weights.sum() + 1)  # so that something can be drawn of nothing
    steps = (np.arange(size) + chance.uniform()) / max(size, 1)
    below = np.cumsum(weights) / weights.sum()
    return [min(int(i), len(weights) - 1) for i in np.searchsorted(below, steps)]


def _survey(size: int, chance: Draws, asked: _Asked) -> _Wanted:
    """One probe in each of equal parts of the range."""
    parts = reversed(_levels(size, asked)) if size else ()
    fills = [high - (high - low) * chance.uniform() for low, high in parts]
    return [(fill, "survey of the whole range") for fill in fills]


def _dealt(
    wanted: _Wanted, chance: Draws, *, sessions: int, first: int, turns: int
) -> tuple[ChosenProbe, ...]:
    """Sessions and positions for the probes wanted, so that neighbours in fill share neither.

    Positions are the ranks of a golden-ratio sequence along the fills: one in each stratum, and
    any run of neighbouring fills is spread over all of them.

    Args:
        wanted: Fills and reasons.
        chance: Source of all draws.
        sessions: How many there are.
        first: The one whose turn it is.
        turns: How many are asked.
    """
    wanted = sorted(wanted)
    turn = (np.arange(len(wanted)) * _GOLDEN + chance.uniform()) % 1
    strata = np.argsort(np.argsort(turn))
    seeds: list[int] = []
    for low in range(0, len(wanted), turns):
        part = range(min(turns, len(wanted) - low))
        seeds += chance.shuffled([(first + i) % sessions for i in part])
    return tuple(
        ChosenProbe(
            seed=seed,
            fill=fill,
            position=round((int(stratum) + chance.uniform()) / len(wanted), 6),
            why=why,
        )
        for (fill, why), seed, stratum in zip(wanted, seeds, strata, strict=True)
    )
