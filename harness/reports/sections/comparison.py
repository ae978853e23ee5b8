"""A comparison in words: for the terminal, as Markdown, as JSON.

Its one rule: the difference, its interval and its test come from sessions; McNemar's counts stand
below, for those who know them, and say that they ignore sessions.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.analysis.comparison.sides import OWN_PROMPT
from harness.reports import format as fmt
from harness.reports.files.json_file import to_data
from harness.reports.terminal_style import TerminalStyle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.analysis.comparison.many_sides import Match, Versus
    from harness.analysis.comparison.two_runs import Comparison
    from harness.analysis.onset import OnsetDifference

_TABLE = ("sides", "where", "points", "interval", "p", "p, Holm", "onset")
_RIGHT = {"points", "p", "p, Holm", "onset"}
_TINY_P = 0.001
_PLAIN = TerminalStyle()


def comparison_text(versus: Versus, style: TerminalStyle = _PLAIN) -> str:
    """The comparison in a terminal: the table first, then each pair of sides.

    Args:
        versus: What was compared.
        style: The terminal that it is for.
    """
    letters = _letters(versus)
    lines = [
        *_overview(versus, style),
        "",
        *style.wrapped(_design(versus)),
        *_legend(versus, style),
        "",
    ]
    for match in versus.matches:
        lines += style.wrapped(f"── {_title(match, letters)} ──")
        lines += style.wrapped(_conditions(match))
        lines += [*style.wrapped(_lead(match.comparison), "  "), ""]
        for name, words in _facts(match, letters):
            lines += style.wrapped(words, f"  {name + ':':<12} ")
        lines.append("")
    for sentence in versus.alone:
        lines += style.wrapped(f"not compared: {sentence}")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def comparison_markdown(versus: Versus) -> str:
    """The comparison for a pull request or a wiki."""
    letters = _letters(versus)
    lines = ["# Comparison", "", *markdown_overview(versus)]
    for number, match in enumerate(versus.matches, start=1):
        lines += ["", f"## {number}. {fmt.escape_markdown(_title(match, letters))}", ""]
        lines += [f"{fmt.escape_markdown(_conditions(match).capitalize())}.", ""]
        lines += [f"**{fmt.escape_markdown(_lead(match.comparison))}**", ""]
        lines += [
            f"- {name}: {fmt.escape_markdown(words)}" for name, words in _facts(match, letters)
        ]
    if versus.alone:
        lines += ["", "## Not compared", ""]
        lines += [f"- {fmt.escape_markdown(sentence)}" for sentence in versus.alone]
    return "\n".join(lines) + "\n"


def comparison_json(versus: Versus) -> str:
    """Every field of the comparison; fractions with six digits."""
    return json.dumps(to_data(versus), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def markdown_overview(versus: Versus) -> Iterator[str]:
    """The table alone, with what its letters stand for, as Markdown."""
    yield fmt.escape_markdown(_design(versus))
    yield ""
    yield from (f"- {fmt.escape_markdown(line)}" for line in _sides(versus))
    yield ""
    yield from _markdown_table(versus)


def overview(versus: Versus, style: TerminalStyle) -> Iterator[str]:
    """The table alone, with what its letters stand for."""
    yield from _overview(versus, style)
    yield ""
    yield from style.wrapped(_design(versus))
    yield from _legend(versus, style)


def _design(versus: Versus) -> str:
    many = max(match.comparison.n_comparisons for match in versus.matches)
    holm = f"; p after Holm's correction for {many} comparisons" if many > 1 else ""
    return (
        f"points: recall of B less recall of A, paired by trial, averaged within sessions, then"
        f" over sessions, with {100 * versus.level:g} % intervals{holm}; onset: how much later B"
        f" begins to forget, in % of the window (> and <: by more than)"
    )


def _letters(versus: Versus) -> dict[str, str]:
    """A letter a side; past 26 of them numbers."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return {
        side.name: letters[i] if i < len(letters) else str(i + 1)
        for i, side in enumerate(versus.sides)
    }


def _sides(versus: Versus) -> Iterator[str]:
    """What each letter stands for, with what its name does not say."""
    runs = {side.run for side in versus.sides}
    for (name, letter), side in zip(_letters(versus).items(), versus.sides, strict=True):
        more = [", ".join(side.models)] if versus.by == "run" and name not in side.models else []
        more += [side.run] if len(runs) > 1 else []
        yield f"{letter}: {name}" + (f" ({'; '.join(more)})" if more else "")
    if len(runs) == 1:
        yield f"run: {runs.pop()}"


def _legend(versus: Versus, style: TerminalStyle) -> Iterator[str]:
    for line in _sides(versus):
        yield from style.wrapped(line, "  ")


def _title(match: Match, letters: Mapping[str, str]) -> str:
    a, b = match.comparison.a, match.comparison.b
    return f"{b} ({letters[b]}) against {a} ({letters[a]})"


