"""`harness plan`: trials, tokens and cost, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from harness.cli.options import make_study, study_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("plan")
@study_options
def command(paths: tuple[Path, ...], **options: Any) -> int:
    """Say what a run would send and cost; nothing is sent."""
    from harness.models import price
    from harness.runs.cost import estimates
    from harness.runs.run import plan
    from harness.sessions.materials import Workshop

    workshop = Workshop()
    study = make_study(paths, **options)
    rows = estimates(plan(study, workshop), workshop, price)
    width = max(len("model"), *(len(row.model) for row in rows))
    click.echo(
        f"{'model':<{width}} {'window':>9} {'sessions':>8} {'trials':>7} {'calls':>7}"
        f" {'tokens':>13} {'cached':>13} {'cost':>10}"
    )
    for row in rows:
        click.echo(
            f"{row.model:<{width}} {row.window:>9,} {row.sessions:>8,} {row.trials:>7,}"
            f" {row.calls:>7,} {row.prompt_tokens:>13,} {row.cached_tokens:>13,}"
            f" {dollars(row.cost_usd):>10}"
        )
    total = None if any(r.cost_usd is None for r in rows) else sum(r.cost_usd or 0 for r in rows)
    without = sum(row.cost_uncached_usd or 0 for row in rows)
    click.echo(
        f"\n{sum(r.calls for r in rows):,} calls, {sum(r.prompt_tokens for r in rows):,} prompt"
        f" tokens by the local tokenizer ({workshop.counter.encoding}); nothing was sent."
    )
    if total is None:
        names = sorted({row.model for row in rows if row.cost_usd is None})
        click.echo(f"Cost unknown: {', '.join(names)} is not in the price list.")
    elif without:
        click.echo(
            f"Cost {dollars(total)} if the provider's prefix cache holds forks,"
            f" {dollars(without)} if it holds none."
        )
    return 0


def dollars(amount: float | None) -> str:
    """An amount as people read it; unknown is unknown, never $0.

    >>> dollars(None), dollars(0.0), dollars(0.0004), dollars(12.3)
    ('unknown', '$0', '$0.0004', '$12.30')
    """
    if amount is None:
        return "unknown"
    if amount == 0:
        return "$0"
    return f"${amount:,.2f}" if amount >= 1 else f"${amount:.2g}"
