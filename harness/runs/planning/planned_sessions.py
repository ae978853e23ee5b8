"""The sessions of a plan in the order in which they are sent: a stream that is made anew each time.

Its one rule: a plan of few trials is held, so that nothing is made twice; of a large one only what
is being walked is in memory, whatever the number of its seeds.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

from harness.core.arms import STAGES
from harness.sessions.materials import Materials

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator, Mapping, Sequence

    from harness.core.arms import Stage
    from harness.core.scenario import Scenario
    from harness.core.study import SessionTrials
    from harness.sessions.materials import Workshop

MOST_HELD = 50_000
"""Trials of a plan that is held in memory: about 100 MB."""


class SeedSessions(Protocol):
    """Makes the sessions of one seed under one model."""

    def __call__(
        self, materials: Materials, model: str, stages: Collection[Stage], /
    ) -> Iterator[SessionTrials]:
        """Those that are sent at these stages."""


class PlannedSessions:
    """Model by model, of each the stages in their order, of each the scenarios seed by seed.

    Args:
        models: Who is asked.
        scenarios: With the seeds of each.
        workshop: Shared tools.
        make: Makes the sessions of one seed.
        most_held: Trials of a plan that is held in memory.
    """

    def __init__(
        self,
        models: Sequence[str],
        scenarios: Sequence[tuple[Scenario, range]],
        workshop: Workshop,
        make: SeedSessions,
        *,
        most_held: int | None = None,
    ) -> None:
        self._models = tuple(models)
        self._scenarios = tuple(scenarios)
        self._workshop = workshop
        self._make = make
        self._most_held = MOST_HELD if most_held is None else most_held
        self._held: dict[tuple[str, Stage], list[SessionTrials]] | None = None

    @property
    def is_held(self) -> bool:
        """Whether all of them are in memory."""
        return self._held is not None

    def __iter__(self) -> Iterator[SessionTrials]:
        for model in self._models:
            for stage in STAGES:
                yield from self.of(model, stage)

    def of(
        self, model: str, stage: Stage, units: Container[int] | None = None
    ) -> Iterator[SessionTrials]:
        """The sessions of a model that are sent at a stage.

        Args:
            model: Its name.
            stage: When.
            units: Numbers of the scenarios and seeds that need not be passed over; None for all.
        """
        if self._held is not None:
            yield from self._held.get((model, stage), ())
            return
        for _, materials in self._units(units):
            yield from self._make(materials, model, (stage,))

    def seed_by_seed(self) -> Iterator[tuple[int, Materials, SessionTrials]]:
        """All of them, each scenario and seed once, with its number and what it says.

        This is the cheapest walk over all sessions. The first one keeps them, if they are few.
        """
        if self._held is not None:
            yield from self._held_by_seed(self._held)
            return
        held: dict[tuple[str, Stage], list[SessionTrials]] | None = {}
        trials = 0
        for unit, materials in self._units(None):
            for model in self._models:
                for group in self._make(materials, model, STAGES):
                    trials += len(group.trials)
                    if trials > self._most_held:
                        held = None
                    if held is not None:
                        held.setdefault((model, group.stage), []).append(group)
                    yield unit, materials, group
        self._held = held

    def _held_by_seed(
        self, held: Mapping[tuple[str, Stage], Sequence[SessionTrials]]
    ) -> Iterator[tuple[int, Materials, SessionTrials]]:
        of_seed: defaultdict[tuple[str, int], list[SessionTrials]] = defaultdict(list)
        for groups in held.values():
            for group in groups:
                of_seed[group.scenario.hash, group.seed].append(group)
        for unit, materials in self._units(None):
            for group in of_seed[materials.scenario.hash, materials.seed]:
                yield unit, materials, group

    def _units(self, wanted: Container[int] | None) -> Iterator[tuple[int, Materials]]:
        """Scenarios and seeds with their numbers."""
        before = 0
        for scenario, seeds in self._scenarios:
            for place, seed in enumerate(seeds):
                if wanted is None or before + place in wanted:
                    yield before + place, Materials(scenario, seed, self._workshop)
            before += len(seeds)
