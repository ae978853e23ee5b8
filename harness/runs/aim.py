"""What an adaptive run is to reach and may use up, and who chooses for it.

Its one rule: what cannot be reached is told before anything is sent.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from harness.core.errors import UsageError
from harness.runs.planning.plan import windows_of
from harness.scenarios.values import check_seeds
from harness.sessions.layouts.units import check_window
from harness.sessions.materials import Materials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.core.draws import Draws
    from harness.core.study import Study
    from harness.sessions.materials import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What an adaptive run is to reach, and what it may use up for it."""

    half_width: float = 0.03
    """Half the width of the onset's interval, as a fraction of the window."""
    batch_size: int = 32
    max_probes: int = 4000
    """Of each model and window."""
    budget_tokens: int | None = None
    """Prompt tokens of the whole run, by the provider's count."""


class Choice(Protocol):
    """One probe that a chooser wants."""

    @property
    def seed(self) -> int:
        """Which session, from 0."""

    @property
    def fill(self) -> float:
        """Of the window."""

    @property
    def position(self) -> float:
        """Of the fact, in [0, 1]."""

    @property
    def why(self) -> str:
        """One short sentence."""


class Chooser(Protocol):
    """Says what to ask next, and when enough is known. Pure."""

    def choose(
        self,
        rows: Sequence[Mapping[str, Any]],
        *,
        size: int,
        sessions: int,
        batch: int,
        draws: Draws,
        fills_up_to: float,
    ) -> Sequence[Choice]:
        """The next batch."""

    def stop(self, rows: Sequence[Mapping[str, Any]]) -> str | None:
        """Why enough is known, or None while it is not."""


def check_adaptive(
    study: Study, aim: Aim, workshop: Workshop, limit_of: Callable[[str], int | None]
) -> None:
    """What can be told wrong before anything is sent.

    Raises:
        UsageError: The aim is none, or a window or the values do not suffice.
    """
    if not 0 < aim.half_width < 1:
        raise UsageError(f"--half-width {aim.half_width:g}: expected a fraction such as 0.03")
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


def aim_data(aim: Aim) -> dict[str, Any]:
    """The aim as `run.json` holds it."""
    return asdict(aim)
