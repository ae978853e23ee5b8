"""Standing rules, and what was carried over session boundaries, as rows of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.reports import format as fmt
from harness.reports.html.shown_with import shown_with, shown_with_group
from harness.reports.sections import memory_details, memory_treatments, rule_adherence

if TYPE_CHECKING:
    from harness.analysis.summary.adherence_model import Adherence
    from harness.analysis.summary.memory_model import Carrying, Treatments
    from harness.analysis.summary.rounds_model import SaidInContrast, Survival
    from harness.analysis.summary.shares import Share
    from harness.reports.sections.memory_details import Detail
    from harness.reports.sections.section import ReportSection


def rule_rows(found: Adherence) -> dict[str, Any]:
    """How one group kept its rules."""
    return {
        "shown_with": shown_with_group(found),
        "name": fmt.plain(found.model),
        "settings": fmt.plain(f"{found.window_limit:,} tokens, {found.policy}, {found.memory}"),
        "words": [fmt.plain(words) for words in rule_adherence.rule_sentences(found)],
        "rows": [
            {"name": fmt.plain(f"{rule.scenario}: {rule.rule}"), **_share(rule.share)}
            for rule in found.rules
        ]
        + [
            {"name": f"fill {fmt.span(point.start, point.end, digits=1)} %", **_share(point.share)}
            for point in found.by_fill
        ],
    }


def treatment_rows(found: Treatments) -> dict[str, Any]:
    """Treatments side by side."""
    return {
        "title": fmt.plain(memory_treatments.title(found)),
        "advice": found.advice and fmt.plain(found.advice),
        "leaks": [fmt.plain(words) for words in memory_treatments.leaks(found)],
        "shown_with": shown_with(model=found.model, window=found.window_limit),
        "rows": [_carrying(row) for row in found.rows],
        "details": [_detail(one) for one in memory_details.details(found)],
        "notes": [
            fmt.plain(words)
            for words in (*memory_details.budgets(found), *memory_details.bases(found))
        ],
    }


def section(words: ReportSection[Any], found: Survival | SaidInContrast) -> dict[str, Any]:
    """A finding as its title, its sentences and its table."""
    return {
        "title": fmt.plain(words.title(found)),
        "shown_with": shown_with_group(found),
        "words": [fmt.plain(sentence) for sentence in words.sentences(found)],
        "header": [(cell.removesuffix(">"), cell.endswith(">")) for cell in words.header],
        "rows": [[fmt.plain(cell) for cell in row] for row in words.rows(found)],
    }


def _detail(one: Detail) -> dict[str, Any]:
    rows = [[fmt.plain(cell) for cell in row] for row in one.rows]
    return {"title": one.title[0].upper() + one.title[1:], "header": one.header, "rows": rows}


def _carrying(row: Carrying) -> dict[str, Any]:
    tokens, usd = row.tokens_per_recalled, row.usd_per_recalled
    return {
        "shown_with": shown_with(memory=row.memory, policy=row.policy),
        "name": fmt.plain(f"{row.memory}, {row.policy}"),
        "leak": row.leak,
        **_share(row.share),
        "never": f"{row.never_written:,}",
        "not_injected": f"{row.not_injected:,}",
        "not_used": f"{row.not_used:,}",
        "tokens": fmt.NOTHING if tokens is None else f"{tokens:,.0f}",
        "usd": fmt.NOTHING if usd is None else f"${usd:.2g}",
    }


def _share(share: Share) -> dict[str, str]:
    return {
        "recall": fmt.percent(share.recall),
        "interval": fmt.span(share.lo, share.hi, digits=1),
        "n": f"{share.n:,}",
    }
