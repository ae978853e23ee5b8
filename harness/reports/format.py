"""Words and numbers as reports show them, and the escaping of text that others wrote.

Its one rule: a name of a model or a scenario is data. It never becomes markup, a control sequence
or a broken table.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.summary.model import CurveGroup
    from harness.analysis.summary.shares import Count, Share

COLUMNS = 80
"""Of a terminal: no line of a report is longer."""

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&$])")
_CALLS = re.compile(r"@(?=\w)|#(?=\d)|(?<=\w):(?=//)|(?<=www)\.|(?<=GH)-(?=\d)", re.IGNORECASE)
"""What a site calls somebody by, or makes a link of, however it is escaped."""
_VERDICTS = {
    "not_reached": "not reached",
    "cannot_tell": "cannot tell",
    "floor": "poor from start",
    "insufficient": "cannot tell",
}
_LAID_OUT = frozenset("\n\t\u200c\u200d")
_SPACE = re.compile(r"\s+(?!%)")
"""Where a line may end: not between a number and its per cent."""
_FINE = 0.1
"""Onsets below this fill are told to a tenth of a per cent."""
NOTHING = "–"
"""Stands where nothing was measured."""


def plain(text: str) -> str:
    r"""Text without anything that a terminal would obey; what was there is spelled out.

    >>> plain("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(char if char.isprintable() else _spelled(char) for char in text)


def visible(text: str) -> str:
    r"""Text of several lines for a page: line ends stay, what else cannot be seen is spelled.

    Joiners stay too: scripts and emoji are written with them.

    >>> visible("a\n\x00b\u202ec")
    'a\n\\x00b\\u202ec'
    """
    if text.replace("\n", "").isprintable():  # nearly all texts, and a hundred times faster
        return text
    return "".join(
        char if char in _LAID_OUT or char.isprintable() or unicodedata.category(char) == "Zs"
        else _spelled(char)
        for char in text
    )  # fmt: skip


def escape_markdown(text: str) -> str:
    r"""Text that Markdown shows as it is, in one cell of a table too.

    >>> escape_markdown("a|b <i>")
    'a\\|b \\<i\\>'
    """
    return _CALLS.sub("\\g<0>\u200b", _MARKUP.sub(r"\\\1", plain(text)))


def _spelled(char: str) -> str:
    code = ord(char)
    if code < 1 << 8:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"


def width(text: str) -> int:
    """Columns that a terminal needs for the text."""
    return cell_len(text)


def fit_columns(text: str, columns: int, *, right: bool = False) -> str:
    """The text in exactly that many columns; what is too long loses its middle.

    >>> fit_columns("abcdefghij", 5), fit_columns("ab", 4, right=True)
    ('ab…ij', '  ab')
    """
    head, tail = text, ""
    if width(text) > columns:
        head, tail = "", ""
        while width(head) + width(tail) + 1 <= columns:
            longer = text[: len(head) + 1] if len(head) <= len(tail) else head
            ending = tail if longer != head else text[-len(tail) - 1 :]
            if width(longer) + width(ending) + 1 > columns:
                break
            head, tail = longer, ending
        head += "…"
    text = head + tail
    space = " " * (columns - width(text))
    return space + text if right else text + space


def model(name: str, columns: int) -> str:
    """The name of a model; where it does not fit, without the provider, which tells least.

    What still does not fit loses its end, so that the name of a law can be read.

    >>> model("openrouter/meta/llama-4-scout", 17), model("openai/gpt-5", 17)
    ('llama-4-scout', 'openai/gpt-5')
    >>> model("reference/fading?limit=8000&onset=0.6", 17)
    'fading?limit=800…'
    """
    shown = plain(name)
    if width(shown) > columns:
        shown = shown.rpartition("/")[2] or shown
    if width(shown) <= columns:
        return shown
    while width(shown) + 1 > columns:
        shown = shown[:-1]
    return f"{shown}…"


def wrap(text: str, columns: int, first: str = "") -> list[str]:
    """The text in lines of at most so many columns; what follows the first is indented alike.

    >>> wrap("to be or not to be", 10, "- ")
    ['- to be or', '  not to', '  be']
    """
    lines, line, room = [], first, columns - width(first)
    used = 0
    for word in _pieces(text, room):
        if used and used + 1 + width(word) > room:
            lines.append(line)
            line, used = " " * width(first), 0
        line += f" {word}" if used else word
        used += width(word) + (1 if used else 0)
    return [*lines, line]


def _pieces(text: str, room: int) -> Iterator[str]:
    """The words, those wider than a line cut into pieces."""
    for word in _SPACE.split(text.strip()):
        piece = ""
        for char in word:
            if width(piece + char) > room:
                yield piece
                piece = ""
            piece += char
        yield piece


def percent(fraction: float | None, digits: int = 1) -> str:
    """A fraction in per cent, or a dash.

    >>> percent(0.9786), percent(0.5), percent(None)
    ('97.9 %', '50.0 %', '–')
    """
    return NOTHING if fraction is None else f"{100 * fraction + 1e-9:.{digits}f} %"


def recall(share: Share | None, digits: int = 1) -> str:
    """A recall in per cent, or a dash where it was not measured."""
    return percent(None if share is None else share.recall, digits)


def span(start: float | None, end: float | None, *, digits: int = 0) -> str:
    """The ends of a range, given as fractions, in per cent.

    >>> span(0.05, 0.1), span(1.0, None), span(0.5, 0.5)
    ('5–10', 'over 100', '50')
    """
    ends = [
        NOTHING if end is None else f"{100 * end + 1e-9:.{digits}f}".removesuffix(".0")
        for end in (start, end)
    ]
    if end is None:
        return f"over {ends[0]}"
    return ends[0] if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}"


