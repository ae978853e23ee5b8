"""Published score grids, read again with this harness: writes docs/published-grids.md.

    python benchmarks/published_grids.py [DATA]           print the page
    python benchmarks/published_grids.py [DATA] --write   write it

Its one rule: every number on the page is computed from the published files, here and in the test.
DATA is the folder with `niah/` and `context_rot/`; without it HARNESS_SHARED_DATA is asked, and
then `../shared/data`, seen from the repository.
"""

from __future__ import annotations

import argparse
import itertools
import textwrap
from collections import defaultdict
from typing import TYPE_CHECKING

from published_data import (
    CLAUDE_WINDOW,
    GPT_4_WINDOW,
    ROOT,
    claude,
    context_rot,
    data_folder,
    gpt_4,
    graded,
)

from harness.analysis.comparison.two_runs import Comparison, compare
from harness.analysis.comparison.within_run import lost_in_the_middle
from harness.analysis.onset import USUAL, estimate_onset
from harness.analysis.published.reread import reread
from harness.analysis.published.tables import Columns, read_cells
from harness.reports.sections.published import reread_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from published_data import Cell

PAGE = ROOT / "docs" / "published-grids.md"


def focused_and_full(data: Path) -> Comparison:
    """GPT-4.1 on the same questions, with the focused and with the full history."""
    focused, full = context_rot(data, "focused"), context_rot(data, "full")
    return compare(focused, full, names=("the focused history", "the full history"))


def page(data: Path) -> str:
    """The whole page, as it stands in docs/."""
    parts = [_HEAD, *_gpt_4_part(data), *_claude_part(data), *_gpt_4_1_part(data)]
    parts += _reread_part(data)
    return "\n\n".join(_wrapped(part) for part in parts) + "\n"


