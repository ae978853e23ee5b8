"""Where to compact, for the terminal, for Markdown and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.core.printable import how_many
from harness.reports import format as fmt
from harness.reports.files.json_file import to_data
from harness.reports.terminal_style import TerminalStyle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.analysis.advice.model import Advice, ThresholdChoice

_HEAD = (
    "threshold,\ntokens", "compactions", "recall, %", "regret, points\n(at most)",
    "tokens\na call", "cost\nin all", "",
)  # fmt: skip
HEADER = (
    "threshold, tokens>", "compactions>", "recall>", "interval>", "regret, points>", "at most>",
    "tokens a call>", "tokens in all>", "recall for 1k tokens a call>", "cost>", "",
)  # fmt: skip
"""Of the Markdown table; names that end in '>' stand to the right."""
_PLAIN = TerminalStyle()
_EVERY = 3
"""A report shows one threshold in so many, and those that the advice names."""


def advice_text(found: Sequence[Advice], style: TerminalStyle = _PLAIN) -> str:
    """What `harness advise` prints."""
    lines: list[str] = []
    for one in found:
        lines += [*advice_lines(one, style, one.choices), ""]
    return "\n".join(line.rstrip() for line in lines)


def advice_markdown(found: Sequence[Advice]) -> str:
    """A section for each model and compaction, with all thresholds."""
    lines = ["# Where to compact", ""]
    for one in found:
        lines += [*advice_section(one, one.choices), ""]
    return "\n".join(lines)


def advice_json(found: Sequence[Advice]) -> str:
    """Every number."""
    return json.dumps([to_data(one) for one in found], ensure_ascii=False, indent=2) + "\n"


def advice_title(found: Advice, *, several: bool = False) -> str:
    """What is advised on; of several runs, which of them."""
    run = f", run {found.run}" if several and found.run else ""
    under = found.survival.policy or "a compaction whose survival was told"
    return f"{found.model}, window {found.window_limit:,}, compacted by {under}{run}"


def advice_basis(found: Advice) -> Iterator[str]:
    """What the advice rests on."""
    yield _survival(found)
    shape = found.shape
    asked = (
        "every fact is asked about equally often"
        if shape.half_life_tokens is None
        else f"half of the questions are about the last {shape.half_life_tokens:,} tokens"
    )
    kept = (
        f" and keeps {100 * shape.kept_share:.0f} % of the threshold as it is"
        if shape.kept_share
        else ""
    )
    yield (
        f"a working session of {shape.session_tokens:,} tokens, {shape.turn_tokens:,} a turn;"
        f" {asked}; a compaction leaves {shape.summary_tokens:,} tokens{kept}"
    )
    yield (
        f"the curve: {how_many(found.n_probes, 'question')} in"
        f" {how_many(found.n_sessions, 'session')}, up to {found.measured_tokens:,} tokens"
    )


def _survival(found: Advice) -> str:
    kept = found.survival
    first, later = (f"{100 * share:.0f} %" for share in (kept.first, kept.later))
    if not kept.n_first:
        return f"survival, as told: {first} of the facts in the first round, {later} in later ones"
    seen = (
        f"{later} ({fmt.span(kept.later_lo, kept.later_hi)}; n {kept.n_later:,})"
        if kept.n_later
        else "taken to be as the first, which was the only one that was seen"
    )
    return (
        f"survival: {first} of the facts ({fmt.span(kept.first_lo, kept.first_hi)};"
        f" n {kept.n_first:,}) in the first round, in later ones {seen}"
    )


def shown_thresholds(found: Advice) -> tuple[ThresholdChoice, ...]:
    """The thresholds that a report shows."""
    named = {found.threshold_tokens, found.thrifty_tokens}
    last = len(found.choices) - 1
    return tuple(
        one
        for i, one in enumerate(found.choices)
        if (last - i) % _EVERY == 0 or one.threshold_tokens in named
    )


def advice_lines(
    found: Advice,
    style: TerminalStyle,
    choices: Iterable[ThresholdChoice],
    *,
    several: bool = False,
) -> Iterator[str]:
    """The table and what follows from it."""
    yield from style.wrapped(advice_title(found, several=several))
    for words in advice_basis(found):
        yield from style.wrapped(words, "  - ")
    rows = [
        (
            f"{one.threshold_tokens:,}",
            f"{one.compactions:,}",
            f"{100 * one.recall:.0f} ({fmt.span(one.lo, one.hi)})",
            f"{100 * one.regret:.1f} ({100 * one.regret_hi:.1f})",
            f"{one.mean_prompt_tokens:,}",
            threshold_cost(one),
            mark(found, one).strip(),
        )
        for one in choices
    ]
    if rows:
        yield from style.table(_HEAD, rows, right=_HEAD[:-1])
    yield from style.wrapped(found.advice, "→ ")


def advice_section(
    found: Advice, choices: Iterable[ThresholdChoice], *, several: bool = False
) -> Iterator[str]:
    """The same as Markdown."""
    yield f"{fmt.escape_markdown(advice_title(found, several=several))}."
    yield ""
    yield from (f"- {fmt.escape_markdown(words)}" for words in advice_basis(found))
    yield ""
    if found.choices:
        yield f"| {' | '.join(name.rstrip('>') for name in HEADER)} |"
        yield f"|{'|'.join(' ---: ' if name.endswith('>') else ' --- ' for name in HEADER)}|"
        yield from (f"| {' | '.join(cells(found, one))} |" for one in choices)
        yield ""
    yield f"**{fmt.escape_markdown(found.advice)}**"


def cells(found: Advice, one: ThresholdChoice) -> tuple[str, ...]:
    """One threshold, in the order of `HEADER`."""
    return (
        f"{one.threshold_tokens:,}",
        f"{one.compactions:,}",
        fmt.percent(one.recall),
        fmt.span(one.lo, one.hi, digits=1),
        f"{100 * one.regret:.1f}",
        f"{100 * one.regret_hi:.1f}",
        f"{one.mean_prompt_tokens:,}",
        f"{one.prompt_tokens:,}",
        f"{one.recall_per_1k:.3f}",
        threshold_cost(one),
        mark(found, one).strip(),
    )


def mark(found: Advice, one: ThresholdChoice) -> str:
    """Points at the threshold that is advised, and at the thrifty one."""
    if one.threshold_tokens == found.threshold_tokens:
        return " ◄"
    return " ◁" if one.threshold_tokens == found.thrifty_tokens else ""


def threshold_cost(one: ThresholdChoice) -> str:
    """What a threshold costs."""
    if one.cost_usd is None:
        return "unknown"
    return "$0" if one.cost_usd == 0 else f"${one.cost_usd:.2g}"