def _conditions(match: Match) -> str:
    """What both sides have in common."""
    window = None if match.window_limit is None else f"{match.window_limit:,} tokens"
    parts = (
        ("window", window),
        ("policy", match.policy),
        ("memory", match.memory),
        ("layout", match.layout),
        ("model", match.model),
        ("prompt", match.variant or None),
    )
    return ", ".join(f"{name} {value}" for name, value in parts if value is not None)


def _lead(comparison: Comparison) -> str:
    if comparison.p_value is None:
        return comparison.message
    return f"{comparison.message}; {_p(comparison)}"


def _p(comparison: Comparison) -> str:
    words = _p_words(comparison.p_value)
    if comparison.p_holm is not None:
        words += f", after Holm's correction {_p_words(comparison.p_holm)}"
    return words


def _p_words(p: float | None) -> str:
    if p is None:
        return "p unknown"
    return f"p below {_TINY_P:g}" if p < _TINY_P else f"p = {p:.3f}"


def _facts(match: Match, letters: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What stands below the answer, as names and sentences."""
    comparison = match.comparison
    a, b = letters[comparison.a], letters[comparison.b]
    if comparison.method is not None:
        yield "method", comparison.method
    cells = comparison.discordant
    if cells is not None:
        yield (
            "McNemar",
            (
                f"both right {cells.both:,}, only {a} {cells.a_only:,}, only {b}"
                f" {cells.b_only:,}, neither {cells.neither:,}; exact {_p_words(cells.p_value)},"
                " which takes probes of one session for independent"
            ),
        )
    elif comparison.n_pairs:
        yield "McNemar", "not told, since some scores lie between 0 and 1"
    yield "onset", match.onset_message
    if match.onsets.missing is None:
        yield f"onset of {a}", match.onset_a.message
        yield f"onset of {b}", match.onset_b.message
    left_out = ", ".join(f"{item.reason} {item.n:,}" for item in comparison.excluded)
    yield "left out", left_out or "nothing"
    if comparison.n_other_length:
        yield (
            "lengths",
            (
                f"the session is longer for one in {comparison.n_other_length:,} of"
                f" {comparison.n_pairs:,} pairs: it is built to the same share of the window as its"
                " own model counts tokens"
            ),
        )
    if comparison.n_other_text:
        yield (
            "texts",
            (
                f"session or question differ in {comparison.n_other_text:,} of"
                f" {comparison.n_pairs:,} pairs: as it should be where prompts or windows are"
                " compared, and a fault where models are"
            ),
        )


def _where(match: Match, versus: Versus) -> str:
    """The conditions that tell the rows of the table apart; the window at least."""
    window = None if match.window_limit is None else f"{match.window_limit:,} tokens"
    parts: list[tuple[str | None, set[object]]] = [
        (window, {other.window_limit for other in versus.matches} | {None}),
        (match.policy, {other.policy for other in versus.matches}),
        (match.model and fmt.model(match.model, 25), {other.model for other in versus.matches}),
        (match.memory, {other.memory for other in versus.matches}),
        (match.layout, {other.layout for other in versus.matches}),
        (match.variant or OWN_PROMPT, {other.variant for other in versus.matches}),
    ]
    return " ".join(value for value, values in parts if value is not None and len(values) > 1)


def _rows(versus: Versus) -> Iterator[tuple[str, ...]]:
    letters = _letters(versus)
    for match in versus.matches:
        comparison = match.comparison
        effect, lo, hi = comparison.effect, comparison.lo, comparison.hi
        told = effect is not None and lo is not None and hi is not None
        yield (
            f"{letters[comparison.b]} - {letters[comparison.a]}",
            _where(match, versus),
            _signed(effect),
            f"{_signed(lo)} to {_signed(hi)}" if told else "too little data",
            _short_p(comparison.p_value),
            _short_p(comparison.p_holm),
            _short_onset(match.onsets),
        )


def _signed(fraction: float | None) -> str:
    return fmt.NOTHING if fraction is None else f"{100 * fraction:+.1f}"


def _short_p(p: float | None) -> str:
    if p is None:
        return fmt.NOTHING
    return f"<{_TINY_P:g}" if p < _TINY_P else f"{p:.3f}"


def _short_onset(found: OnsetDifference) -> str:
    """How much later B begins to forget, in per cent of the window."""
    if found.delta is not None:
        return f"{100 * found.delta:+.0f} %"
    if found.lo is not None and found.lo > 0:
        return f"> {100 * found.lo:+.0f} %"
    if found.hi is not None and found.hi < 0:
        return f"< {100 * found.hi:+.0f} %"
    return fmt.NOTHING


def _overview(versus: Versus, style: TerminalStyle) -> list[str]:
    rows = [tuple(map(fmt.plain, row)) for row in _rows(versus)]
    return style.table(_TABLE, rows, right=_RIGHT, folded=("where",))


def _markdown_table(versus: Versus) -> Iterator[str]:
    yield f"| {' | '.join(_TABLE)} |"
    yield f"|{'|'.join(' ---: ' if name in _RIGHT else ' --- ' for name in _TABLE)}|"
    for row in _rows(versus):
        yield f"| {' | '.join(map(fmt.escape_markdown, row))} |"
