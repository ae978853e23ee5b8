"""`harness export`: the records of a run in the forms that other programs open."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from harness.cli.options import RESULTS
from harness.core.errors import NothingSelectedError, UsageError


@click.command("export")
@click.argument("run")
@click.option("--to", "form", required=True, help="inspect, eee, hf or promptfoo.")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write into. Unless given: export-FORM inside the folder of the run.",
)
@click.option("--force", is_flag=True, help="Write into a folder that holds something.")
@RESULTS
def command(run: str, *, form: str, folder: Path | None, force: bool, out: Path) -> int:
    """Export the records of RUN in the form of another program.

    \b
    inspect    an .eval log for each scenario and model, for inspect view and its readers
    eee        results and samples in the Every Eval Ever schema, in the folders of its store
    hf         a folder for the library datasets: tables and a card
    promptfoo  results.json, for promptfoo import and view

    What was sent and answered goes with it: look at it before you publish it.
    """  # noqa: D301 -- click reads the control character
    from harness.reports.exports import StoredRun, exporters
    from harness.runs.folder.find import find_run

    exporter = exporters.resolve(form)
    stored = StoredRun(find_run(run, out))
    if not stored.records:
        raise NothingSelectedError(f"{stored.name} holds no record to export")
    place = folder or stored.folder / f"export-{form}"
    if place.exists() and any(place.iterdir()) and not force:
        raise UsageError(f"{place} is there already and holds something; give another, or --force")
    fresh = not place.exists() or not any(place.iterdir())
    place.mkdir(parents=True, exist_ok=True)
    try:
        written = exporter.write(stored, place)
    except BaseException:
        if fresh:  # half an export would stand in the way of the whole one
            shutil.rmtree(place, ignore_errors=True)
        raise
    count = len(stored.records)
    click.echo(f"{count:,} record{'s' * (count != 1)} of {stored.name} in {place}", err=True)
    for path in written:
        click.echo(path)
    return 0
