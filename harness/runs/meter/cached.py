"""Counts that leave out what a prefix cache held: mended where it is told, distrusted where not.

Calls of one fork are the same prompt but for the question, so a provider that counts whole prompts
counts them alike. One that leaves cached tokens out counts the first of them and next to nothing of
the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.runs.meter.fit import fit

if TYPE_CHECKING:
    from harness.runs.meter.readings import Flags, Floats, Integers, Readings

_COLLAPSED = 0.7
"""Calls of one fork of which one counts less than this share of another were not counted whole."""
_LEAST = 48
"""Tokens: questions of one fork differ by less."""
_OFTEN = 0.2
"""Share of the forks asked more than once that collapse, from which on a provider leaves out what
is cached, and no chance it is."""

_AS_FULL = 0.85
"""A count that is a smaller share of its prompt than this, over that of the fullest of the longer
ones, met a cache: another session may begin like its own."""
_NO_TOKENIZER = 0.25
"""No tokenizer makes so few of our tokens, as a share of them."""
_LONGER = 1.25
"""So much longer a prompt is than another, where their counts tell what a token more counts."""
_SHORT = 3.0
"""Prompts of up to so many times the median's length lie along one line."""
_MOST_COMPARED = 200
"""Prompts of one scenario whose counts are compared with each other."""
_PREFIX = 12
"""Tokens: what a cache holds of a system prompt is no less, and a tokenizer's whims are."""
_WHIMS = 0.03
"""The same as a share of the prompt, for long ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeCounts:
    """The provider's counts of whole prompts, as far as they can be had."""

    tokens: Floats
    """NaN where nothing was counted."""
    mended: Flags
    """What was told of the cache is added."""
    trusted: Flags
    """Nothing says that a part of the prompt is missing from the count."""
    guessed: Flags
    """What the cache held of a beginning that all sessions share is added; nobody told it."""


def whole_counts(x: Readings) -> WholeCounts:
    """The provider's counts, with what it left out and told beside them."""
    told = np.nan_to_num(x.cached)
    mended = (
        (told > 0) & ~np.isnan(x.counted) if _leaves_out_told(x) else np.zeros(len(x), np.bool_)
    )
    tokens = np.where(mended, x.counted + told, x.counted)
    known = ~np.isnan(tokens)
    trusted, guessed = known.copy(), np.zeros(len(x), dtype=np.bool_)
    if _leaves_out_untold(x, tokens):
        trusted &= _fullest(x, tokens)
        tokens = tokens.copy()
        for scenario in np.unique(x.scenario[trusted]):
            rows = np.flatnonzero(trusted & (x.scenario == scenario))
            missing, whole, usual = _shared_prefix(x.only(rows), tokens[rows])
            tokens[rows] += np.where(usual, missing, 0.0)
            guessed[rows] = usual
            trusted[rows] = whole | usual
    return WholeCounts(tokens=tokens, mended=mended, trusted=trusted, guessed=guessed)


def _leaves_out_told(x: Readings) -> bool:
    """Whether the counts do not hold the cached tokens that are told beside them."""
    told, known = np.nan_to_num(x.cached), ~np.isnan(x.counted)
    hit = known & (told > 0)
    if not hit.any():
        return False
    if (told[hit] > x.counted[hit]).any():
        return True
    votes = [vote for rows in _forks(x, known) for vote in _votes(x, rows, told)]
    if votes:
        return float(np.mean(votes)) > 0.5  # noqa: PLR2004 -- most of them
    # no fork was asked both with and without the cache: short prompts, which nobody drops, decide
    short = hit & (x.local <= np.quantile(x.local[hit], 0.25))
    alone = np.abs(np.log(x.counted[short] / x.local[short]))
    both = np.abs(np.log((x.counted + told)[short] / x.local[short]))
    return bool(np.median(both) < np.median(alone))


def _votes(x: Readings, rows: Integers, told: Floats) -> list[bool]:
    """Of pairs of calls of one fork that the cache served unlike: whether the counts say so."""
    least, most = rows[np.argmin(told[rows])], rows[np.argmax(told[rows])]
    more = told[most] - told[least]
    if more < max(_LEAST, 0.1 * x.local[most]):
        return []
    grown = (x.counted[most] - x.counted[least]) - (x.local[most] - x.local[least])
    return [bool(abs(grown + more) < abs(grown))]


