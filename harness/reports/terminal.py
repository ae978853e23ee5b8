"""The report in a terminal: 80 columns of plain text, no colours, no control sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.analysis.comparison.for_report import against
from harness.core.printable import how_many
from harness.reports import format as fmt
from harness.reports.charts.figure_style import series_names
from harness.reports.format import COLUMNS
from harness.reports.sections import headline, memory_treatments, rule_adherence
from harness.reports.sections.comparison import overview
from harness.reports.sections.hints import hints
from harness.reports.sections.sparklines import sparks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from harness.analysis.comparison.for_report import Against
    from harness.analysis.summary.model import Bin, Control, CurveGroup, Summary
    from harness.reports.report_input import ReportInput

_BAR = 24
_EIGHTHS = " ▏▎▍▌▋▊▉"
_TABLE = ("model", "window", "policy", "recall", "needle", "plateau", "onset", "lost by")
_ARM = 12
"""Columns that the name of a control arm has at least."""
_RIGHT = {"window", "recall", "needle", "plateau"}
_MODEL, _POLICY = 14, 11
"""Columns that the model keeps when the policy is long, and that the policy has at least."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """What `harness report RUN` prints, as a file."""

    def write(self, report: ReportInput, path: Path, /) -> None:
        """Write the text."""
        words = terminal(report.summary, against(report.summary, report.frame))
        path.write_text(words, encoding="utf-8", errors="replace", newline="\n")


def terminal(summary: Summary, tables: Sequence[Against] = ()) -> str:
    """The whole report; no line is longer than 80 columns.

    Args:
        summary: What it says.
        tables: Comparisons, see `harness.analysis.comparison.for_report`.
    """
    # The answer comes last: in a terminal the end is what people see.
    lines: list[str] = []
    for group in summary.groups:
        lines += [*_group(group, several=len(summary.run_ids) > 1), ""]
    if summary.controls:
        wide = max(_ARM, *(len(control.arm) for control in summary.controls))
        lines += ["controls", *(f"  {_control(one, wide)}" for one in summary.controls), ""]
    for table in tables:
        lines += [*_against(table), ""]
    for rules in summary.adherence:
        lines += [*rule_adherence.rule_lines(rules, COLUMNS), ""]
    lines += [*_head(summary), "", *_small_curves(summary), "", *_overview(summary), ""]
    lines.append("next:")
    for hint in hints(summary):
        lines += _wrapped(hint, "  - ")
    if summary.treatments:
        lines += ["", "what should be carried over?"]
    for compared in summary.treatments:
        lines += ["", *memory_treatments.terminal(compared, COLUMNS)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _small_curves(summary: Summary) -> Iterator[str]:
    yield from sparks(summary.groups, series_names(summary.groups))


def _against(table: Against) -> Iterator[str]:
    yield from _wrapped(table.title.lower() + (f", run {table.run}" if table.run else ""))
    if table.found is None:
        yield from _wrapped(table.missing or "", "  ")
        return
    yield from overview(table.found)


def _wrapped(words: str, first: str = "") -> list[str]:
    return fmt.wrap(fmt.plain(words), COLUMNS, first)


def _head(summary: Summary) -> Iterator[str]:
    twice = f" ({summary.n_duplicates:,} more stored twice)" if summary.n_duplicates else ""
    runs = how_many(len(summary.run_ids), "run")
    yield from _wrapped(
        f"{how_many(summary.n_records, 'record')}{twice} of {runs},"
        f" {fmt.date_range(summary.started_first, summary.started_last)};"
        f" scenarios: {', '.join(summary.scenarios)}"
    )
    yield from _wrapped(
        f"onset: where recall is first {_points(summary.criterion)} below its own plateau, with its"
        f" {100 * summary.level:g} % interval, in % of the window and in tokens; plateau: recall"
        f" {_base(summary)}; needle: recall with nothing but the facts (needle_only)"
    )


def _base(summary: Summary) -> str:
    """Up to which lengths windows count as nearly empty."""
    known = sorted({g.onset.base_tokens for g in summary.groups if g.onset.base_tokens})
    if not known:
        return "while the window is nearly empty"
    return f"up to {' or '.join(f'{tokens:,}' for tokens in known)} tokens"


def _points(fraction: float) -> str:
    return f"{round(100 * fraction, 1):g} points"


def _overview(summary: Summary) -> Iterator[str]:
    """One line a group: who, how many, where it begins, who lost it."""
    rows = [_overview_row(group, _varying(summary)) for group in summary.groups]
    names, widths = _TABLE, _widths(rows)
    yield " ".join(fmt.fit_columns(name, widths[name], right=name in _RIGHT) for name in names)
    yield "─" * COLUMNS
    for group, row in zip(summary.groups, rows, strict=True):
        row["model"] = fmt.model(row["model"], widths["model"])
        yield " ".join(
            fmt.fit_columns(row[name], widths[name], right=name in _RIGHT) for name in names
        )
        before = sum(widths[name] + 1 for name in names[: names.index("onset")])
        yield from (" " * before + more for more in _below(group))


def _below(group: CurveGroup) -> Iterator[str]:
    """What stands under an onset: the same in tokens, and a plateau that is weak."""
    tokens = fmt.onset_tokens(group.onset)
    if tokens:
        yield tokens
    if group.onset.weak and group.onset.verdict not in {"floor", "insufficient"}:
        yield "weak from the start"


def _overview_row(
    group: CurveGroup, varying: tuple[Callable[[CurveGroup], str], ...]
) -> dict[str, str]:
    """The cells of one line, as wide as they come."""
    return {
        "model": fmt.plain(group.model),
        "window": f"{group.window_limit:,}",
        "policy": fmt.plain("/".join([group.policy, *(told(group) for told in varying)])),
        "recall": fmt.recall(group.recall, 0),
        "needle": fmt.recall(group.needle_only, 0),
        "plateau": fmt.percent(group.onset.plateau, 0),
        "onset": fmt.onset(group.onset),
        "lost by": _blame(group),
    }


def _varying(summary: Summary) -> tuple[Callable[[CurveGroup], str], ...]:
    """What is told beside the policy, since lines would look alike without it."""
    ways: tuple[Callable[[CurveGroup], str], ...] = (
        lambda group: fmt.run_label(group).partition(" ")[2],
        lambda group: group.memory,
        lambda group: group.layout,
    )
    return tuple(told for told in ways if len(set(map(told, summary.groups))) > 1)


def _widths(rows: list[dict[str, str]]) -> dict[str, int]:
    """Columns of each cell: numbers take what they need, model and policy share the rest."""
    needed = {name: max(map(fmt.width, (name, *(row[name] for row in rows)))) for name in _TABLE}
    numbers = sum(needed[name] for name in _TABLE if name not in {"model", "policy"})
    room = COLUMNS - (len(_TABLE) - 1) - numbers
    # the provider tells least of a model's name, and is left out first
    bare = max((fmt.width(row["model"].rpartition("/")[2]) for row in rows), default=_MODEL)
    least = min(bare, _MODEL)
    policy = min(needed["policy"], max(room - least, _POLICY))
    return {**needed, "policy": policy, "model": room - policy}


def _blame(group: CurveGroup) -> str:
    lost = group.attribution
    parts = (
        ("app", lost.by_application - lost.by_server),
        ("server", lost.by_server),
        ("model", lost.by_model),
        ("untold", lost.by_nobody),
    )
    most = max(parts, key=lambda part: part[1])
    if not most[1]:
        return "nobody"
    total = lost.by_application + lost.by_model + lost.by_nobody
    return most[0] if most[1] == total else f"{most[0]} {100 * most[1] / total:.0f}%"


def _group(group: CurveGroup, *, several: bool) -> Iterator[str]:
    yield from _wrapped(f"── {group.model} ──")
    yield from _wrapped(f"run {group.run}") if group.run and several else ()
    yield from _wrapped(
        f"window {group.window_limit:,} tokens, policy {group.policy}, memory {group.memory},"
        f" layout {group.layout}"
    )
    yield from _wrapped(group.onset.message, "  ")
    if group.own_onset.message != group.onset.message:
        yield from _wrapped(
            f"the model's own, of what it was shown: {group.own_onset.message}", "  "
        )
    if group.by_fill:
        yield ""
        yield f"  {'fill, %':>9}  {'recall':>7}  {'0':<{_BAR - 3}}100  {'95 %':^11} {'n':>8}"
        yield from (f"  {line}" for line in _curve(group))
    yield ""
    for name, words in _facts(group):
        yield from _wrapped(words, f"  {name + ':':<14} ")


def _curve(group: CurveGroup) -> Iterator[str]:
    begun = False
    for point in group.by_fill:
        here = not begun and _holds(point, group.onset.onset)
        begun = begun or here
        share = point.share
        yield (
            f"{fmt.span(point.start, point.end, digits=1):>9}  {fmt.percent(share.recall):>7}"
            f"  {_bar(share.recall)}  {fmt.span(share.lo, share.hi):^11} {share.n:>8,}"
            f"{' ◄ onset' if here else ''}"
        )


def _holds(point: Bin, onset: float | None) -> bool:
    """Whether the onset lies in this bin, or before it and after the one before."""
    return onset is not None and (point.end is None or onset <= point.end)


def _bar(recall: float) -> str:
    eighths = round(recall * _BAR * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(_BAR, "·")


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


def _control(control: Control, wide: int) -> str:
    flag = {"leak": "LEAK", "weak": "WEAK", None: ""}[control.flag]
    name = fmt.fit_columns(fmt.plain(control.model), 34)
    right = fmt.percent(control.right)
    return f"{name} {control.arm:<{wide}} n {control.n:>5,}  right {right:>7}  {flag}"
