"""Comparison of two runs on the same sessions: which recalls more, by how much, how surely.

Its one rule: the difference is taken within a pair, averaged within a session, then over sessions.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.analysis.comparison.pairs import PAIR_ON, Excluded, Pairs, pair
from harness.analysis.stats.paired_tests import Discordant, holm, mcnemar
from harness.analysis.stats.session_mean import check_level, fewest_sessions, session_mean
from harness.core.errors import UsageError, nearest
from harness.core.kinds import RECALL_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.analysis.columns import Rows
    from harness.analysis.stats.session_mean import SessionMean

_HALF_A_TENTH = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """B against A. Differences are fractions in [-1, 1]; above 0, B is better."""

    a: str
    """What A is called."""
    b: str
    effect: float | None
    """Mean over sessions of the mean difference B - A; None where there are too few sessions."""
    lo: float | None
    hi: float | None
    level: float
    """Of the two-sided interval; each of its ends is a one-sided bound at (1 + level) / 2."""
    p_value: float | None
    """Two-sided, that there is no difference."""
    method: str | None
    n_pairs: int
    n_sessions: int
    """Sessions with at least one pair."""
    discordant: Discordant | None
    """McNemar's counts and test; None where scores are not 0 and 1. Sessions are ignored there."""
    excluded: tuple[Excluded, ...]
    """Trials left out, by reason."""
    n_other_text: int
    """Pairs whose session or question differs in its bytes, as it should when prompts differ and
    should not when models do."""
    message: str
    """One plain sentence."""
    n_other_length: int = 0
    """Pairs whose session is longer in one of the two, since their models count tokens otherwise:
    each is built to the same share of the window."""
    p_holm: float | None = None
    """The p-value after Holm's correction; None outside `compare_many`."""
    n_comparisons: int = 1
    """How many comparisons with a p-value the correction is for."""


def compare(
    a: Rows,
    b: Rows,
    *,
    level: float = 0.95,
    names: tuple[str, str] = ("A", "B"),
    pair_on: Sequence[str] = PAIR_ON,
    kinds: Sequence[str] = RECALL_KINDS,
) -> Comparison:
    """The difference in recall of two runs on the same sessions, B minus A.

    Only pairs measured in both count; control arms and, unless asked for, abstain probes do not.
    With 20 to 100 sessions the one-sided error of the interval is 0.04 to 0.06 for a nominal 0.05.

    Args:
        a: Records of the first run (model, prompt, policy): a frame or mappings.
        b: Records of the second.
        level: Confidence of the two-sided interval, in (0, 1).
        names: What the two are called in messages.
        pair_on: Fields that make two trials the same; see `paired.PAIR_ON`.
        kinds: Kinds of probe to compare.

    Raises:
        UsageError: A level outside (0, 1), the same trial twice in one run, or unreadable columns.
    """
    check_level(level)
    pairs = pair(a, b, names=names, pair_on=pair_on, kinds=kinds)
    difference = pairs.b - pairs.a
    # fsum: exact in any order of the pairs, and mirrored when A and B change places
    means = [
        math.fsum(difference[start:end]) / (end - start)
        for start, end in itertools.pairwise([*pairs.starts.tolist(), len(difference)])
    ]
    found = session_mean(means, level=level, n_probes=len(difference)) if means else None
    verb = "recalls" if set(kinds) <= set(RECALL_KINDS) else "scores"
    if found is None:
        message = _too_little(pairs, names, level)
    else:
        message = _sentence(found, names, verb, level)
        message += f", {_count(len(difference), 'pair')} in {_count(len(means), 'session')}"
    return Comparison(
        a=names[0],
        b=names[1],
        effect=found.effect if found else None,
        lo=found.lo if found else None,
        hi=found.hi if found else None,
        level=level,
        p_value=found.p_value if found else None,
        method=found.method if found else None,
        n_pairs=len(difference),
        n_sessions=len(means),
        discordant=mcnemar(pairs.a, pairs.b),
        excluded=pairs.excluded,
        n_other_text=pairs.n_other_text,
        n_other_length=pairs.n_other_length,
        message=message,
    )


