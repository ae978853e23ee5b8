"""Treatments side by side, for the terminal and for Markdown: what should we carry over?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.printable import how_many
from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.summary.memory_model import Carrying, Treatments
    from harness.reports.terminal_style import TerminalStyle

_HEAD = (
    "carried over", "recall, %", "never\nwritten", "not\ngiven", "not\nused", "tokens/\nfact",
    "$/\nfact", "",
)  # fmt: skip
HEADER = (
    "carried over", "recall>", "95 %", "never written>", "written, not injected>",
    "injected, not used>", "tokens per recalled fact>", "dollars per recalled fact>", "",
)  # fmt: skip
"""Of the Markdown table; names that end in '>' stand to the right."""


def terminal(found: Treatments, style: TerminalStyle) -> Iterator[str]:
    """The table of one comparison and what follows from it."""
    yield from style.wrapped(title(found))
    cells = []
    for row in found.rows:
        share = row.share
        recall = f"{100 * share.recall:.0f} ({fmt.span(share.lo, share.hi)})"
        counts = map(str, (row.never_written, row.not_injected, row.not_used))
        leak = "LEAK" if row.leak else ""
        cells.append(
            (fmt.plain(row_name(found, row)), recall, *counts, _tokens(row), _usd(row), leak)
        )
    yield from style.table(_HEAD, cells, right=_HEAD[1:7], folded=_HEAD[:1], styles={"": "red"})
    if found.advice is not None:
        yield from style.wrapped(found.advice, "→ ")
    for words in leaks(found):
        yield from style.wrapped(words, "LEAK: ")


def title(found: Treatments) -> str:
    """What was compared."""
    which = f"scenario {found.scenario}" if found.scenario else "all scenarios"
    left = f" ({found.n_left_out:,} more that only some were asked)" if found.n_left_out else ""
    return (
        f"{which}: {found.model}, window {found.window_limit:,};"
        f" {how_many(found.n_facts, 'question')} about earlier sessions, the same for"
        f" all{left}"
    )


def rows(found: Treatments) -> Iterator[tuple[str, ...]]:
    """The cells of the Markdown table."""
    for row in found.rows:
        yield (
            fmt.escape_markdown(row_name(found, row)),
            fmt.percent(row.share.recall),
            fmt.span(row.share.lo, row.share.hi, digits=1),
            f"{row.never_written:,}",
            f"{row.not_injected:,}",
            f"{row.not_used:,}",
            _tokens(row),
            _usd(row),
            "**LEAK**" if row.leak else "",
        )


def leaks(found: Treatments) -> Iterator[str]:
    """What to say of facts that were known though nothing carried them over."""
    for row in found.rows:
        if row.leak:
            yield (
                f"{row.untold:,} answers under '{row.memory}' were right though nothing carried"
                " the fact over: it is known from elsewhere, and the table says nothing"
            )


def row_name(found: Treatments, row: Carrying) -> str:
    """What a row stands for: its memory, and its policy where there are several."""
    several = len({other.policy for other in found.rows}) > 1
    return f"{row.memory} / {row.policy}" if several else row.memory


def _tokens(row: Carrying) -> str:
    return "–" if row.tokens_per_recalled is None else f"{row.tokens_per_recalled:,.0f}"


def _usd(row: Carrying) -> str:
    if row.usd_per_recalled is None:
        return "–" if row.tokens_per_recalled is None else "unknown"
    return "0" if row.usd_per_recalled == 0 else f"{row.usd_per_recalled:.2g}"
