"""A check in words: for the terminal, as Markdown for a pull request, as JSON.

Its one rule: the verdict stands alone in one sentence; everything else is there to be doubted with.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.core.printable import how_many
from harness.reports import format as fmt
from harness.reports.files.json_file import to_data
from harness.reports.format import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.gate.flapping import Flapping
    from harness.gate.results import Check, GateTest, Lost

_SIGNS = {"pass": "✅", "fail": "❌", "inconclusive": "⚠️"}
_TABLE = ("test", "where", "verdict", "change", "bounds", "pairs")


def check_text(found: Check) -> str:
    """The check in a terminal: plain text, no line longer than 80 columns; the verdict last."""
    lines: list[str] = []
    for test in found.tests:
        lines += _wrapped(f"{_head(test)}: {test.verdict}")
        lines += _wrapped(test.message, "  ")
        lines += _wrapped(test.second, "  ") if test.second else []
    if found.lost:
        lines += ["", "recalled less than in the baseline:"]
        lines += [line for lost in found.lost for line in _wrapped(_lost(lost), "  ")]
    for one in found.replies:
        lines += ["", *_wrapped(one.question, "  asked     ")]
        lines += _wrapped(one.expected, "  expected  ") + _wrapped(one.reply, "  came      ")
        lines += _wrapped(f"{one.outcome}: harness show {found.run} {one.key}", "            ")
    if found.notes:
        lines += ["", "to know:"]
        lines += [line for note in found.notes for line in _wrapped(note, "  - ")]
    lines += ["", *_wrapped(_against(found))]
    lines += _wrapped(f"{found.verdict.upper()}: {found.message}")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def check_markdown(found: Check) -> str:
    """The check as a comment on a pull request, or as the summary of a step."""
    sign = _SIGNS[found.verdict]
    lines = [
        f"### {sign} Recall: {found.verdict}",
        "",
        f"**{fmt.escape_markdown(_capital(found.message))}.**",
        "",
        fmt.escape_markdown(f"{_against(found)}."),
        "",
        f"| {' | '.join(_TABLE)} |",
        "| --- | --- | --- | ---: | ---: | ---: |",
    ]
    lines += [f"| {' | '.join(map(fmt.escape_markdown, _row(test)))} |" for test in found.tests]
    told = [test for test in found.tests if test.second]
    if told:
        lines += [""]
        lines += [f"- {fmt.escape_markdown(f'{_head(test)}: {test.second}')}" for test in told]
    if found.lost:
        lines += ["", "Recalled less than in the baseline:", ""]
        lines += ["| scenario | question | before | now | what came instead |"]
        lines += ["| --- | --- | ---: | ---: | --- |"]
        for lost in found.lost:
            shares = (fmt.percent(lost.before, 0), fmt.percent(lost.now, 0))
            cells = (lost.scenario, lost.question, *shares, _instead(lost))
            lines.append(f"| {' | '.join(map(fmt.escape_markdown, cells))} |")
    if found.replies:
        lines += ["", "Such as:", ""]
        lines += ["| question | expected | came | |", "| --- | --- | --- | --- |"]
        for one in found.replies:
            shown = (one.question, one.expected, one.reply, one.outcome)
            lines.append(f"| {' | '.join(map(fmt.escape_markdown, shown))} |")
    if found.notes:
        lines += ["", "To know:", ""]
        lines += [f"- {fmt.escape_markdown(note)}" for note in found.notes]
    return "\n".join(lines) + "\n"


def check_json(found: Check) -> str:
    """Every field of the check; fractions with six digits."""
    return json.dumps(to_data(found), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def flapping_text(found: Flapping) -> str:
    """How often the gate would have been wrong, for the terminal."""
    nights = f"{found.nights:,} nights drawn from {how_many(found.repeats, 'repeat')}"
    lines = _wrapped(
        f"The same prompt against itself: {nights} of {how_many(found.trials, 'trial')} in"
        f" {how_many(found.sessions, 'session')}. Nothing changed, so every failure is false."
    )
    rows = (
        ("raw difference: any drop fails", found.raw),
        ("fixed threshold: a drop of the margin fails", found.fixed),
        ("one look of this gate", found.one_look),
        ("this gate, confirmed by a second look", found.confirmed),
    )
    lines += ["", *(f"  {name:<46} {fmt.percent(rate):>7}" for name, rate in rows), ""]
    lines += [f"  {'answers that differ between two repeats':<46} {fmt.percent(found.differ):>7}"]
    if found.confirmed is None:
        lines += ["", *_wrapped("A second look takes three repeats: harness run --repeats 3")]
    return "\n".join(lines) + "\n"


def _wrapped(words: str, first: str = "") -> list[str]:
    return fmt.wrap(fmt.plain(words), COLUMNS, first)


def _head(test: GateTest) -> str:
    return f"{test.name}, {test.cell.name}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _against(found: Check) -> str:
    rule = found.rule
    times = how_many(found.baseline_repeats, "repeat")
    return (
        f"run {found.run} against baseline {found.baseline} ({times} of {found.blessed_run});"
        f" margin {100 * rule.margin:g} points, one-sided error {rule.alpha:g}"
    )


def _lost(lost: Lost) -> str:
    return (
        f"{lost.scenario}, {lost.question}: {fmt.percent(lost.before, 0)} before,"
        f" {fmt.percent(lost.now, 0)} now, {how_many(lost.n, 'pair')};"
        f" instead: {_instead(lost)}"
    )


def _instead(lost: Lost) -> str:
    return ", ".join(f"{name} {n}" for name, n in lost.outcomes)


def _row(test: GateTest) -> tuple[str, ...]:
    unit = " %" if test.kind == "onset" else ""
    return (
        test.name,
        test.cell.name,
        test.verdict,
        _signed(test.effect, unit),
        " to ".join(_bounds(test, unit)),
        f"{test.n_pairs:,}",
    )


def _bounds(test: GateTest, unit: str) -> Iterator[str]:
    for bound in (test.lo, test.hi):
        yield _signed(bound, unit)


def _signed(fraction: float | None, unit: str) -> str:
    return fmt.NOTHING if fraction is None else f"{100 * fraction:+.1f}{unit}"
