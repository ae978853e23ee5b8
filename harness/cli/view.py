"""`harness view`: the page of a run in the browser, while it goes on."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from harness.cli.options import RESULTS
from harness.cli.start_up import started
from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_HOST = "127.0.0.1"
_PORT = 8642


@click.command("view")
@click.argument("names", nargs=-1, metavar="[RUN...]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=None,
    envvar="HARNESS_PORT",
    help=f"Port on {_HOST}; 0 takes any that is free.  [default: {_PORT}, or any if it is taken]",
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option("--pool", is_flag=True, help="Count several runs as one.")
@RESULTS
def command(names: tuple[str, ...], *, port: int | None, opens: bool, pool: bool, out: Path) -> int:
    """Show runs in the browser, live from their folders; Ctrl-C ends it.

    Without RUN it is the newest run, also one that is started later. The page follows: progress,
    the time to go, the curve as it fills in. Only this machine can read it, and nothing can be
    changed through it.
    """
    import uvicorn

    from harness.reports.live.app import live_app
    from harness.reports.live.pages import Pages
    from harness.runs.folder.find import find_run, runs

    chosen = [find_run(name, out) for name in names if name != "latest"]

    def find() -> Sequence[Path]:
        if names and "latest" not in names:
            return chosen
        return [*chosen, *(run for run in runs(out)[-1:] if run not in chosen)]

    with _socket(port) as listening:
        address = f"http://{_HOST}:{listening.getsockname()[1]}/"
        click.echo(address)
        click.echo("Ctrl-C ends it", err=True)
        if opens:
            click.launch(address)
        server = uvicorn.Server(
            uvicorn.Config(live_app(find, Pages(pool=pool)), log_level="warning", access_log=False)
        )
        with suppress(KeyboardInterrupt):  # how everybody ends it
            started()
            server.run(sockets=[listening])
    return 0


def _socket(port: int | None) -> socket.socket:
    """A socket of this machine alone.

    Raises:
        UsageError: The port that was asked for is taken.
    """
    for wanted in (_PORT, 0) if port is None else (port,):
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((_HOST, wanted))
        except OSError as error:
            found.close()
            reason = error.strerror
        else:
            return found
    raise UsageError(f"cannot listen on {_HOST}:{port}: {reason}; give another --port, or 0")
