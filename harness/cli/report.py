"""`harness report`: where forgetting begins, in the terminal or as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from harness.cli.figure_options import figure_layout, figure_options
from harness.cli.onset_options import onset_options
from harness.cli.options import RESULTS, output_files
from harness.runs.folder.layout import RECORDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.analysis.records import Frame
    from harness.analysis.summary.model import Summary


@click.command("report")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@output_files(
    ".html .md .json .csv .parquet .tex .svg .pdf .png"
    " (a name with 'heatmap' in it draws fill x position, one with 'carried' recall against"
    " tokens carried over, one with 'survival' what is left after each compaction)"
)
@figure_options
@click.option(
    "--pool",
    is_flag=True,
    help="Count several runs as one; without it each run has curves of its own.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME=MODEL",
    help="What the report calls a model, in place of what the run called it.",
)
@onset_options
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, asked: _print_schema(context) if asked else None,
    help="Print the JSON Schema of the .json report, and leave.",
)
@RESULTS
def command(
    runs: tuple[str, ...],
    *,
    outputs: tuple[Path, ...],
    pool: bool,
    names: tuple[str, ...],
    out: Path,
    width: str | None,
    font: str | None,
    caption: bool,
    **asked: Any,
) -> int:
    """Report on one run or several; `latest` is the newest.

    Several runs are told apart, in the order of their dates, and the newest is compared with the
    three before it. Runs of the same study with other seeds can be counted as one with --pool.
    """
    from harness.runs.folder.find import find_run

    figure = figure_layout(outputs, width=width, font=font, caption=caption)
    folders = [find_run(name, out) for name in runs]
    if not outputs:
        print_report(folders, pool=pool, names=names, **asked)
        return 0
    from harness.reports import render

    frame, summary = _summary(folders, names, pool=pool, **asked)
    for output in outputs:
        render(summary, frame, output, folders=folders, figure=figure)
        click.echo(str(output))
    return 0


def _print_schema(context: click.Context) -> None:
    from harness.reports.files.json_schema import schema_text

    click.echo(schema_text(), nl=False)
    context.exit()


def _summary(
    folders: Sequence[Path], names: Sequence[str], *, pool: bool, **asked: Any
) -> tuple[Frame, Summary]:
    """The records of runs and their summary, with the names that models were given."""
    from harness.analysis.records import collect, read_records
    from harness.analysis.summary.build import summarise
    from harness.cli.study import display_names_of
    from harness.models import price
    from harness.runs.folder import run_json

    frame = read_records([folder / RECORDS for folder in folders])
    called = run_json.model_names(folders)
    if names:
        called |= display_names_of(
            names, collect(frame.lazy().select("model").unique())["model"].to_list()
        )
    return frame, summarise(
        frame,
        apart=not pool,
        price=price,
        names=called,
        not_asked=run_json.ends(folders),
        **asked,
    )


def print_report(
    folders: Sequence[Path],
    *,
    pool: bool = False,
    details: bool = True,
    names: Sequence[str] = (),
    **asked: Any,
) -> None:
    """Print the report of runs for people; several are told apart unless they are pooled.

    Args:
        folders: Of the runs.
        pool: Count them as one.
        details: Also each curve with all that is known of it.
        names: What models are called, as NAME=MODEL.
        asked: What is meant by an onset: criterion, level, near_empty.
    """
    from harness.analysis.comparison.for_report import against
    from harness.cli.streams import print_styled, terminal_style
    from harness.reports.terminal import terminal

    frame, summary = _summary(folders, names, pool=pool, **asked)
    style = terminal_style()
    print_styled(terminal(summary, against(summary, frame), style, details=details), style)
