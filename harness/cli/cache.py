"""`harness cache`: what is kept of paid answers and counted words, where, and how it goes."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from harness.cli.answers import CACHE, cache_folder

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from harness.models.answer_store.cache import Cache
    from harness.sessions.kept_counts import KeptCounts

_KIB = 1024
_DAY_S = 86_400.0


@click.group("cache")
def command() -> None:
    """Answers that were paid for and are kept over runs: see, prune, find.

    A run takes an answer from here when everything that could change it is the same.
    """


@command.command("ls")
@CACHE
def cache_listing(cache: Path | None) -> int:
    """List what is held: answers and size of each model, oldest and newest."""
    with _opened(cache) as opened:
        rows = [] if opened is None else opened.held()
    kept = _counts(cache)
    if kept.words:
        size = -(-kept.path.stat().st_size // _KIB)
        click.echo(f"tokens of {kept.words:,} words, {size:,} KiB: {kept.path}", err=True)
    if not rows:
        click.echo(f"no answers in {cache_folder(cache)}", err=True)
        return 0
    width = max(len("model"), *(len(row.model) for row in rows))
    click.echo(f"{'model':<{width}} {'answers':>9} {'KiB':>9} {'oldest':>12} {'newest':>12}")
    for row in rows:
        click.echo(
            f"{row.model:<{width}} {row.answers:>9,} {-(-row.bytes // _KIB):>9,}"
            f" {_day(row.oldest_s):>12} {_day(row.newest_s):>12}"
        )
    return 0


@command.command("prune")
@CACHE
@click.option(
    "--days",
    type=click.FloatRange(min=0),
    default=7.0,
    show_default=True,
    help="Throw away what is older; 0 for all.",
)
@click.option("-m", "--model", metavar="M", help="Only answers of this model.")
def pruned(cache: Path | None, days: float, model: str | None) -> int:
    """Throw answers away that a run would pay for again, and counts of words."""
    with _opened(cache) as opened:
        gone = 0 if opened is None else opened.prune(days=days, model=model)
    click.echo(f"{gone:,} answers thrown away")
    if model is None and _counts(cache).prune(days * _DAY_S, time.time()):
        click.echo("counts of words thrown away")
    return 0


@command.command("path")
@CACHE
def path(cache: Path | None) -> int:
    """Print where the cache stands."""
    from harness.models.answer_store.cache import FILE

    click.echo(cache_folder(cache) / FILE)
    return 0


def _counts(cache: Path | None) -> KeptCounts:
    """The counts of words that are kept there."""
    from harness.sessions.tokens import kept_counts

    return kept_counts(cache_folder(cache))


def _opened(cache: Path | None) -> AbstractContextManager[Cache | None]:
    """The cache, if there is one: looking does not make it."""
    from contextlib import nullcontext

    from harness.models.answer_store.cache import FILE, Cache

    folder = cache_folder(cache)
    return Cache(folder) if (folder / FILE).exists() else nullcontext()


def _day(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, tz=UTC).strftime("%Y-%m-%d")
