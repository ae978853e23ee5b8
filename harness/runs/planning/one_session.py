"""One session of a scenario, as a run would build it: the longest of a seed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.scenario import Fills
from harness.core.study import Study
from harness.runs.planning.plan import make_plan
from harness.sessions.build import build
from harness.sessions.materials import Materials, Workshop

if TYPE_CHECKING:
    from harness.core.scenario import Scenario
    from harness.core.session import Session


def one_session(scenario: Scenario, seed: int, window: str) -> tuple[Session, Materials]:
    """The session of a seed that fills a window, and what it was made of.

    Args:
        scenario: The scenario.
        seed: Counted from 0.
        window: As the command line writes it: 32k.

    Raises:
        UsageError: The scenario cannot be built so.
    """
    # a full window whatever the scenario asks for; a script has the length that it has
    whole = replace(scenario, fills=Fills(exact=(1.0,))) if not scenario.written_out else scenario
    study = Study(
        scenarios=(whole,),
        models=("reference/perfect",),
        windows=(window,),
        seeds=1,
        first_seed=seed,
        controls=False,
    )
    workshop = Workshop()
    plan = make_plan(study, workshop, lambda _: None)
    trunks = [group for group in plan.groups if group.blueprint.arm == "main"]
    longest = max(trunks, key=lambda group: group.blueprint.cuts[-1].tokens)
    materials = Materials(whole, longest.seed, workshop)
    return build(longest.blueprint, materials), materials
