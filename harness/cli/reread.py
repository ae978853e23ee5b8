"""`harness reread`: published results, read again with an interval."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.onset_options import TokenCount, onset_options
from harness.cli.options import output_files
from harness.cli.outputs import check_outputs
from harness.core.files import whole

_SUFFIXES = (".md", ".json", ".txt", ".png", ".svg")


@click.command("reread")
@click.argument("table", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--n", "items", type=click.IntRange(1), metavar="ITEMS", help="Items of each score, if unsaid."
)
@click.option("--base", type=float, help="Score without a long context, on the table's scale.")
@click.option(
    "--scale",
    type=click.Choice(["1", "10", "100"]),
    help="What is perfect: 1, 100, or a judge's 10.  [default: told from the scores]",
)
@click.option(
    "-w", "--window", type=TokenCount(), metavar="W",
    help="The window in tokens.  [default: the longest length of the table]",
)  # fmt: skip
@click.option("--length", metavar="COLUMN", help="The column with the length in tokens.")
@click.option("--score", metavar="COLUMN", help="The column with the score.")
@click.option("--n-column", metavar="COLUMN", help="The column with the number of items.")
@click.option("--model-column", metavar="COLUMN", help="The column that names the model.")
@click.option(
    "--model", "models", multiple=True, metavar="NAME", help="Only this one of the table's models."
)
@onset_options
@output_files(".md .json .txt .png .svg")
def command(
    table: Path,
    *,
    items: int | None,
    base: float | None,
    scale: str | None,
    window: int | None,
    length: str | None,
    score: str | None,
    n_column: str | None,
    model_column: str | None,
    models: tuple[str, ...],
    criterion: float,
    level: float,
    near_empty: int | None,
    outputs: tuple[Path, ...],
) -> int:
    """Say where forgetting begins in a TABLE that others have published: a CSV, JSON or JSONL file.

    Its shape is found by itself: a column a length (RULER, NoLiMa), a row a length with its score
    and n, or a row an item (MRCR, context-rot, needle grids). What it does not say is asked for.
    """
    check_outputs(outputs, "table read again", _SUFFIXES)
    from harness.analysis.onset import OnsetOptions
    from harness.analysis.published.reread import reread
    from harness.analysis.published.tables import Columns, read_cells
    from harness.core.errors import UsageError, nearest
    from harness.reports.charts.published import draw_published
    from harness.reports.sections.published import (
        published_json,
        published_markdown,
        published_text,
    )

    columns = Columns(length=length, score=score, n=n_column, model=model_column)
    cells = read_cells(table, columns, n=items)
    known = dict.fromkeys(cell.model for cell in cells)
    for name in models:
        if name not in known:
            raise UsageError(f"{table}: no model '{name}'; {nearest(name, known)}")
    found = reread(
        [cell for cell in cells if not models or cell.model in models],
        OnsetOptions(criterion=criterion, level=level, near_empty=near_empty),
        window_tokens=window,
        base=base,
        scale=None if scale is None else float(scale),
    )
    if not outputs:
        click.echo(published_text(found), nl=False)
    forms = {".md": published_markdown, ".json": published_json, ".txt": published_text}
    for output in outputs:
        suffix = output.suffix.lower()
        with whole(output) as beside:
            if suffix in forms:
                beside.write_text(forms[suffix](found), encoding="utf-8", newline="\n")
            else:
                draw_published(found).save(str(beside), format=suffix.removeprefix("."))
        click.echo(str(output))
    return 0
