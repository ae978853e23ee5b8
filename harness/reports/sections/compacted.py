"""What compactions kept of a conversation: for the terminal, as Markdown and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.core.printable import how_many
from harness.reports import format as fmt
from harness.reports.files.json_file import to_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.compacted import CompactionScore, FactInText, ScoredText, Survived

_ID = 24


def compacted_text(found: CompactionScore) -> str:
    """What the terminal shows: each fact with what shows its fate, and the share at the end."""
    lines: list[str] = []
    for text in found.texts:
        lines += fmt.wrap(f"── {fmt.plain(_title(text))} ──", fmt.COLUMNS)
        for fact in text.facts:
            lines += _fact(fact)
        lines += ["", *fmt.wrap(_counts(text), fmt.COLUMNS, "  "), ""]
    lines += [line for words in _ends(found) for line in fmt.wrap(words, fmt.COLUMNS)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def compacted_markdown(found: CompactionScore) -> str:
    """A table for each text."""
    lines = [f"# What compactions kept of {fmt.escape_markdown(found.session)}", ""]
    for text in found.texts:
        lines += [f"## {fmt.escape_markdown(_title(text))}", ""]
        lines += ["| fact | said | value | fate | why | line | what stands there |"]
        lines += ["| --- | ---: | --- | --- | --- | ---: | --- |"]
        lines += [f"| {' | '.join(map(fmt.escape_markdown, _cells(one)))} |" for one in text.facts]
        lines += ["", f"{_counts(text)}.", ""]
    lines += [f"- {fmt.escape_markdown(words)}" for words in _ends(found)]
    return "\n".join(lines) + "\n"


def compacted_json(found: CompactionScore) -> str:
    """Every fact and number."""
    return json.dumps(to_data(found), ensure_ascii=False, indent=2) + "\n"


def _title(text: ScoredText) -> str:
    return f"{text.where}: {how_many(text.words, 'word')}"


def _fact(fact: FactInText) -> Iterator[str]:
    name = fmt.fit_columns(fmt.plain(fact.fact), _ID)
    yield from fmt.wrap(fmt.plain(fact.why), fmt.COLUMNS, f"  {fact.door:<8} {name} ")
    if fact.excerpt:
        yield from fmt.wrap(fmt.plain(fact.excerpt), fmt.COLUMNS, f"           {fact.line}: ")


def _cells(fact: FactInText) -> tuple[str, ...]:
    return (
        fact.fact,
        _said(fact),
        ", ".join(fact.expected),
        fact.door,
        fact.why,
        "" if fact.line is None else str(fact.line),
        fact.excerpt,
    )


def _said(fact: FactInText) -> str:
    if fact.position is not None:
        return fmt.percent(fact.position)
    return fmt.NOTHING if fact.message is None else f"message {fact.message}"


def _counts(text: ScoredText) -> str:
    counts = [(text.garbled, "garbled"), (text.lost, "lost"), (text.opaque, "opaque")]
    rest = ", ".join(f"{n} {name}" for n, name in counts if n)
    return f"{_share(text.survived)}" + (f"; {rest}" if rest else "")


def _share(one: Survived) -> str:
    if one.share is None or one.lo is None or one.hi is None:
        return f"{one.kept} of {one.n} stand in the part that can be read"
    return (
        f"kept {one.kept} of {one.n}, {fmt.percent(one.share)}"
        f" ({100 * one.lo:.0f}–{100 * one.hi:.0f})"
    )


def _ends(found: CompactionScore) -> Iterator[str]:
    """What it comes to."""
    for rounds, share in found.by_rounds:
        yield f"after {how_many(rounds, 'round')}: {_share(share)}"
    if found.again is not None:
        yield f"of what a round held, the next: {_share(found.again)}"
    over = f" over {len(found.texts)} texts" if len(found.texts) > 1 and not found.again else ""
    yield (
        f"{found.session}: {how_many(found.n_facts, 'fact')} known; {_share(found.survived)}{over}"
    )
    if found.survived.share is not None:
        shares = f"{found.survived.share:.2f}"
        if found.again is not None and found.again.share is not None:
            shares += f",{found.again.share:.2f}"
        yield f"what that means for a threshold: harness advise RUN --survival {shares}"
