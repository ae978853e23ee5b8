"""The first table of every report: a line a model and window, in the same words everywhere.

Its one rule: what the terminal, Markdown, the page and a figure say of a group in their first
lines comes from here, so that they cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.analysis.summary.model import NEAR_FULL
from harness.reports import format as fmt
from harness.reports.sections import headline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.analysis.summary.model import Attribution, CurveGroup, Summary

_VERDICTS = {
    "detected": "found",
    "before": "before",
    "not_reached": "not reached",
    "cannot_tell": "cannot tell",
    "floor": "poor from start",
    "insufficient": "cannot tell",
}
_MILLI = 1e-3
_TENTHS = 10.0
_CENT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRow:
    """One line of the table, as text that holds nothing to obey; a dash is what is not known."""

    model: str
    """What the model is called."""
    told_apart: str
    """What else differs between the groups: policy, memory, layout, run; empty where nothing."""
    window: str
    """Tokens."""
    nearly_empty: str
    """Recall while the window is nearly empty, in per cent."""
    near_full: str
    """Recall from a fill of `NEAR_FULL` on, in per cent."""
    onset_tokens: str
    """'5.02k'."""
    onset_percent: str
    """'63 %'."""
    interval_tokens: str
    """'4.74k–5.18k'."""
    interval_percent: str
    """'59–65'."""
    verdict: str
    """found, before, not reached, cannot tell, poor from start."""
    aside: str
    """What has to be known beside the verdict, in a few words; mostly empty."""
    lost_by: str
    """Who lost most: app, memory, server, model, unknown or nobody, and its share of the losses."""
    cost: str
    """'$0.12', '$0', or 'unknown'."""
    latency: str
    """Median of an answered call: '340 ms', '2.1 s'."""


HEADER: Mapping[str, str] = {
    "model": "model",
    "window": "window",
    "nearly_empty": "nearly empty",
    "near_full": "near full",
    "onset": "onset",
    "lost_by": "lost by",
    "cost": "cost",
    "latency": "median latency",
}
"""Columns and their heads; `onset` is the onset with its interval and verdict."""


def first_rows(summary: Summary) -> list[FirstRow]:
    """A row for each group of the summary, in its order."""
    varying = _varying(summary.groups)
    return [_row(group, varying) for group in summary.groups]


def told_sentences(summary: Summary) -> list[str]:
    """The answer of each row as a sentence, with what it is about; alike ones once."""
    rows = zip(summary.groups, first_rows(summary), strict=True)
    several = len({group.window_limit for group in summary.groups}) > 1
    told = []
    for group, row in rows:
        window = f"window {row.window}" if several and group.onset.onset is None else ""
        subject = ", ".join(filter(None, (row.model, window, row.told_apart)))
        told.append(f"{subject}: {headline.onset_answer(group)}.")
    return [
        *dict.fromkeys(told),
        *(f"Not asked: {fmt.plain(words)}" for words in summary.not_asked),
    ]


def explained(summary: Summary) -> str:
    """What the columns mean, in one sentence each."""
    known = sorted({g.onset.base_tokens for g in summary.groups if g.onset.base_tokens})
    upto = f" (up to {' or '.join(f'{n:,}' for n in known)} tokens)" if known else ""
    return (
        f"Recall while the window is nearly empty{upto}, and from {100 * NEAR_FULL:g} % of it on."
        f" Onset: where recall is first {_points(summary.criterion)} below its own plateau, with"
        f" its {100 * summary.level:g} % interval, in tokens and in % of the window."
    )


def _points(fraction: float) -> str:
    return f"{round(100 * fraction, 1):g} points"


def _varying(groups: Sequence[CurveGroup]) -> tuple[Callable[[CurveGroup], str], ...]:
    """What is told beside the model, since lines would look alike without it."""
    ways: tuple[Callable[[CurveGroup], str], ...] = (
        lambda group: group.policy,
        lambda group: group.memory,
        lambda group: group.layout,
        fmt.run_label,
    )
    return tuple(told for told in ways if len(set(map(told, groups))) > 1)


def _row(group: CurveGroup, varying: tuple[Callable[[CurveGroup], str], ...]) -> FirstRow:
    found = group.onset
    share, ends, count, count_ends = (fmt.NOTHING,) * 4
    if found.verdict == "detected" and found.onset is not None:
        digits = fmt.fine(found.onset)
        share = fmt.percent(found.onset, digits)
        ends = fmt.span(found.lo, found.hi, digits=digits)
        if found.onset_tokens is not None:
            count = fmt.tokens(found.onset_tokens)
            count_ends = f"{fmt.tokens(found.lo_tokens)}–{fmt.tokens(found.hi_tokens)}"
    elif found.verdict == "before":
        share = fmt.percent(found.control).replace(".0 %", " %")
        count = fmt.NOTHING if found.base_tokens is None else fmt.tokens(found.base_tokens)
    return FirstRow(
        model=fmt.plain(group.name or group.model),
        told_apart=fmt.plain(", ".join(filter(None, (told(group) for told in varying)))),
        window=f"{group.window_limit:,}",
        nearly_empty=fmt.recall(group.nearly_empty, 0),
        near_full=fmt.recall(group.near_full, 0),
        onset_tokens=count,
        onset_percent=share,
        interval_tokens=count_ends,
        interval_percent=ends,
        verdict=_VERDICTS[found.verdict],
        aside=_aside(group),
        lost_by=_lost_by(group.attribution),
        cost=_cost(group),
        latency=_latency(group.latency_s),
    )


def _aside(group: CurveGroup) -> str:
    found = group.onset
    if found.verdict == "cannot_tell" and found.seeds_needed:
        return f"{found.seeds_needed:,} seeds do"
    lost = group.attribution
    missing = sum(count.n for count in lost.unscored)
    if missing:
        return f"{missing:,} of {lost.n:,} not measured"
    weak = found.weak and found.verdict not in {"floor", "insufficient"}
    return "weak from the start" if weak else ""


def _lost_by(lost: Attribution) -> str:
    parts = headline.losses(lost)
    name, most = max(parts.items(), key=lambda part: part[1])
    total = sum(parts.values())
    if not most:
        return "nobody" if lost.recalled + lost.partial else fmt.NOTHING
    who = {"application": "app", "nobody": "unknown"}.get(name, name)
    return who if most == total else f"{who} {100 * most / total:.0f} %"


def _cost(group: CurveGroup) -> str:
    cost = group.usage.cost_usd
    if cost is None:
        return "unknown"
    if not cost:
        return "$0"
    return f"${cost:,.2f}" if cost >= _CENT else f"${cost:.2g}"


def _latency(seconds: float | None) -> str:
    """A time in at most six characters.

    >>> _latency(0.0004), _latency(0.34), _latency(2.14), _latency(75.0), _latency(None)
    ('<1 ms', '340 ms', '2.1 s', '75 s', '–')
    """
    if seconds is None:
        return fmt.NOTHING
    if seconds < _MILLI:
        return "<1 ms"
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < _TENTHS else f"{seconds:,.0f} s"
