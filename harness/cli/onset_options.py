"""--criterion, --level and --near-empty: what a command means by an onset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.core.errors import UsageError
from harness.core.study import window_tokens

if TYPE_CHECKING:
    from collections.abc import Callable

_FRACTION = click.FloatRange(0, 1, min_open=True, max_open=True)


class TokenCount(click.ParamType[int]):
    """Tokens as a window is written: 1000, 2k."""

    name = "tokens"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The number."""
        if isinstance(value, int):
            return value
        try:
            tokens = window_tokens(str(value))
        except UsageError:
            tokens = None
        if tokens is None:
            self.fail(f"'{value}' is no number of tokens, such as 1000 or 2k", param, ctx)
        return tokens


CRITERION = click.option(
    "--criterion",
    type=_FRACTION,
    default=0.05,
    show_default=True,
    envvar="HARNESS_CRITERION",
    help="The drop from its own plateau that counts as the onset of forgetting.",
)
LEVEL = click.option(
    "--level",
    type=_FRACTION,
    default=0.95,
    show_default=True,
    envvar="HARNESS_LEVEL",
    help="Confidence of the intervals.",
)
NEAR_EMPTY = click.option(
    "--near-empty",
    type=TokenCount(),
    envvar="HARNESS_NEAR_EMPTY",
    metavar="TOKENS",
    help="The longest prompt of the nearly empty window, on which the plateau is read."
    "  [default: 1000, or 5 % of windows up to 20k]",
)


def onset_options(command: Callable[..., int]) -> Callable[..., int]:
    """All three, under the names `criterion`, `level` and `near_empty`."""
    return CRITERION(LEVEL(NEAR_EMPTY(command)))
