"""What the template of a page is given: words and numbers that need no script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.analysis.comparison.for_report import against
from harness.core.printable import how_many
from harness.reports import format as fmt
from harness.reports.charts.figure_style import FEW
from harness.reports.first_table import HEADER, explained, first_rows
from harness.reports.html.compacting import advice_rows
from harness.reports.html.comparisons import contrast
from harness.reports.html.exclusions import left_out
from harness.reports.html.history import over_time
from harness.reports.html.rules_and_memory import rule_rows, section, treatment_rows
from harness.reports.html.shown_with import shown_with
from harness.reports.sections import headline
from harness.reports.sections.compaction_rounds import SurvivalSection
from harness.reports.sections.headline import onset_answer
from harness.reports.sections.hints import hints
from harness.reports.sections.methods import methods
from harness.reports.sections.said_in import SaidInSection

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.analysis.records import Frame
    from harness.analysis.summary.model import Control, CurveGroup, Summary

_FLAGS = {
    "leak": "named a value that it was never told: it leaks, or can be guessed",
    "weak": "misses some without any filler: mend their wording or scorer first",
    None: "",
}
_ARMS = {
    "closed_book": "asked without the session",
    "needle_only": "the plants alone, without filler",
    "fact_removed": "the session without the plant",
    "not_carried": "the chain without anything carried over",
}
_LAPSE = 0.02
"""Lengths that miss their mark by more, as a fraction of the window, are pointed at."""


def context(
    summary: Summary, frame: Frame, data: dict[str, Any], folders: Iterable[Path]
) -> dict[str, Any]:
    """Everything but the data of the script."""
    names = [series["name"] for series in data["series"]]
    groups = list(zip(names, summary.groups, strict=True))
    return {
        "summary": summary,
        "records": how_many(summary.n_records, "record"),
        "runs": how_many(len(summary.run_ids), "run"),
        "when": fmt.date_range(summary.started_first, summary.started_last),
        "few": FEW,
        "columns": HEADER,
        "first": first_rows(summary),
        "explained": explained(summary),
        "methods": methods(summary, folders),
        "run_ids": [fmt.plain(name) for name in summary.run_ids],
        "scenarios": [fmt.plain(name) for name in summary.scenarios],
        "answers": [_answer(i, *pair) for i, pair in enumerate(groups)],
        "contrasts": [contrast(table) for table in against(summary, frame)],
        "over_time": over_time(summary),
        "rules": [rule_rows(found) for found in summary.adherence],
        "compacted": [section(SurvivalSection(), found) for found in summary.survival],
        "said_in": [section(SaidInSection(), found) for found in summary.said_in],
        "compacting": [
            advice_rows(found, several=len(summary.run_ids) > 1) for found in summary.advice
        ],
        "carried": [treatment_rows(found) for found in summary.treatments],
        "controls": [_control(control) for control in summary.controls],
        "lengths": [_lengths(i, *pair) for i, pair in enumerate(groups)],
        "usage": [_usage(i, *pair) for i, pair in enumerate(groups)],
        "left_out": left_out(summary, data),
        "hints": [fmt.plain(hint) for hint in hints(summary)[:-1]],
    }


def _answer(number: int, name: str, group: CurveGroup) -> dict[str, Any]:
    own = group.own_onset.message if group.own_onset.message != group.onset.message else None
    lost = group.attribution
    return {
        "number": number,
        "name": name,
        "window": f"{group.window_limit:,}",
        "verdict": group.onset.verdict,
        "sentence": fmt.plain(onset_answer(group)),
        "own": own and fmt.plain(own),
        "n": f"{group.n_probes:,}",
        "sessions": how_many(group.n_sessions, "session"),
        "recall": fmt.recall(group.recall),
        "needle": fmt.recall(group.needle_only),
        "plateau": fmt.percent(group.onset.plateau) + (" (weak)" if group.onset.weak else ""),
        "effective": [fmt.plain(words) for words in headline.effective(group.onset.lengths)]
        if group.onset.lengths
        else [],
        "settings": fmt.plain(f"{group.policy}, memory {group.memory}, {group.layout}"),
        "lost": f"{lost.by_application + lost.by_model + lost.by_nobody:,}",
        "middle": [fmt.plain(words) for words in headline.middle(group.lost_in_the_middle)],
        "distance": fmt.plain(headline.distance(group.gap_effect)),
        "abstain": group.abstain
        and (
            f"{fmt.percent(group.abstain.recall)} of what was never said was rightly answered so"
            f" ({fmt.span(group.abstain.lo, group.abstain.hi)} %; n {group.abstain.n:,})"
        ),
    }


def _control(control: Control) -> dict[str, Any]:
    return {
        "shown_with": shown_with(model=control.model),
        "model": fmt.plain(control.model),
        "arm": fmt.plain(control.arm),
        "what": _ARMS.get(control.arm, ""),
        "n": f"{control.n:,}",
        "right": fmt.percent(control.right),
        "named": f"{control.named:,}",
        "flag": control.flag,
        "why": _FLAGS[control.flag],
    }


def _lengths(number: int, name: str, group: CurveGroup) -> dict[str, Any]:
    return {
        "number": number,
        "name": name,
        "window": f"{group.window_limit:,}",
        "words": [fmt.plain(words) for words in headline.length_sentences(group.lengths)],
        "rows": [
            {
                "fill": fmt.span(line.start, line.end),
                "n": f"{line.n:,}",
                "target": f"{line.target_tokens:,}",
                "local": f"{line.local_tokens:,}",
                "provider": f"{line.provider_tokens:,}",
                "error": f"{100 * line.error:+.2f}",
                "far": abs(line.error) > _LAPSE,
            }
            for line in group.lengths.by_fill
        ],
    }


def _usage(number: int, name: str, group: CurveGroup) -> dict[str, Any]:
    usage = group.usage
    return {
        "number": number,
        "name": name,
        "window": f"{group.window_limit:,}",
        "calls": f"{sum(count.n for count in usage.sources):,}",
        "prompt": f"{usage.prompt_tokens:,}",
        "completion": f"{usage.completion_tokens:,}",
        "cached": fmt.percent(usage.cached_share),
        "meter": fmt.counts(usage.sources),
        "cost": fmt.group_dollars(group),
    }
