"""Options that bound what a run does to a provider, handed on as one value."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_DEFAULT_CONNECTIONS = 16
_DEFAULT_PATIENCE_S = 120.0

_LIMITS = (
    click.option(
        "--max-connections",
        type=click.IntRange(1, 4096),
        default=_DEFAULT_CONNECTIONS,
        show_default=True,
        envvar="HARNESS_MAX_CONNECTIONS",
        help="Calls in flight for each provider, at most; fewer while it throttles or is slow.",
    ),
    click.option(
        "--rpm",
        type=click.FloatRange(0, min_open=True),
        envvar="HARNESS_RPM",
        help="Calls a minute for each model, retries included.",
    ),
    click.option(
        "--tpm",
        type=click.FloatRange(0, min_open=True),
        envvar="HARNESS_TPM",
        help="Prompt tokens a minute for each model.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(0, min_open=True),
        envvar="HARNESS_TIMEOUT",
        help="Seconds that one call may take before it is tried again; 600 unless said.",
    ),
    click.option(
        "--give-up-after",
        type=click.FloatRange(0, min_open=True),
        default=_DEFAULT_PATIENCE_S,
        show_default=True,
        envvar="HARNESS_GIVE_UP_AFTER",
        help="Seconds that every call to a model may fail before it is given up.",
    ),
)


def limit_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of the limits, which the command gets as `limits`."""

    @wraps(function)
    def command(
        *args: Any,
        max_connections: int,
        rpm: float | None,
        tpm: float | None,
        timeout: float | None,
        give_up_after: float,
        options: tuple[str, ...],
        **rest: Any,
    ) -> Any:
        from harness.runs.limits import Limits

        limits = Limits(
            max_connections=max_connections,
            rpm=rpm,
            tpm=tpm,
            give_up_after_s=give_up_after,
        )
        if timeout is not None:  # a parameter of every call, as -M timeout=... gives it
            options = (*options, f"timeout={timeout:g}")
        return function(*args, limits=limits, options=options, **rest)

    for option in reversed(_LIMITS):
        command = option(command)
    return command
