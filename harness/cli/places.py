"""Where results live: a folder, or a place elsewhere that a folder here mirrors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


class Place(click.ParamType[Path]):
    """The value of `--out` as a folder.

    For a remote place that is its spool, filled before the command begins and sent up while it
    goes on and when it ends, so no verb needs to know.
    """

    name = "directory"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The folder."""
        if "://" not in str(value):
            folder: Path = click.Path(path_type=Path, file_okay=False).convert(value, param, ctx)
            return folder
        from harness.runs.folder.mirror import Mirror  # here, since it brings fsspec

        mirror = Mirror(str(value), spools())
        mirror.pull()
        if ctx is not None:
            mirror.start()
            ctx.call_on_close(_told(mirror.stop))
        return mirror.folder


def spools() -> Path:
    """The folder of all spools."""
    from harness.models.answer_store.cache import default_folder

    given = os.environ.get("HARNESS_SPOOL")
    return Path(given) if given else default_folder() / "spool"


def _told(push: Callable[[], None]) -> Callable[[], None]:
    """The push, whose failure is said and does not hide how the command itself ended."""

    def stop() -> None:
        try:
            push()
        except UsageError as error:
            click.echo(f"harness: {error}", err=True)

    return stop
