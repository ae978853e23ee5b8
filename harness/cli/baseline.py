"""`harness baseline`: keep a run as what later runs are measured against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.options import RESULTS

if TYPE_CHECKING:
    from pathlib import Path

    from harness.gate.snapshot import Snapshot


@click.group("baseline")
def command() -> None:
    """Keep runs as baselines, and look at them.

    A baseline is a small file under results/baselines, to be committed and reviewed: the hashes of
    what was asked, and the scores of each trial.
    """


@command.command("bless")
@click.argument("run")
@click.argument("name")
@RESULTS
def bless_(run: str, name: str, *, out: Path) -> int:
    """Keep RUN as the baseline NAME; a run of --repeats 5 makes a steady one."""
    from harness.gate.baseline import REPEATS_ADVISED, bless
    from harness.gate.snapshot import of_run
    from harness.runs.folder.find import find_run

    snapshot = of_run(find_run(run, out), name)
    path = bless(snapshot, out)
    click.echo(str(path))
    click.echo(
        f"blessed {snapshot.run}: {snapshot.rows.height:,} trials,"
        f" {snapshot.repeats} repeat{'s' * (snapshot.repeats != 1)}",
        err=True,
    )
    if snapshot.repeats < REPEATS_ADVISED:
        click.echo(
            f"advice: bless a run of --repeats {REPEATS_ADVISED}; with fewer, every check against"
            " this baseline shares its luck",
            err=True,
        )
    return 0


@command.command("ls")
@RESULTS
def ls(*, out: Path) -> int:
    """List the baselines."""
    from harness.gate.baseline import names, read_baseline
    from harness.reports.sections.baselines import baseline_line

    for name in names(out):
        click.echo(baseline_line(read_baseline(name, out)))
    return 0


@command.command("show")
@click.argument("name")
@RESULTS
def show(name: str, *, out: Path) -> int:
    """Show what the baseline NAME is of, and its recall."""
    from harness.gate.baseline import read_baseline
    from harness.reports.sections.baselines import baseline_text

    click.echo(baseline_text(read_baseline(name, out)), nl=False)
    return 0


@command.command("diff")
@click.argument("name")
@click.argument("other")
@RESULTS
def diff(name: str, other: str, *, out: Path) -> int:
    """Show what differs between the baseline NAME and OTHER, a baseline or a run."""
    from harness.gate.baseline import read_baseline
    from harness.reports.sections.baselines import diff_text

    click.echo(diff_text(read_baseline(name, out), _other(other, out)), nl=False)
    return 0


def _other(name: str, out: Path) -> Snapshot:
    """A baseline of that name, or else a run."""
    from harness.gate.baseline import names, read_baseline
    from harness.gate.snapshot import of_run
    from harness.runs.folder.find import find_run

    if name in names(out) or name.endswith(".jsonl"):
        return read_baseline(name, out)
    return of_run(find_run(name, out))
