"""Aims the sessions of a model by what its server counts of some of them before any is sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.models.exact_counts import NoCountError
from harness.runs.meter.aims import is_of_one_seed
from harness.runs.meter.ledger import ledger_scenario
from harness.runs.meter.samples import prompts, samples, textures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.core.arms import Stage
    from harness.core.study import SessionTrials
    from harness.models.exact_counts import ExactCounter
    from harness.runs.meter.aims import AimedPrompt
    from harness.runs.meter.ledger import LengthLedger
    from harness.sessions.materials import Workshop


async def aim_exactly(
    ledger: LengthLedger,
    model: str,
    counter: ExactCounter,
    planned: Mapping[Stage, Iterable[SessionTrials]],
    workshop: Workshop,
) -> None:
    """Settle how a provider counts, and what sessions are aimed with, before the first call.

    A run that goes on aims as it began; where the server does not answer, calls will teach it.

    Args:
        ledger: Of the run.
        model: Its name.
        counter: Counts its prompts.
        planned: By stage, sessions like those that will be sent.
        workshop: Shared tools.
    """
    if ledger.is_aimed(model):
        return
    made: dict[str, dict[str, list[AimedPrompt]]] = {}
    for stage, groups in planned.items():
        by_texture = textures(groups)
        for name in [name for name in by_texture if not is_of_one_seed(name)]:
            some = await asyncio.to_thread(samples, by_texture[name], workshop)
            try:
                counted = [await counter.count(sample.messages) for sample in some]
            except NoCountError:
                return
            own = [sample.prompt for sample in some]
            ledger.observe_exact(model, ledger_scenario(name), own, counted)
        made[stage] = await asyncio.to_thread(prompts, by_texture, workshop)
    ledger.settle_exact(model, counter.name, made)
