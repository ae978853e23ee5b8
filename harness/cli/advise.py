"""`harness advise`: at which length a model's sessions should be compacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.onset_options import LEVEL, TokenCount
from harness.cli.options import RESULTS, output_files
from harness.cli.outputs import check_outputs
from harness.core.errors import UsageError
from harness.core.files import whole
from harness.runs.folder.layout import RECORDS

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES = (".md", ".json", ".txt")


@click.command("advise")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option(
    "--survival",
    metavar="S[,S]",
    help="Share of the facts that a compaction keeps, where no run tells: 0.6, or 0.6,0.9 for the"
    " first round and each later one.",
)
@click.option(
    "--session", "session_tokens", type=TokenCount(), metavar="TOKENS",
    help="Length of a working session, all that is said in it.  [default: four windows]",
)  # fmt: skip
@click.option(
    "--turn", "turn_tokens", type=TokenCount(), metavar="TOKENS", default=500, show_default=True,
    help="By how much a session grows between two calls.",
)  # fmt: skip
@click.option(
    "--half-life", "half_life_tokens", type=TokenCount(), metavar="TOKENS",
    help="Half of the questions are about what was said in the last so many tokens."
    "  [default: all that was said is asked about equally often]",
)  # fmt: skip
@click.option(
    "--thresholds", metavar="T[,T]", help="Judge these thresholds only: 16k,32k,64k.",
)  # fmt: skip
@click.option(
    "--summary", "summary_tokens", type=TokenCount(), metavar="TOKENS",
    help="What a compaction leaves beside the turns that it keeps.  [default: as in the run]",
)  # fmt: skip
@click.option(
    "--kept", "kept_share", type=click.FloatRange(0, 1, max_open=True), metavar="SHARE",
    help="How much of the threshold a compaction keeps as it is.  [default: as the policy says]",
)  # fmt: skip
@LEVEL
@output_files(".md .json .txt")
@RESULTS
def command(
    runs: tuple[str, ...],
    *,
    survival: str | None,
    session_tokens: int | None,
    turn_tokens: int,
    half_life_tokens: int | None,
    thresholds: str | None,
    summary_tokens: int | None,
    kept_share: float | None,
    level: float,
    outputs: tuple[Path, ...],
    out: Path,
) -> int:
    """Say at which length to compact: the threshold that keeps most of what was said.

    Takes a run whose sessions were sent whole and also compacted
    (`--policy send_all,summarise`), or several runs that have both between them. Each threshold
    stands with its recall over a working session, its regret against the best, and its cost.
    """
    check_outputs(outputs, "advice", _SUFFIXES)
    from harness.analysis.advice.advise import advise, check_advice
    from harness.analysis.advice.options import AdviceOptions
    from harness.analysis.records import read_records
    from harness.cli.streams import print_styled, terminal_style
    from harness.models import price
    from harness.reports.sections.advice import advice_json, advice_markdown, advice_text
    from harness.runs.folder.find import find_run

    asked = AdviceOptions(
        session_tokens=session_tokens,
        turn_tokens=turn_tokens,
        half_life_tokens=half_life_tokens,
        thresholds=_thresholds(thresholds),
        survival=_survival(survival),
        summary_tokens=summary_tokens,
        kept_share=kept_share,
        level=level,
    )
    frame = read_records([find_run(name, out) / RECORDS for name in runs])
    check_advice(frame, asked)
    found = advise(frame, asked, price=price)
    if not outputs:
        style = terminal_style()
        print_styled(advice_text(found, style), style)
    forms = {".md": advice_markdown, ".json": advice_json, ".txt": advice_text}
    for output in outputs:
        with whole(output) as beside:
            beside.write_text(
                forms[output.suffix.lower()](found),
                encoding="utf-8",
                errors="replace",
                newline="\n",
            )
        click.echo(str(output))
    return 0


def _thresholds(text: str | None) -> tuple[int, ...]:
    if text is None:
        return ()
    kind = TokenCount()
    return tuple(kind.convert(one, None, None) for one in text.split(","))


def _survival(text: str | None) -> tuple[float, float] | None:
    """The share of the first round and of each later one."""
    if text is None:
        return None
    try:
        shares = [float(one) for one in text.split(",")]
    except ValueError:
        shares = []
    if len(shares) not in {1, 2}:
        raise UsageError(f"--survival {text}: expected a share such as 0.6, or two: 0.6,0.9")
    return shares[0], shares[-1]
