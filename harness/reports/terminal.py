"""The report in a terminal: the answer in its first lines, then what it rests on.

Its one rule: it is as wide as the terminal and no wider; without a terminal it is 80 columns of
plain text, the same for the same records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.analysis.comparison.for_report import against
from harness.core.printable import how_many
from harness.reports import format as fmt
from harness.reports.first_table import explained, first_rows, told_sentences
from harness.reports.sections import (
    advice,
    headline,
    memory_details,
    memory_treatments,
    rule_adherence,
)
from harness.reports.sections.compaction_rounds import SurvivalSection
from harness.reports.sections.comparison import overview
from harness.reports.sections.first_table_lines import first_table_lines
from harness.reports.sections.hints import hints
from harness.reports.sections.said_in import SaidInSection
from harness.reports.sections.section import section_lines
from harness.reports.sections.sparklines import sparks
from harness.reports.terminal_style import TerminalStyle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.analysis.comparison.for_report import Against
    from harness.analysis.summary.model import Control, CurveGroup, Summary
    from harness.analysis.summary.shares import Bin
    from harness.reports.first_table import FirstRow
    from harness.reports.report_input import ReportInput

_BAR, _BAR_LEAST = 24, 8
_BESIDE_BAR = 56
"""Columns of a line of a curve beside its bar."""
_EIGHTHS = " ▏▎▍▌▋▊▉"
_PLAIN = TerminalStyle()


@dataclass(frozen=True, slots=True)
class Terminal:
    """What `harness report RUN` prints, as a file."""

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Write the text."""
        words = terminal(report.summary, against(report.summary, report.frame))
        path.write_text(words, encoding="utf-8", errors="replace", newline="\n")


def terminal(
    summary: Summary,
    tables: Sequence[Against] = (),
    style: TerminalStyle = _PLAIN,
    *,
    details: bool = True,
) -> str:
    """The report, the answer first.

    Args:
        summary: What it says.
        tables: Comparisons, see `harness.analysis.comparison.for_report`.
        style: The terminal that it is for.
        details: Also each curve with all that is known of it, and the controls.
    """
    rows = first_rows(summary)
    lines = [*first_table_lines(rows, style), ""]
    for words in told_sentences(summary):
        lines += style.wrapped(words)
    lines += ["", *_about(summary, style), "", *_small_curves(summary, rows, style), ""]
    for table in tables:
        lines += [*_against(table, style), ""]
    lines += [*_sections(summary, style), *_details(summary, style, details=details)]
    lines.append(style.styled("next:", "bold"))
    for hint in hints(summary):
        lines += style.wrapped(hint, "  - ")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _sections(summary: Summary, style: TerminalStyle) -> Iterator[str]:
    """What is told only of runs that carried something over, compacted or gave rules."""
    if summary.treatments:
        yield from (style.styled("what should be carried over?", "bold"), "")
    for compared in summary.treatments:
        yield from (*memory_treatments.terminal(compared, style), "")
    for compared in summary.treatments[-1:]:  # of all scenarios, where there are several
        yield from (*memory_details.terminal(compared, style), "")
    for rules in summary.adherence:
        yield from (*rule_adherence.rule_lines(rules, style), "")
    for survived in summary.survival:
        yield from (*section_lines(SurvivalSection(), survived, style), "")
    for places in summary.said_in:
        yield from (*section_lines(SaidInSection(), places, style), "")
    if summary.advice:
        yield from (style.styled("where to compact?", "bold"), "")
    several = len(summary.run_ids) > 1
    for advised in summary.advice:
        shown = advice.shown_thresholds(advised)
        yield from (*advice.advice_lines(advised, style, shown, several=several), "")


def _details(summary: Summary, style: TerminalStyle, *, details: bool) -> Iterator[str]:
    """Each curve and the controls, or of these what is wrong alone."""
    for group in summary.groups if details else ():
        yield from (*_group(group, style, several=len(summary.run_ids) > 1), "")
    flagged = [control for control in summary.controls if details or control.flag]
    if flagged:
        yield from (*_controls(flagged, style), "")


def _small_curves(
    summary: Summary, rows: Sequence[FirstRow], style: TerminalStyle
) -> Iterator[str]:
    names = [", ".join(filter(None, (row.model, row.told_apart))) for row in rows]
    yield from sparks(summary.groups, names, style.columns)


def _against(table: Against, style: TerminalStyle) -> Iterator[str]:
    yield from style.wrapped(table.title.lower() + (f", run {table.run}" if table.run else ""))
    if table.found is None:
        yield from style.wrapped(table.missing or "", "  ")
        return
    yield from overview(table.found, style)


def _about(summary: Summary, style: TerminalStyle) -> Iterator[str]:
    """What the table is made of, and what its columns mean."""
    yield from style.wrapped(explained(summary))
    twice = f" ({summary.n_duplicates:,} more stored twice)" if summary.n_duplicates else ""
    runs = how_many(len(summary.run_ids), "run")
    yield from style.wrapped(
        f"{how_many(summary.n_records, 'record')}{twice} of {runs},"
        f" {fmt.date_range(summary.started_first, summary.started_last)};"
        f" scenarios: {', '.join(summary.scenarios)}."
    )


