"""`harness score`: grade the stored replies of a run again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from harness.cli.options import RESULTS
from harness.core.errors import NoRoomError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.core.study import Study
    from harness.runs.regrade.changes import Change

_SHOWN = 10
_REPLY_CHARACTERS = 60


@click.command("score")
@click.argument("run")
@click.option("-q", "--quiet", is_flag=True, help="Do not list what is graded otherwise.")
@RESULTS
def command(run: str, *, quiet: bool, out: Path) -> int:
    """Grade the replies of RUN again, by its scenarios as they are now.

    No model is called. The result is a run of its own; RUN stays as it is. What may have changed
    is how replies are graded (accepted spellings, scorers, values that are no longer told apart),
    and not what is said or asked.
    """
    from harness.runs.folder.find import find_run
    from harness.runs.regrade.changes import changes
    from harness.runs.run import run as replay

    folder = find_run(run, out)
    try:
        graded = replay(_study_of(folder), out=out, stored=folder)
    except NoRoomError as error:  # to go on with the new run would ask models
        again = f"make room, then go on with: harness score {shlex.quote(str(folder))}"
        raise NoRoomError(f"{error.what}; {run} is as it was; {again}", error.what) from None
    changed = list(changes(folder, graded.folder))
    told = f"{len(changed):,} otherwise than before" if changed else "all as before"
    click.echo(f"{graded.recorded:,} trials of {folder.name} graded again, without a call: {told}")
    if not quiet:
        _list(changed)
    click.echo(f"records: {graded.folder / 'records.jsonl'}", err=True)
    return 0


def _study_of(folder: Path) -> Study:
    """The study of a run; secrets, which no call needs here, are left out."""
    from harness.cli.again import before
    from harness.cli.study import make_study
    from harness.models.options import MASK
    from harness.runs.folder.run_json import read_config

    data = read_config(folder)
    data["options"] = {k: v for k, v in data["options"].items() if MASK not in str(v)}
    paths, given = before(data, ())
    return make_study(paths, **given)


def _list(changed: Sequence[Change]) -> None:
    from harness.reports.format import plain

    for change in changed[:_SHOWN]:
        reply = plain(" ".join(change.reply.split()))
        if len(reply) > _REPLY_CHARACTERS:
            reply = reply[: _REPLY_CHARACTERS - 1] + "…"
        click.echo(f"  {change.probe}  {change.before} -> {change.now}  '{reply}'")
    if len(changed) > _SHOWN:
        click.echo(f"  and {len(changed) - _SHOWN:,} more")
