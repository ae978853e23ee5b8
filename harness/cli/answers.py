"""Options that say where the answers of a run may come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_ANSWERS = (
    click.option(
        "--cassette",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="HARNESS_CASSETTE",
        metavar="FILE",
        help="A .jsonl or .jsonl.gz file of answers, with --record or --replay.",
    ),
    click.option(
        "--record",
        is_flag=True,
        envvar="HARNESS_RECORD",
        help="With --cassette: keep answers in it, and call only for those that it lacks.",
    ),
    click.option(
        "--replay",
        is_flag=True,
        envvar="HARNESS_REPLAY",
        help="With --cassette: answers come from it alone; no model is called.",
    ),
)


def answer_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of this file."""
    for option in reversed(_ANSWERS):
        function = option(function)
    return function


def answers_of(cassette: Path | None, *, record: bool, replay: bool) -> dict[str, Any]:
    """What the options come to, as `harness.run` takes it.

    Raises:
        UsageError: They do not go together.
    """
    if cassette is None and (record or replay):
        raise UsageError(f"{'--record' if record else '--replay'} goes with --cassette FILE")
    if cassette is not None and record == replay:
        raise UsageError(
            f"--cassette {cassette}: say either --record (call the model and keep its answers) or"
            " --replay (answer from the file alone)"
        )
    return {"cassette": cassette, "record": record}
