"""`harness calibrate`: the whole instrument on models whose forgetting is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from harness.cli.options import output_files
from harness.core.errors import UsageError
from harness.core.study import window_tokens

if TYPE_CHECKING:
    from pathlib import Path


@click.command("calibrate")
@click.option(
    "--laws",
    metavar="LAW[,LAW]",
    envvar="HARNESS_LAWS",
    help="Reference laws such as step, or fading?onset=0.3&slope=2; a bare name means the ones of"
    " the default set.",
)
@click.option(
    "--n",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    envvar="HARNESS_N",
    help="Studies of each law, each with seeds of its own.",
)
@click.option(
    "--seeds",
    type=click.IntRange(1, 1000),
    default=12,
    show_default=True,
    envvar="HARNESS_SEEDS",
    help="Sessions of each study.",
)
@click.option(
    "-w",
    "--window",
    default="8k",
    show_default=True,
    envvar="HARNESS_WINDOW",
    metavar="W",
    help="Window in tokens; the laws' own limit, too.",
)
@click.option(
    "--layout",
    type=click.Choice(["growing", "grid"]),
    default="growing",
    show_default=True,
    envvar="HARNESS_LAYOUT",
    help="One trunk a seed that is probed as it grows, or a fresh session for each probe.",
)
@click.option(
    "--kinds",
    is_flag=True,
    envvar="HARNESS_KINDS",
    help="The kinds of question instead: readers that can do what each asks, that only find"
    " sentences, and whose skill fails from a stated fill on.",
)
@output_files(".md .json .png .svg")
def command(
    *,
    laws: str | None,
    n: int,
    seeds: int,
    window: str,
    layout: Literal["growing", "grid"],
    kinds: bool,
    outputs: tuple[Path, ...],
) -> int:
    """Say truth beside estimate for reference models with known forgetting; nothing leaves here."""
    from harness.analysis.calibration.run import calibrate, calibration_scenario, chosen_laws
    from harness.cli.progress import Bar
    from harness.reports.sections.calibration import (
        calibration_terminal,
        check_output,
        write_calibration,
    )
    from harness.sessions.materials import Workshop

    tokens = window_tokens(window)
    if tokens is None:
        raise UsageError("-w max: the laws have no window of their own here; give tokens")
    if kinds:
        _kinds(tokens, seeds, laws, outputs)
        return 0
    for output in outputs:
        check_output(output)
    models = chosen_laws(laws, tokens)
    with Bar() as bar:
        found = calibrate(
            models,
            calibration_scenario(layout),
            window=tokens,
            n=n,
            seeds=seeds,
            workshop=Workshop(),
            progress=bar,
        )
    click.echo(calibration_terminal(found))
    for output in outputs:
        write_calibration(found, output)
        click.echo(str(output), err=True)
    return 0


def _kinds(window: int, seeds: int, laws: str | None, outputs: tuple[Path, ...]) -> None:
    """The same for the kinds of question, whose readers and sessions are set."""
    from harness.analysis.calibration.kinds import calibrate_kinds
    from harness.cli.progress import Bar
    from harness.reports.sections.kind_calibration import (
        check_kind_output,
        kind_calibration_terminal,
        write_kind_calibration,
    )
    from harness.sessions.materials import Workshop

    if laws is not None:
        raise UsageError("--kinds has readers of its own; leave --laws out")
    for output in outputs:
        check_kind_output(output)
    with Bar() as bar:
        found = calibrate_kinds(window=window, seeds=seeds, workshop=Workshop(), progress=bar)
    click.echo(kind_calibration_terminal(found))
    for output in outputs:
        write_kind_calibration(found, output)
        click.echo(str(output), err=True)
