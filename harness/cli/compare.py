"""`harness compare`: which recalls more, by how much and how surely; and which forgets first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.onset_options import onset_options
from harness.cli.options import RESULTS, output_files
from harness.cli.outputs import check_outputs
from harness.core.errors import UsageError
from harness.core.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.analysis.comparison.sides import By, Side

_SUFFIXES = (".md", ".json", ".txt")


@click.command("compare")
@click.argument("sides", nargs=-1, required=True, metavar="RUN[::MODEL]...")
@click.option(
    "--models",
    metavar="M,M",
    help="Models of one run to compare, in this order; a part that only one name has is enough.",
)
@click.option(
    "--by",
    type=click.Choice(["model", "variant", "policy", "memory", "window"]),
    help="What to compare inside one run.  [default: model; variant where there is one model]",
)
@click.option(
    "--reference",
    metavar="SIDE",
    help="Compare all others with this one (as it was given); without it, every pair.",
)
@onset_options
@output_files(".md .json .txt")
@RESULTS
def command(
    sides: tuple[str, ...],
    *,
    models: str | None,
    by: By | None,
    reference: str | None,
    criterion: float,
    level: float,
    near_empty: int | None,
    outputs: tuple[Path, ...],
    out: Path,
) -> int:
    """Compare runs, or the models of one run, on the same sessions.

    \b
      harness compare BEFORE AFTER            two runs; each model with itself
      harness compare RUN                     every pair of the models of a run
      harness compare RUN --models a,b        two models of a run
      harness compare RUN1::a RUN2::b         a model of one run, a model of another
      harness compare RUN --by window         the windows of a run
      harness compare RUN --by variant        the system prompts of a run

    RUN is a path, the start or end of a folder's name, or latest. To compare prompts, run with
    --variant, or change the scenario's prompt and keep its name: trials pair by scenario, seed,
    fill, fact and repeat.
    Windows, policies, memories and layouts are never pooled. With several comparisons Holm's
    correction is over all of them. Exit code 5: no trial pairs.
    """  # noqa: D301 -- click reads the control character
    check_outputs(outputs, "comparison", _SUFFIXES)
    from harness.analysis.comparison.many_sides import versus
    from harness.cli.streams import print_styled, terminal_style
    from harness.reports.sections.comparison import (
        comparison_json,
        comparison_markdown,
        comparison_text,
    )

    chosen = _sides(sides, models, by, out)
    found = versus(
        chosen,
        by="run" if len(sides) > 1 else _by(by, chosen),
        criterion=criterion,
        level=level,
        near_empty=near_empty,
        reference=None if reference is None else _reference(reference, sides, chosen),
    )
    if not outputs:
        style = terminal_style()
        print_styled(comparison_text(found, style), style)
    forms = {".md": comparison_markdown, ".json": comparison_json, ".txt": comparison_text}
    for output in outputs:
        write_whole(output, forms[output.suffix.lower()](found))
        click.echo(str(output))
    return 0


def _sides(texts: Sequence[str], models: str | None, by: By | None, out: Path) -> list[Side]:
    """What the command line sets against each other.

    Raises:
        UsageError: It names one side, or options that do not go together.
    """
    from harness.analysis.comparison.sides import split, with_short_names

    read = [_side(text, out) for text in texts]
    if len(read) > 1:
        if models is not None or by is not None:
            raise UsageError(
                "--models and --by are about one run; of several, name the model of each:"
                " RUN::MODEL"
            )
        return with_short_names(read)
    if models is not None and by not in {None, "model"}:
        raise UsageError(f"--models goes with --by model, not with --by {by}")
    only = [name.strip() for name in (models or "").split(",") if name.strip()]
    return split(read[0], by or _natural(read[0]), only)


def _natural(side: Side) -> By:
    """What a run is split by unless the user says: its models, or the prompts of the only one."""
    one_model = side.rows["model"].n_unique() == 1
    return "variant" if one_model and side.rows["variant"].n_unique() > 1 else "model"


def _by(by: By | None, chosen: Sequence[Side]) -> By:
    """What tells the sides of one run apart."""
    if by is not None:
        return by
    same_model = len({model for side in chosen for model in side.rows["model"].unique()}) == 1
    return "variant" if same_model else "model"


def _side(text: str, out: Path) -> Side:
    from harness.analysis.comparison.sides import compared_columns, make_side
    from harness.analysis.records import read_records
    from harness.runs.folder.find import find_run

    run, _, model = text.partition("::")
    folder = find_run(run, out)
    return make_side(folder.resolve().name, compared_columns(read_records(folder)), model or None)


def _reference(text: str, texts: Sequence[str], sides: Sequence[Side]) -> str:
    """The name of the side that is meant.

    Raises:
        UsageError: It is none of them, or several.
    """
    from harness.analysis.comparison.sides import choose

    if len(texts) > 1 and text in texts:
        return sides[texts.index(text)].name
    names = [side.name for side in sides]
    return choose(text, names, "side", "--reference")