def onset(estimate: OnsetEstimate) -> str:
    """The onset in a few characters: '62 % (55–70)', 'not reached', ..."""
    if estimate.verdict == "before":
        return f"before {percent(estimate.control).replace('.0 %', ' %')}"
    if estimate.onset is None:
        return _VERDICTS.get(estimate.verdict, estimate.verdict)
    digits = fine(estimate.onset)
    return f"{percent(estimate.onset, digits)} ({span(estimate.lo, estimate.hi, digits=digits)})"


def fine(fill: float) -> int:
    """How many digits of a per cent an onset at that fill is told to."""
    return int(fill < _FINE)


def onset_tokens(estimate: OnsetEstimate) -> str:
    """The same in tokens: '1,540 (1,370–1,590)'; empty where there is nothing to add.

    Rounded to three digits: no interval is as sharp as that.
    """
    if estimate.verdict == "before" and estimate.base_tokens is not None:
        return f"{estimate.base_tokens:,} tokens"
    if estimate.verdict == "cannot_tell":
        return f"{estimate.seeds_needed:,} seeds do" if estimate.seeds_needed else ""
    if estimate.onset_tokens is None:
        return ""
    ends = (tokens(end) for end in (estimate.lo_tokens, estimate.hi_tokens))
    return f"{tokens(estimate.onset_tokens)} ({'–'.join(ends)})"


def tokens(n: int | None) -> str:
    """A number of tokens, three digits of it, in at most six characters.

    >>> tokens(944), tokens(1_536), tokens(61_270), tokens(1_000_000), tokens(None)
    ('944', '1.54k', '61.3k', '1M', '–')
    """
    if n is None:
        return NOTHING
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if n >= unit:
            return f"{n / unit:.3g}{name}" if n < 1000 * unit else f"{n / unit:,.0f}{name}"
    return f"{n}"


def counts(items: Iterable[Count]) -> str:
    """'error 3, overflow 1', or 'none'."""
    return ", ".join(f"{plain(item.name)} {item.n:,}" for item in items) or "none"


def unscored(items: Iterable[Count], mends: Sequence[str] = ()) -> str:
    """'settings 2 (...), error 3': what was not measured, and what to change, or 'none'."""
    how = f": {mend(mends)}" if mends else ""
    said = {"cut": f"settings {{n}} (replies cut before they held an answer{how})"}
    parts = (
        said.get(item.name, f"{plain(item.name)} {{n}}").replace("{n}", f"{item.n:,}")
        for item in items
    )
    return ", ".join(parts) or "none"


_MENDS = 2
"""Ways to mend what was cut that are told: those of most of the replies."""


def mend(mends: Sequence[str]) -> str:
    """What would let replies be measured that were cut before their answer.

    >>> mend(["raise it to -M max_tokens=256", "a larger -w", "a lower fill"])
    'raise it to -M max_tokens=256; a larger -w'
    """
    return "; ".join(plain(one) for one in mends[:_MENDS])


def short(n: int) -> str:
    """A count in at most seven characters.

    >>> short(999_999), short(12_345_678)
    ('999,999', '12.3M')
    """
    return f"{n:,}" if n < 1_000_000 else f"{n / 1e6:,.1f}M"  # noqa: PLR2004 - where seven characters end


def group_dollars(group: CurveGroup) -> str:
    """What a group cost, or why nobody knows."""
    usage = group.usage
    if usage.cost_usd is not None:
        return "$0" if usage.cost_usd == 0 else f"${usage.cost_usd:,.4f}"
    if usage.n_cost_unknown:
        return f"unknown ({usage.n_cost_unknown:,} calls without a known price)"
    return "unknown (no call was answered)"


def run_label(group: CurveGroup) -> str:
    """The run of a group, by its day and the end of its name; empty where runs are pooled."""
    if group.run is None:
        return ""
    return f"{day(group.started)} {plain(group.run.rpartition('_')[2])}"


def day(moment: str) -> str:
    """The date of an ISO 8601 moment."""
    return plain(moment[:10])


def date_range(first: str, last: str) -> str:
    """One date, or from one to another."""
    return day(first) if day(first) == day(last) else f"{day(first)} to {day(last)}"
