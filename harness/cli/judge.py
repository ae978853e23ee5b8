"""`harness judge`: grade what no check can tell by a model, and say how often that model errs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.options import RESULTS

if TYPE_CHECKING:
    from pathlib import Path


@click.command("judge")
@click.argument("run")
@click.option("-m", "--model", required=True, metavar="M", help="The judge; any litellm name.")
@click.option("-M", "options", multiple=True, metavar="KEY=VALUE", help="Parameter of each call.")
@RESULTS
def command(run: str, *, model: str, options: tuple[str, ...], out: Path) -> int:
    """Grade the replies of RUN to facts with 'score: judge', after planted answers."""
    import asyncio

    from harness.core.errors import UsageError
    from harness.models import make_model
    from harness.runs.folder.find import find_run
    from harness.runs.regrade.llm_judge import JUDGEMENTS, judge_run

    pairs = {}
    for pair in options:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageError(f"-M {pair}: expected key=value")
        pairs[key] = value
    folder = find_run(run, out)
    asked = make_model(model, pairs)

    async def grade() -> None:
        try:
            found = await judge_run(folder, model, asked, pairs)
        finally:
            await asked.close()
        right, wrong = found.planted
        failed = f"; {found.failed} without a verdict" if found.failed else ""
        click.echo(f"{model}: {found.graded} replies graded{failed}")
        click.echo(
            f"error rate on planted answers: {found.false_wrong} of {right} right ones called"
            f" wrong, {found.false_right} of {wrong} wrong ones called right"
        )
        click.echo(f"its texts: {folder / JUDGEMENTS}", err=True)

    asyncio.run(grade())
    return 0