def _group(group: CurveGroup, style: TerminalStyle, *, several: bool) -> Iterator[str]:
    for line in style.wrapped(f"── {group.model} ──"):
        yield style.styled(line, "bold")
    yield from style.wrapped(f"run {group.run}") if group.run and several else ()
    yield from style.wrapped(
        f"window {group.window_limit:,} tokens, policy {group.policy}, memory {group.memory},"
        f" layout {group.layout}"
    )
    yield from style.wrapped(group.onset.message, "  ")
    if group.own_onset.message != group.onset.message:
        yield from style.wrapped(
            f"the model's own, of what it was shown: {group.own_onset.message}", "  "
        )
    if group.by_fill:
        yield ""
        bar = min(max(style.columns - _BESIDE_BAR, _BAR_LEAST), _BAR)
        yield f"  {'fill, %':>9}  {'recall':>7}  {'0':<{bar - 3}}100  {'95 %':^11} {'n':>8}"
        yield from (f"  {line}" for line in _curve(group, bar, style))
    yield ""
    for name, words in _facts(group):
        yield from style.wrapped(words, f"  {name + ':':<14} ")


def _curve(group: CurveGroup, bar: int, style: TerminalStyle) -> Iterator[str]:
    begun = False
    for point in group.by_fill:
        here = not begun and _holds(point, group.onset.onset)
        begun = begun or here
        share = point.share
        yield (
            f"{fmt.span(point.start, point.end, digits=1):>9}  {fmt.percent(share.recall):>7}"
            f"  {style.styled(_bar(share.recall, bar), 'cyan')}"
            f"  {fmt.span(share.lo, share.hi):^11} {share.n:>8,}"
            + (style.styled(" ◄ onset", "yellow") if here else "")
        )


def _holds(point: Bin, onset: float | None) -> bool:
    """Whether the onset lies in this bin, or before it and after the one before."""
    return onset is not None and (point.end is None or onset <= point.end)


def _bar(recall: float, columns: int) -> str:
    eighths = round(recall * columns * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(columns, "·")


def _facts(group: CurveGroup) -> Iterator[tuple[str, str]]:
    """What stands under a curve, as names and sentences."""
    lost, usage = group.attribution, group.usage
    yield "probes", f"{group.n_probes:,} scored, {how_many(group.n_sessions, 'session')}"
    yield "recalled", f"{lost.recalled:,}" + (f", in part {lost.partial:,}" if lost.partial else "")
    yield (
        "lost",
        (
            f"by the model {lost.by_model:,}, by the application or server {lost.by_application:,}"
            + (f", nobody can tell by whom {lost.by_nobody:,}" if lost.by_nobody else "")
            + (f" ({fmt.counts(lost.causes)})" if lost.causes else "")
        ),
    )
    for judge in group.judges:
        yield "judge", headline.judge(judge)
    yield "not measured", fmt.unscored(lost.unscored, lost.mends)
    if group.overflow_from is not None:
        yield (
            "refused",
            f"prompts too long for the window, from a fill of {fmt.percent(group.overflow_from)}",
        )
    if group.abstain is not None:
        right = group.abstain
        yield (
            "never said",
            (
                f"{fmt.percent(right.recall)} rightly answered that it was never said"
                f" ({fmt.span(right.lo, right.hi)}; n {right.n:,})"
            ),
        )
    if group.onset.lengths is not None:
        yield from (("effective", words) for words in headline.effective(group.onset.lengths))
    yield from (("middle", words) for words in headline.middle(group.lost_in_the_middle))
    yield "distance", headline.distance(group.gap_effect)
    for scenario in group.scenarios if len(group.scenarios) > 1 else ():
        value = (
            fmt.percent(scenario.share.recall)
            if scenario.share
            else f"too few probes ({scenario.n:,})"
        )
        begins = f"; {scenario.onset.message}" if scenario.onset else ""
        yield "scenario", f"{scenario.scenario}: {value}{begins}"
    yield (
        "tokens",
        (
            f"{usage.prompt_tokens:,} in, {usage.completion_tokens:,} out,"
            f" cached {fmt.percent(usage.cached_share)}; counted by: {fmt.counts(usage.sources)}"
        ),
    )
    yield from (("lengths", words) for words in headline.length_sentences(group.lengths))
    yield "cost", fmt.group_dollars(group)


def _controls(controls: Sequence[Control], style: TerminalStyle) -> list[str]:
    heads = ("controls", "arm", "n", "right", "")
    rows = [
        (
            fmt.plain(control.model),
            control.arm,
            f"{control.n:,}",
            fmt.percent(control.right),
            {"leak": "LEAK", "weak": "WEAK", None: ""}[control.flag],
        )
        for control in controls
    ]
    return style.table(heads, rows, right=("n", "right"), folded=("controls",), styles={"": "red"})
