"""The report as Markdown, for a pull request or a wiki."""

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
from harness.reports.sections.comparison import markdown_overview
from harness.reports.sections.hints import hints
from harness.reports.sections.said_in import SaidInSection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from harness.analysis.comparison.for_report import Against
    from harness.analysis.summary.adherence_model import Adherence
    from harness.analysis.summary.memory_model import Treatments
    from harness.analysis.summary.model import Control, CurveGroup, Summary
    from harness.reports.first_table import FirstRow
    from harness.reports.report_input import ReportInput
    from harness.reports.sections.section import Found_contra, ReportSection

_FLAGS = {"leak": "**LEAK**", "weak": "**MISSES SOME WITHOUT FILLER**", None: ""}


@dataclass(frozen=True, slots=True)
class Markdown:
    """Tables that GitHub, GitLab and most wikis show."""

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Write the text."""
        words = markdown(report.summary, against(report.summary, report.frame))
        path.write_text(words, encoding="utf-8", errors="replace", newline="\n")


def markdown(summary: Summary, tables: Iterable[Against] = ()) -> str:
    """The whole report.

    Args:
        summary: What it says.
        tables: Comparisons, see `harness.analysis.comparison.for_report`.
    """
    lines = ["# Where forgetting begins", "", *_first(summary), "", *_head(summary), ""]
    lines += _overview(summary)
    for number, group in enumerate(summary.groups, start=1):
        lines += ["", *_group(number, group)]
    for table in tables:
        lines += ["", f"## {table.title}", "", *_against(table)]
    if summary.advice:
        lines += ["", "## Where to compact"]
    for advised in summary.advice:
        several = len(summary.run_ids) > 1
        lines += [
            "",
            *advice.advice_section(advised, advice.shown_thresholds(advised), several=several),
        ]
    if summary.treatments:
        lines += ["", "## What should be carried over?", *_treatments(summary.treatments)]
    if summary.adherence:
        lines += ["", "## Standing rules", *_adherence(summary.adherence)]
    if summary.survival:
        lines += ["", "## Through compactions", *_sections(SurvivalSection(), summary.survival)]
    if summary.said_in:
        lines += ["", "## Where it was said", *_sections(SaidInSection(), summary.said_in)]
    if summary.controls:
        lines += ["", "## Controls", "", *_controls(summary.controls)]
    lines += ["", "## Next", "", *(f"- {fmt.escape_markdown(hint)}" for hint in hints(summary))]
    return "\n".join(lines) + "\n"


def _against(table: Against) -> Iterator[str]:
    if table.found is None:
        yield fmt.escape_markdown(table.missing or "")
        return
    yield from markdown_overview(table.found)


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table; names that end in '>' are numbers and stand to the right."""
    names = list(header)
    yield f"| {' | '.join(name.rstrip('>') for name in names)} |"
    yield f"|{'|'.join(' ---: ' if name.endswith('>') else ' --- ' for name in names)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _head(summary: Summary) -> Iterator[str]:
    twice = f" ({summary.n_duplicates:,} more stored twice)" if summary.n_duplicates else ""
    yield (
        f"{how_many(summary.n_records, 'record')}{twice},"
        f" {fmt.date_range(summary.started_first, summary.started_last)}."
        f" Runs: {', '.join(map(fmt.escape_markdown, summary.run_ids))}."
        f" Scenarios: {', '.join(map(fmt.escape_markdown, summary.scenarios))}."
    )
    yield ""
    yield (
        "The interval of an onset knows that probes of one session are alike. The intervals of"
        " single points (Wilson, 95 %) do not."
    )


def _first(summary: Summary) -> Iterator[str]:
    """The answer: the first table, each of its rows in a sentence, and what its columns mean."""
    rows = first_rows(summary)
    apart = any(row.told_apart for row in rows)
    header = (
        "model", *(["under"] if apart else []), "window>", "nearly empty>", "near full>",
        "onset, tokens", "onset, %", "verdict", "lost by", "cost>", "median latency>",
    )  # fmt: skip
    yield from _table(header, (_first_row(row, apart=apart) for row in rows))
    yield ""
    yield from (f"- {fmt.escape_markdown(words)}" for words in told_sentences(summary))
    yield ""
    yield explained(summary)


