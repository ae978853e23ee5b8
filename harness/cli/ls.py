"""`harness ls`: the runs that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.options import RESULTS

if TYPE_CHECKING:
    from pathlib import Path


@click.command("ls")
@RESULTS
def command(out: Path) -> int:
    """List runs: name, models, windows, records."""
    from harness.runs.folder.find import runs
    from harness.runs.folder.reader import records
    from harness.runs.folder.run_json import read_config

    found = runs(out)
    if not found:
        click.echo(f"no runs in {out}; start one with: harness run -m reference/perfect", err=True)
        return 0
    for folder in found:
        data = read_config(folder)
        keys = {one["key"] for one in records(folder, ("key",))}
        planned = data["trials"]  # not known for an adaptive run, which asks until it knows
        state = "complete" if planned and len(keys) >= planned else "unfinished"
        of = f"{len(keys)}/{planned} {state}" if planned else f"{len(keys)} adaptive"
        click.echo(
            f"{folder.name}  {of}"
            f"  {','.join(data['models'])}  -w {','.join(data['windows'])}"
            f"  {','.join(data['policies'])}"
        )
    return 0