def compare_many(
    runs: Mapping[str, Rows], *, reference: str | None = None, level: float = 0.95
) -> tuple[Comparison, ...]:
    """Each run against the reference, or every pair of runs, with Holm's correction.

    Intervals are those of the single comparisons; `p_holm` is what many comparisons are judged by.

    Args:
        runs: Rows by the name of the run; at least two.
        reference: The run that all others are compared with; None compares every pair.
        level: Confidence of each interval, in (0, 1).

    Raises:
        UsageError: There is only one run, or no run of the reference's name.
    """
    if len(runs) < 2:  # noqa: PLR2004 - two make a comparison
        raise UsageError(f"a comparison takes at least two runs; got {', '.join(runs) or 'none'}")
    if reference is not None and reference not in runs:
        raise UsageError(f"no run is called '{reference}': {nearest(reference, runs)}")
    # iterables that can be read once only are read once
    rows = {name: _again(run) for name, run in runs.items()}
    if reference is None:
        couples = list(itertools.combinations(rows, 2))
    else:
        couples = [(reference, name) for name in rows if name != reference]
    singles = [compare(rows[a], rows[b], level=level, names=(a, b)) for a, b in couples]
    tested = [single for single in singles if single.p_value is not None]
    corrected = iter(holm([single.p_value for single in tested if single.p_value is not None]))
    return tuple(
        single if single.p_value is None else _corrected(single, next(corrected), len(tested))
        for single in singles
    )


def _again(rows: Rows) -> Rows:
    return rows if hasattr(rows, "lazy") else list(rows)


def _corrected(single: Comparison, p_holm: float, count: int) -> Comparison:
    told = "p below 0.001" if p_holm < 0.001 else f"p = {p_holm:.3f}"  # noqa: PLR2004 - as printed
    message = f"{single.message}; {told} after Holm's correction for {_count(count, 'comparison')}"
    return replace(single, p_holm=p_holm, n_comparisons=count, message=message)


def _sentence(found: SessionMean, names: tuple[str, str], verb: str, level: float) -> str:
    a, b = names
    if abs(found.effect) < _HALF_A_TENTH:
        head = f"{b} {verb} as much as {a}"
    else:
        side = "more" if found.effect > 0 else "less"
        head = f"{b} {verb} {abs(100 * found.effect):.1f} points {side} than {a}"
    return f"{head} ({interval_text(found.lo, found.hi, level)})"


def interval_text(lo: float, hi: float, level: float) -> str:
    """The interval in points, smaller end first, each with its side.

    >>> interval_text(-0.296, -0.201, 0.95)
    '95 % interval 20.1 to 29.6 less'
    >>> interval_text(-0.013, 0.02, 0.95)
    '95 % interval 1.3 less to 2.0 more'
    """
    name = f"{level * 100:g} % interval"
    if lo >= 0:
        return f"{name} {100 * lo:.1f} to {100 * hi:.1f} more"
    if hi <= 0:
        return f"{name} {abs(100 * hi):.1f} to {-100 * lo:.1f} less"
    return f"{name} {-100 * lo:.1f} less to {100 * hi:.1f} more"


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _too_little(pairs: Pairs, names: tuple[str, str], level: float) -> str:
    """What is missing, and how many more sessions make up for it."""
    needed = fewest_sessions(level)
    if not len(pairs.a):
        return (
            f"Nothing to compare: no trial was measured in both {names[0]} and {names[1]}; "
            f"{pairs.hint}; run both on the same scenarios and window, with at least {needed} seeds"
        )
    found = pairs.n_sessions
    have = "session has" if found == 1 else "sessions have"
    more = _count(needed - found, "more seed")
    return (
        f"Too little to compare {names[0]} and {names[1]}: {found} {have} pairs and a "
        f"{level * 100:g} % interval takes {needed}; run both on at least {more}"
    )
