"""Looks at the models of a study before anything is sent."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.study import Study
    from harness.models.preflight import Look


def looks_at(models: Sequence[str], options: Mapping[str, object]) -> list[Look]:
    """A look at each model, all at once."""
    from harness.models.preflight import look_at_model

    async def every() -> list[Look]:
        return list(await asyncio.gather(*(look_at_model(name, options) for name in models)))

    return asyncio.run(every())


def look_at_models(study: Study) -> None:
    """End here where a key is missing, or the models that are well would wait for one that is not.

    Where every model has its fault and a call showed it, the run goes on: its first calls meet the
    same, its records say so, and there is nothing to lose by it.

    Raises:
        UsageError: A key is missing, or one of several is refused.
    """
    found = looks_at(study.models, dict(study.options))
    faulty = [one for one in found if one.fault is not None]
    alone = len(faulty) == len(found) and all(one.by_call for one in faulty)
    if not alone and not all(one.may_heal for one in faulty):
        raise UsageError("; ".join(str(one.fault) for one in faulty) + ". Nothing was sent")
    for one in found:
        if one.fault is not None:
            goes_on = "" if alone else "; the other models go on"
            click.echo(f"note: {one.fault}{goes_on}", err=True)
        elif one.told is not None and sys.stderr.isatty():
            click.echo(f"{one.model}: {one.told}", err=True)
