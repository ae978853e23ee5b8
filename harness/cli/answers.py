"""Options that say where the answers of a run may come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

CACHE = click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="HARNESS_CACHE",
    metavar="DIR",
    help="Folder of the answers that are kept over runs; `harness cache path` prints where it is"
    " unless this says. Given here, it holds answers of models on this machine too.",
)

_ANSWERS = (
    CACHE,
    click.option(
        "--no-cache",
        is_flag=True,
        envvar="HARNESS_NO_CACHE",
        help="Ask anew, and keep nothing: for a measurement that repeats another.",
    ),
    click.option(
        "--cache-days",
        type=click.FloatRange(min=0),
        default=7.0,
        show_default=True,
        envvar="HARNESS_CACHE_DAYS",
        help="Answers in the cache that are older are asked for anew.",
    ),
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


ANSWERS = ("cassette", "record", "replay", "cache", "no_cache", "cache_days")
"""Names of the options of this file."""


def answer_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of this file."""
    for option in reversed(_ANSWERS):
        function = option(function)
    return function


def answers_of(
    *,
    cassette: Path | None,
    record: bool,
    replay: bool,
    cache: Path | None,
    no_cache: bool,
    cache_days: float,
) -> dict[str, Any]:
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
    return {
        "cassette": cassette,
        "record": record,
        "cache": None if no_cache else cache_folder(cache),
        "cache_days": cache_days,
        "cache_local": cache is not None,
    }


def cache_folder(cache: Path | None) -> Path:
    """The folder of the cache: as given, or where this system keeps such things."""
    from harness.models.answer_store.cache import default_folder

    return default_folder() if cache is None else cache