def _first_row(row: FirstRow, *, apart: bool) -> tuple[str, ...]:
    places = (
        (row.onset_tokens, row.interval_tokens),
        (row.onset_percent, row.interval_percent),
    )
    return (
        fmt.escape_markdown(row.model),
        *([fmt.escape_markdown(row.told_apart)] if apart else []),
        row.window,
        row.nearly_empty,
        row.near_full,
        *(at if ends == fmt.NOTHING else f"{at} ({ends})" for at, ends in places),
        row.verdict + (f" ({row.aside})" if row.aside else ""),
        row.lost_by,
        fmt.escape_markdown(row.cost),
        fmt.escape_markdown(row.latency),
    )


def _overview(summary: Summary) -> Iterator[str]:
    several = len(summary.run_ids) > 1
    header = (
        *(["run"] if several else []), "model", "window>", "policy", "memory", "layout", "n>",
        "sessions>", "recall>", "needle only>", "plateau>", "lost by model>", "by application>",
        "by server>", "not measured>",
    )  # fmt: skip
    yield from _table(header, (_overview_row(group, several=several) for group in summary.groups))


def _overview_row(group: CurveGroup, *, several: bool) -> tuple[str, ...]:
    lost = group.attribution
    return (
        *([fmt.escape_markdown(fmt.run_label(group))] if several else []),
        fmt.escape_markdown(group.model),
        f"{group.window_limit:,}",
        *map(fmt.escape_markdown, (group.policy, group.memory, group.layout)),
        f"{group.n_probes:,}",
        f"{group.n_sessions:,}",
        fmt.recall(group.recall),
        fmt.recall(group.needle_only),
        fmt.percent(group.onset.plateau) + (" (weak)" if group.onset.weak else ""),
        f"{lost.by_model:,}",
        f"{lost.by_application - lost.by_server:,}",
        f"{lost.by_server:,}",
        f"{sum(count.n for count in lost.unscored):,}",
    )


def _group(number: int, group: CurveGroup) -> Iterator[str]:
    words = map(fmt.escape_markdown, (group.policy, group.memory, group.layout))
    yield f"## {number}. {fmt.escape_markdown(group.model)}, {group.window_limit:,} tokens"
    yield ""
    yield "Policy {}, memory {}, layout {}.".format(*words)
    yield ""
    yield f"**{fmt.escape_markdown(group.onset.message)}**"
    if group.own_onset.message != group.onset.message:
        yield ""
        own = fmt.escape_markdown(group.own_onset.message)
        yield f"The model's own, of what it was shown: {own}"
    if group.by_fill:
        yield ""
        yield from _table(
            ("fill, %", "recall>", "95 %", "n>", "sessions>"),
            (
                (
                    fmt.span(point.start, point.end, digits=1),
                    fmt.percent(point.share.recall),
                    fmt.span(point.share.lo, point.share.hi, digits=1),
                    f"{point.share.n:,}",
                    f"{point.share.sessions:,}",
                )
                for point in group.by_fill
            ),
        )
    yield ""
    yield from (f"- {line}" for line in _facts(group))
    if group.lengths.by_fill:
        yield ""
        yield from _lengths(group)