def _wrapped(part: str) -> str:
    """Prose in lines of at most 100 characters; tables and headings as they are."""
    if part.startswith(("#", "|")):
        return part
    wrapped = "\n".join(
        textwrap.fill(
            line.replace(" %", "\0%"),  # a number and its sign stay on one line
            width=100,
            subsequent_indent="  " * line.startswith("- "),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in part.splitlines()
    )
    return wrapped.replace("\0", " ")


_HEAD = """\
# Published grids, read again

What does the harness say about results that others have published? This page takes three of them,
as they were published, through the same functions that read a run. It is written by
`python benchmarks/published_grids.py --write`, and a test computes every number again.

The two needle grids are from [gkamradt/LLMTest_NeedleInAHaystack][niah] (MIT): one sentence, the
needle, in a text of a given length, at a given position, and a question about it. A judge gives 1
to 10. Here a 10 is a recall and everything else is a miss: the judge is told to give 7 to an answer
with omissions and less to one that is wrong. Each cell was a prompt of its own, so each cell counts
as a session; a cell that was asked twice is one session with two probes. What the authors called
depth was counted from the top, so it is our position.

[niah]: https://github.com/gkamradt/LLMTest_NeedleInAHaystack"""


def _by_length(cells: Iterable[Cell]) -> dict[int, list[Cell]]:
    lengths: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        lengths[cell["tokens"]].append(cell)
    return dict(sorted(lengths.items()))


def first_miss(cells: Iterable[Cell]) -> tuple[int, int]:
    """The longest text before the first miss, and the text of the first miss, in tokens.

    Raises:
        ValueError: There is no miss, or it is in the shortest text.
    """
    lengths = _by_length(cells)
    missed = [tokens for tokens, row in lengths.items() if any(cell["score"] < 1 for cell in row)]
    before = [tokens for tokens in lengths if missed and tokens < missed[0]]
    if not before:
        raise ValueError("no length without a miss stands before one with a miss")
    return before[-1], missed[0]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---:"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _gpt_4_part(data: Path) -> list[str]:
    cells = gpt_4(data)
    last, first = first_miss(cells)
    rows = [
        (
            f"{tokens:,}",
            f"{100 * row[0]['fill']:.1f} %",
            f"{sum(cell['score'] == 1 for cell in row)} of {len(row)}",
            ", ".join(f"{cell['position']:.2f}" for cell in row if cell["score"] < 1) or "none",
        )
        for tokens, row in _by_length(cells).items()
    ]
    return [
        "## GPT-4 with a window of 128k",
        _table(("tokens", "fill", "recalled", "missed at position"), rows),
        (
            f"Every needle is found in texts of up to {last:,} tokens; the first miss is at "
            f"{first:,}. With 15 needles a length, that is not yet an onset: a model that misses "
            f"one in twenty everywhere finds all 15 in {100 * 0.95**15:.0f} % of the lengths."
        ),
        "What the harness says, with the plateau read from the 15 cells at 1,000 tokens:",
        _gpt_4_onsets(data),
        (
            "The interval is wide for two reasons. The texts are "
            f"{_spacing(cells):,} tokens apart, {100 * _spacing(cells) / GPT_4_WINDOW:.1f} % of "
            "the window, and no interval can be finer than that. And there are 15 answers at each "
            f"length, so that the single miss at {first:,} may be chance or the beginning."
        ),
        _gpt_4_positions(cells),
    ]


def _gpt_4_onsets(data: Path) -> str:
    once, twice, soft = (
        estimate_onset(cells, window_tokens=GPT_4_WINDOW)
        for cells in (gpt_4(data), gpt_4(data, again=True), gpt_4(data, recall=graded))
    )
    return "\n".join(
        (
            f"- **{_capital(once.message)}.**",
            f"- With the second set of answers to the longer texts: {twice.message}.",
            f"- With the judge's 1 to 10 as a score from 0 to 1 instead: {soft.message}.",
        )
    )


def _gpt_4_positions(cells: Sequence[Cell]) -> str:
    middle = lost_in_the_middle(cells)
    missed = [cell["position"] for cell in cells if cell["score"] < 1]
    early = sum(position <= 0.5 for position in missed)
    return (
        "Lost in the middle? That does not show here. "
        f"{middle.overall.message}. {middle.high_fill.message}. "
        f"{early} of the {len(missed)} misses lie in the first half of the text."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _spacing(cells: Iterable[Cell]) -> int:
    """Tokens between neighbouring lengths."""
    lengths = list(_by_length(cells))
    return max(b - a for a, b in itertools.pairwise(lengths))


def _claude_part(data: Path) -> list[str]:
    cells = claude(data)
    onset = estimate_onset(cells, window_tokens=CLAUDE_WINDOW)
    rows = [
        (
            f"{tokens:,}",
            f"{100 * row[0]['fill']:.1f} %",
            f"{sum(cell['score'] == 1 for cell in row)} of {len(row)}",
            f"{100 * sum(cell['score'] for cell in row) / len(row):.0f} %",
        )
        for tokens, row in _by_length(cells).items()
    ]
    return [
        "## Claude 2.1 with a window of 200k",
        _table(("tokens", "fill", "recalled", "recall"), rows),
        f"The harness: **{onset.message}.**",
        (
            "Recall falls to a third at 30,000 tokens, is back at nine in ten at 60,000, and ends "
            "at one in nine. An onset is the first fill at which recall has fallen by five points, "
            "and every estimate of it takes for granted that recall does not come back as the text "
            f"grows. Here it does, beyond chance (p = {onset.recovery_p:.4f}, corrected for all "
            "pairs of stretches that could have been picked). So the harness gives no number, "
            "although a curve could be laid through these points and a number read from it: "
            "something else than the length differs between these cells."
        ),
    ]


def _gpt_4_1_part(data: Path) -> list[str]:
    found = focused_and_full(data)
    counts = found.discordant
    if counts is None:
        raise ValueError("the judge's verdicts are not all true or false")
    focused, full = counts.both + counts.a_only, counts.both + counts.b_only
    return [
        "## GPT-4.1: the focused and the full history",
        (
            "From [chroma-core/context-rot](https://github.com/chroma-core/context-rot) (MIT): the "
            "same questions about a long history of chats, asked once with only the chats that "
            "matter and once with all of them. Each question is its own session."
        ),
        _table(
            ("", "full: right", "full: wrong", "all"),
            (
                ("focused: right", f"{counts.both}", f"{counts.a_only}", f"{focused}"),
                (
                    "focused: wrong",
                    f"{counts.b_only}",
                    f"{counts.neither}",
                    f"{found.n_pairs - focused}",
                ),
                ("all", f"{full}", f"{found.n_pairs - full}", f"{found.n_pairs}"),
            ),
        ),
        (
            f"The harness: **{found.message}.** {counts.a_only} questions are lost with the full "
            f"history and {counts.b_only} are gained: McNemar's exact test, "
            f"p = {counts.p_value:.1e}; t over sessions, p = {found.p_value:.1e}."
        ),
        (
            "This is a difference between two lengths and not an onset: it says that the full "
            "history costs recall, not from where on."
        ),
    ]


_TABLES = (
    ("niah/OpenAI_OriginalResults.json", "GPT-4 with a window of 128k, the same grid"),
    ("context_rot/gpt_4_1_niah_evaluated.csv", "GPT-4.1, the needle grid of context-rot"),
)


def _reread_part(data: Path) -> list[str]:
    """What `harness reread` says of the files as they are."""
    parts = [
        "## The same in one command",
        (
            "`harness reread TABLE` takes a table as it was published, a CSV, JSON or JSONL file "
            "with a column a length, a row a length or a row an item, and says where forgetting "
            "begins and what the lengths of RULER and NoLiMa are, each with its interval. Of a "
            "judge's 1 to 10 only a 10 is a recall. What a table does not say, such as the number "
            "of items, it asks for; until it is told, it gives bounds and no interval."
        ),
    ]
    for name, title in _TABLES:
        (found,) = reread(read_cells(data / name, Columns()), USUAL)
        parts.append(f"### {title}")
        parts.append(f"`harness reread {name}`:")
        parts.append("\n".join(f"- {words}." for words in reread_sentences(found)))
    return parts


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", help="the folder with niah/ and context_rot/")
    parser.add_argument("--write", action="store_true", help="write docs/published-grids.md")
    asked = parser.parse_args()
    text = page(data_folder(asked.data))
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
