"""Options that bound what a run may spend, and how its bill is read out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from harness.cli.plan import dollars

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.runs.result import Bill, Expected

_BUDGET = (
    click.option(
        "--budget-usd",
        type=click.FloatRange(0, min_open=True),
        envvar="HARNESS_BUDGET_USD",
        metavar="X",
        help="Stop before the run costs more, counting what is in flight.",
    ),
    click.option(
        "--budget-tokens",
        type=click.IntRange(1),
        envvar="HARNESS_BUDGET_TOKENS",
        metavar="N",
        help="Stop before the run sends more prompt tokens, counting what is in flight.",
    ),
)


def budget_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of this file."""
    for option in reversed(_BUDGET):
        function = option(function)
    return function


def read_out(bill: Bill, expected: Expected | None) -> str | None:
    """The bill of a run as one line; None where there is nothing to pay.

    >>> from harness.runs.result import Bill, Expected
    >>> paid = Bill(usd=1.5, known_usd=1.5, prompt_tokens=4000, cached_tokens=3000)
    >>> read_out(paid, Expected(usd=1.25, uncached_usd=5.0))
    'cost: $1.50 for 4,000 prompt tokens, 75 % of them cached; estimated $1.25, $5.00 uncached'
    """
    if not bill.prompt_tokens or bill.usd == 0:
        return None
    known = dollars(bill.usd)
    if bill.usd is None and bill.known_usd:
        known = f"{dollars(bill.known_usd)} where the price is known, otherwise unknown,"
    share = round(100 * bill.cached_tokens / bill.prompt_tokens)
    line = f"cost: {known} for {bill.prompt_tokens:,} prompt tokens, {share} % of them cached"
    if expected is None:
        return line
    return f"{line}; estimated {dollars(expected.usd)}, {dollars(expected.uncached_usd)} uncached"