def _facts(group: CurveGroup) -> Iterator[str]:
    lost, usage = group.attribution, group.usage
    partial = f", in part {lost.partial:,}" if lost.partial else ""
    yield f"recalled {lost.recalled:,} of {lost.n:,}{partial}"
    yield (
        f"lost by the model {lost.by_model:,}, by the application or server"
        f" {lost.by_application:,}"
        + (f", nobody can tell by whom {lost.by_nobody:,}" if lost.by_nobody else "")
        + f"; causes: {fmt.escape_markdown(fmt.counts(lost.causes))}"
    )
    for judge in group.judges:
        yield f"judge: {fmt.escape_markdown(headline.judge(judge))}"
    yield f"not measured: {fmt.escape_markdown(fmt.unscored(lost.unscored, lost.mends))}"
    if group.overflow_from is not None:
        yield f"refused as too long from a fill of {fmt.percent(group.overflow_from)}"
    if group.abstain is not None:
        right = group.abstain
        yield (
            f"never said: {fmt.percent(right.recall)} rightly answered so"
            f" ({fmt.span(right.lo, right.hi, digits=1)}; n {right.n:,})"
        )
    if group.onset.lengths is not None:
        yield from headline.effective(group.onset.lengths, noun="length with ")
    for words in headline.middle(group.lost_in_the_middle):
        yield f"lost in the middle: {fmt.escape_markdown(words)}"
    yield f"distance: {fmt.escape_markdown(headline.distance(group.gap_effect))}"
    for scenario in group.scenarios if len(group.scenarios) > 1 else ():
        share = scenario.share
        value = f"{fmt.percent(share.recall)}, n {share.n:,}" if share else "too few probes"
        begins = f"; {fmt.escape_markdown(scenario.onset.message)}" if scenario.onset else ""
        yield f"scenario {fmt.escape_markdown(scenario.scenario)}: {value}{begins}"
    yield (
        f"tokens {usage.prompt_tokens:,} in, {usage.completion_tokens:,} out, cached"
        f" {fmt.percent(usage.cached_share)}; counted by:"
        f" {fmt.escape_markdown(fmt.counts(usage.sources))}"
    )
    for words in headline.length_sentences(group.lengths):
        yield f"lengths: {words}"
    yield f"cost {fmt.group_dollars(group)}"


def _lengths(group: CurveGroup) -> Iterator[str]:
    """The length ledger: medians, in tokens."""
    yield from _table(
        ("fill asked for, %", "target>", "local>", "provider's>", "error, points>", "n>"),
        (
            (
                fmt.span(row.start, row.end),
                f"{row.target_tokens:,}",
                f"{row.local_tokens:,}",
                f"{row.provider_tokens:,}",
                f"{round(100 * row.error, 1) or 0.0:+.1f}",
                f"{row.n:,}",
            )
            for row in group.lengths.by_fill
        ),
    )


def _treatments(every: Iterable[Treatments]) -> Iterator[str]:
    for found in every:
        yield from ("", f"{fmt.escape_markdown(memory_treatments.title(found))}.", "")
        yield from _table(memory_treatments.HEADER, memory_treatments.rows(found))
        for words in (*memory_treatments.leaks(found), *([found.advice] if found.advice else [])):
            yield from ("", f"**{fmt.escape_markdown(words)}**")
        for one in memory_details.details(found):
            cells = ((fmt.escape_markdown(name), *rest) for name, *rest in one.rows)
            header = ("carried over", *(f"{name}>" for name in one.header))
            yield from ("", f"{one.title[0].upper()}{one.title[1:]}:", "", *_table(header, cells))
        for words in (*memory_details.budgets(found), *memory_details.bases(found)):
            yield from ("", f"{fmt.escape_markdown(words)}.")


def _adherence(every: Iterable[Adherence]) -> Iterator[str]:
    for found in every:
        yield from (
            "",
            f"### {fmt.escape_markdown(found.model)}, {found.window_limit:,} tokens",
            "",
        )
        yield from (
            f"- {fmt.escape_markdown(words)}" for words in rule_adherence.rule_sentences(found)
        )
        yield ""
        yield from _table(rule_adherence.HEADER, rule_adherence.rule_rows(found))
        yield ""
        yield from _table(("where", "kept>", "95 %", "n>"), rule_adherence.points(found))


def _sections(section: ReportSection[Found_contra], every: Iterable[Found_contra]) -> Iterator[str]:
    """A table for each finding, under its title and its sentences."""
    for found in every:
        yield from ("", f"### {fmt.escape_markdown(section.title(found)).capitalize()}", "")
        yield from (f"- {fmt.escape_markdown(words)}" for words in section.sentences(found))
        yield ""
        yield from _table(section.header, section.rows(found))


def _controls(controls: Iterable[Control]) -> Iterator[str]:
    yield from _table(
        ("model", "arm", "n>", "right>", "named the value>", ""),
        (
            (
                fmt.escape_markdown(control.model),
                fmt.escape_markdown(control.arm),
                f"{control.n:,}",
                fmt.percent(control.right),
                f"{control.named:,}",
                _FLAGS[control.flag],
            )
            for control in controls
        ),
    )
