"""What an adaptive run is to reach, and what cannot be searched: told before anything is sent."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from harness.core.errors import UsageError
from harness.runs.planning.plan import windows_of
from harness.scenarios.values import check_seeds
from harness.sessions.layouts.units import check_window
from harness.sessions.materials import Materials

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.core.study import Study
    from harness.sessions.materials import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchGoal:
    """What an adaptive run is to reach, and what it may use up for it."""

    half_width: float = 0.03
    """Half the width of the onset's interval, as a fraction of the window."""
    batch_size: int = 32
    max_probes: int = 4000
    """Of each model and window."""
    budget_tokens: int | None = None
    """Prompt tokens of the whole run, by the provider's count."""


def check_adaptive(
    study: Study, goal: SearchGoal, workshop: Workshop, limit_of: Callable[[str], int | None]
) -> None:
    """What can be told wrong before anything is sent.

    Raises:
        UsageError: The goal is none, or a window or the values do not suffice.
    """
    if not 0 < goal.half_width < 1:
        raise UsageError(f"--half-width {goal.half_width:g}: expected a fraction such as 0.03")
    if len(study.policies) > 1 or len(study.memories) > 1:
        raise UsageError("--adaptive searches under one policy and one memory; give one at a time")
    if study.fills is not None or study.positions:
        raise UsageError("--adaptive chooses fills and positions itself: leave out --fills and"
                         " --positions")  # fmt: skip
    for scenario in study.scenarios:
        if scenario.script:
            raise UsageError(
                f"{scenario.path}: scenario '{scenario.name}' is a script, whose facts stand where"
                " it says; --adaptive needs to place them"
            )
        check_seeds(scenario, study.first_seed + study.seeds)
        for model in study.models:
            for window in windows_of(study, model, limit_of):
                check_window(Materials(scenario, 0, workshop), window)


def goal_data(goal: SearchGoal) -> dict[str, Any]:
    """The goal as `run.json` holds it."""
    return asdict(goal)
