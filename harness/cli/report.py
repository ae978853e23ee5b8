"""`harness report`: where forgetting begins, in the terminal or as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.options import RESULTS

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command("report")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file; its suffix says what: .html .md .json .csv .parquet .svg .png"
    " (a name with 'heatmap' in it draws fill x position).",
)
@RESULTS
def command(runs: tuple[str, ...], *, outputs: tuple[Path, ...], out: Path) -> int:
    """Report on one run or several; `latest` is the newest."""
    from harness.runs.folders import find_run

    folders = [find_run(name, out) for name in runs]
    if not outputs:
        print_report(folders)
        return 0
    from harness.analysis.frame import read_records
    from harness.analysis.summary import summarise
    from harness.reports import render

    frame = read_records([folder / "records.jsonl" for folder in folders])
    summary = summarise(frame)
    for output in outputs:
        render(summary, frame, output, folders=folders)
        click.echo(str(output))
    return 0


def print_report(folders: Sequence[Path]) -> None:
    """Print the report of runs for people."""
    from harness.analysis.frame import read_records
    from harness.analysis.summary import summarise
    from harness.reports.terminal import terminal

    frame = read_records([folder / "records.jsonl" for folder in folders])
    click.echo(terminal(summarise(frame)))