def _leaves_out_untold(x: Readings, tokens: Floats) -> bool:
    """Whether calls of one fork are counted unlike, again and again."""
    asked = collapsed = 0
    for rows in _forks(x, ~np.isnan(tokens)):
        own = tokens[rows] - (x.local[rows] - x.local[rows].min())
        asked += 1
        collapsed += own.min() < min(_COLLAPSED * own.max(), own.max() - _LEAST)
    return collapsed > 1 and collapsed >= _OFTEN * asked


def _fullest(x: Readings, tokens: Floats) -> Flags:
    """The call of each conversation that is counted most fully: the one that met no cache."""
    share = np.nan_to_num(tokens) / x.local
    order = np.lexsort((-share, x.trunk))
    fullest = np.zeros(len(x), dtype=np.bool_)
    trunks = x.trunk[order]
    fullest[order[np.concatenate([[True], trunks[1:] != trunks[:-1]])]] = True
    fullest &= share >= _NO_TOKENIZER
    if not fullest.any():
        return fullest
    longer = fullest & (x.local >= np.median(x.local[fullest]))
    found: Flags = fullest & (share >= _AS_FULL * share[longer].max())
    return found


def _shared_prefix(x: Readings, counted: Floats) -> tuple[float, Flags, Flags]:
    """What counts miss that found the beginning of all sessions in the cache.

    Sessions of one scenario begin alike, with its system prompt, so perhaps only the first that was
    sent is counted whole: it stands above the line along which the others grow with their length.

    Args:
        x: Calls of one scenario, each the one of its conversation that is counted most fully.
        counted: What the provider counted.

    Returns:
        The tokens that are missing, which counts are whole, and which miss just these tokens.
    """
    every, none = np.ones(len(x), dtype=np.bool_), np.zeros(len(x), dtype=np.bool_)
    short = x.local <= _SHORT * np.median(x.local)
    slope = _slope(x.local[short], counted[short])
    if slope is None:
        return 0.0, every, none
    near = np.maximum(_PREFIX, _WHIMS * x.local)
    left = counted - slope * x.local
    most = max(float(left[short].max()), 0.0)
    whole = short & (left > most - near)
    if whole.sum() == short.sum():
        return 0.0, every, none
    missing = most - float(np.median(left[short & ~whole]))
    usual = short & ~whole & (np.abs(left - most + missing) < near)
    # long prompts have other shares of text and messages: they are held against all of these
    model = fit(
        x.messages[whole | usual],
        x.kinds[whole | usual],
        (counted + np.where(usual, missing, 0.0))[whole | usual],
    )
    short_of = model.predict(x.messages, x.kinds) - counted
    whole |= ~short & (np.abs(short_of) < np.abs(short_of - missing)) & (np.abs(short_of) < near)
    usual |= ~short & ~whole & (np.abs(short_of - missing) < near)
    return missing, whole, usual


def _slope(local: Floats, counted: Floats) -> float | None:
    """What a local token more counts, in the median of pairs of prompts; None without pairs."""
    chosen = np.argsort(local, kind="stable")
    if len(chosen) > _MOST_COMPARED:
        places = np.linspace(0, len(chosen) - 1, _MOST_COMPARED).astype(np.int64)
        chosen = chosen[places]
    apart = local[chosen][:, None] > _LONGER * local[chosen][None, :]
    if not apart.any():
        return None
    further = local[chosen][:, None] - local[chosen][None, :]
    more = counted[chosen][:, None] - counted[chosen][None, :]
    return float(np.median(more[apart] / further[apart]))


def _forks(x: Readings, rows: Flags) -> list[Integers]:
    """The calls of each fork that was asked more than once."""
    index = np.flatnonzero(rows)
    if not len(index):
        return []
    index = index[np.argsort(x.fork[index], kind="stable")]
    ends = np.flatnonzero(np.diff(x.fork[index])) + 1
    return [part for part in np.split(index, ends) if len(part) > 1]
