"""Published results, read again: as text, Markdown and JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.reports import format as fmt
from harness.reports.files.json_file import to_data
from harness.reports.sections import headline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.analysis.published.reread import Level, Reread


def reread_sentences(one: Reread) -> Iterator[str]:
    """The onset, or what is missing, and the lengths that others report."""
    if one.onset is None:
        yield one.missing or ""
        return
    yield one.onset.message
    if one.onset.lengths is not None:
        yield from headline.effective(one.onset.lengths, noun="length with ")


def published_text(found: Sequence[Reread]) -> str:
    """What the terminal shows."""
    lines: list[str] = []
    for one in found:
        lines += fmt.wrap(f"── {fmt.plain(one.model)} ──", fmt.COLUMNS)
        for level in one.levels:
            lines.append(
                f"  {_place(level):>14} tokens  {fmt.percent(level.recall):>7}  n {_n(level):>7}"
            )
        for words in reread_sentences(one):
            lines += fmt.wrap(words, fmt.COLUMNS, "  - ")
        lines.append("")
    return "\n".join(lines)


def published_markdown(found: Sequence[Reread]) -> str:
    """A section a model."""
    lines: list[str] = []
    for one in found:
        lines += [f"### {fmt.escape_markdown(one.model)}", "", "| tokens | recall | n |"]
        lines += ["| ---: | ---: | ---: |"]
        lines += [
            f"| {_place(level)} | {fmt.percent(level.recall)} | {_n(level)} |"
            for level in one.levels
        ]
        lines += ["", *(f"- {fmt.escape_markdown(words)}" for words in reread_sentences(one)), ""]
    return "\n".join(lines)


def published_json(found: Sequence[Reread]) -> str:
    """Every number."""
    return json.dumps([to_data(one) for one in found], ensure_ascii=False, indent=2) + "\n"


def _place(level: Level) -> str:
    return "none" if level.tokens is None else f"{level.tokens:,.0f}"


def _n(level: Level) -> str:
    return fmt.NOTHING if level.n is None else f"{level.n:,}"
