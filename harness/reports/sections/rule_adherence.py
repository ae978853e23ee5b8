"""Adherence to standing rules, for the terminal and for Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.printable import how_many
from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.summary.adherence_model import Adherence, Tail
    from harness.analysis.summary.shares import Bin
    from harness.reports.terminal_style import TerminalStyle

_ALIKE = 0.05
"""An interval that lies within so much of no difference on both sides says that there is none."""

HEADER = ("rule", "kept>", "95 %", "n>", "drift")
"""Of the Markdown table."""


def rule_lines(found: Adherence, style: TerminalStyle) -> Iterator[str]:
    """How one group kept its rules."""
    yield from style.wrapped(f"── rules: {found.model} ──")
    for words in rule_sentences(found):
        yield from style.wrapped(words, "  ")
    for label, points in (("fill, %", found.by_fill), ("turn", found.by_turn)):
        if not points:
            continue
        yield f"  {label:>9}  {'kept':>7}  {'95 %':^11} {'n':>7}"
        for point in points:
            share = point.share
            ends = (
                fmt.span(point.start, point.end, digits=1)
                if label != "turn"
                else _turns(point.start, point.end)
            )
            yield (
                f"  {ends:>9}  {fmt.percent(share.recall):>7}"
                f"  {fmt.span(share.lo, share.hi):^11} {share.n:>7,}"
            )
    for rule in found.rules:
        begins = f"; {drift(rule.onset)}" if rule.onset else ""
        words = f"{rule.rule}: kept {fmt.percent(rule.share.recall)}, n {rule.share.n:,}{begins}"
        yield from style.wrapped(words, "  rule ")


def rule_sentences(found: Adherence) -> Iterator[str]:
    """What a report says of a group's rules, above its tables."""
    yield drift(found.onset)
    yield (
        f"{found.n_replies:,} live repl{'y' if found.n_replies == 1 else 'ies'},"
        f" {how_many(found.n_checks, 'check')}"
        + (f"; kept {fmt.percent(found.share.recall)}" if found.share else "")
    )
    if found.n_unseen:
        yield (
            f"{found.n_unseen:,} of these had lost the rule from their view before the reply, and"
            " are in none of the numbers"
        )
    if found.n_untold:
        yield f"{found.n_untold:,} more could not be told: cut off, or too short"
    for tail in found.tails:
        yield ending(tail)


def ending(tail: Tail) -> str:
    """Whether the tail of a session is better than its start; no more than its interval says."""
    ends = f"{100 * tail.end:.0f} % against {100 * tail.start:.0f} %"
    sessions = how_many(tail.n_sessions, "session")
    if tail.lo is None or tail.hi is None:
        return (
            f"{tail.what}: too few sessions to say how the last third of a session compares with"
            f" its start: {ends} ({sessions})"
        )
    interval = f"95 % interval {100 * tail.lo:+.0f} to {100 * tail.hi:+.0f} points"
    return (
        f"{tail.what}: the last third of a session is {_against_start(tail.lo, tail.hi)}: {ends}"
        f" ({interval}; {sessions})"
    )


def _against_start(lo: float, hi: float) -> str:
    """What an interval of the last third less the first says, and nothing that it does not.

    >>> _against_start(0.01, 0.2), _against_start(-0.2, -0.01)
    ('better than its start', 'worse than its start')
    >>> _against_start(-0.04, 0.03), _against_start(-0.6, 0.1)
    ('as good as its start', 'not surely better or worse than its start')
    """
    if lo > 0:
        return "better than its start"
    if hi < 0:
        return "worse than its start"
    if lo >= -_ALIKE and hi <= _ALIKE:
        return "as good as its start"
    return "not surely better or worse than its start"


def drift(estimate: OnsetEstimate) -> str:
    """The estimator's sentence, which is about recall, said of adherence."""
    words = estimate.message
    for recall, rule in (("forgetting", "drift"), ("Forgetting", "Drift"), ("recall", "adherence")):
        words = words.replace(recall, rule)
    return words


def rule_rows(found: Adherence) -> Iterator[tuple[str, ...]]:
    """The cells of the Markdown table."""
    for rule in found.rules:
        yield (
            fmt.escape_markdown(rule.rule),
            fmt.percent(rule.share.recall),
            fmt.span(rule.share.lo, rule.share.hi, digits=1),
            f"{rule.share.n:,}",
            fmt.escape_markdown(drift(rule.onset)) if rule.onset else "too few checks",
        )


def points(found: Adherence) -> Iterator[tuple[str, ...]]:
    """The cells of the Markdown table of fills and turns."""
    for point in found.by_fill:
        yield _point(f"fill {fmt.span(point.start, point.end, digits=1)} %", point)
    for point in found.by_turn:
        yield _point(f"turn {_turns(point.start, point.end)}", point)


def _point(label: str, point: Bin) -> tuple[str, ...]:
    share = point.share
    return (
        label,
        fmt.percent(share.recall),
        fmt.span(share.lo, share.hi, digits=1),
        f"{share.n:,}",
    )


def _turns(start: float, end: float | None) -> str:
    first = max(int(start), 1)
    return f"{first}–{int(end) - 1}" if end is not None else f"{first}+"
