"""Options that say where trials are replayed, handed on as one spec."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from harness.core.errors import UsageError
from harness.core.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Callable

_WORKERS = (
    click.option(
        "--executor",
        default="local",
        show_default=True,
        envvar="HARNESS_EXECUTOR",
        help="Where trials are replayed: local, ray, or package.module:Name.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, 1024),
        envvar="HARNESS_WORKERS",
        help="With --executor ray: workers, between which all limits are divided; 2 unless said.",
    ),
    click.option(
        "--ray-address",
        envvar="HARNESS_RAY_ADDRESS",
        metavar="ADDRESS",
        help="With --executor ray: a cluster that runs already; else one is started here.",
    ),
)


def worker_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of the workers, which the command gets as `executor`, a spec."""

    @wraps(function)
    def command(
        *args: Any, executor: str, workers: int | None, ray_address: str | None, **rest: Any
    ) -> Any:
        spec = Spec.parse(executor)
        given = {"workers": workers, "address": ray_address}
        asked = {key: str(value) for key, value in given.items() if value is not None}
        if asked and spec.name == "local":
            flag = "--workers" if workers is not None else "--ray-address"
            raise UsageError(f"{flag} goes with --executor ray")
        options = tuple(sorted({**dict(spec.options), **asked}.items()))
        return function(*args, executor=str(Spec(spec.name, options)), **rest)

    for option in reversed(_WORKERS):
        command = option(command)
    return command
