"""The sessions of an adaptive run: those of its choices, and the control arms beside them.

A choice is one question at its own fill and position. In the layout `grid` each has a fresh
session; in `growing` the choices of a batch that fall to one seed are asked of one session as it
grows, each of another fact, so that a provider's prefix cache pays for most of their tokens. All of
it follows from the choices and their places in the batch.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.adaptive.choose import ChosenProbe
from harness.core.arms import nearly_empty
from harness.core.near_empty import near_empty_fill
from harness.core.study import SessionTrials
from harness.runs.planning.seed_sessions import trials_of, windows_aimed
from harness.sessions.layouts import cell_blueprint, controls
from harness.sessions.layouts.chosen import ChosenCell, shared_blueprint
from harness.sessions.materials import Materials

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.arms import Stage
    from harness.core.scenario import Layout, Question, Scenario
    from harness.core.session import Blueprint
    from harness.core.study import Study
    from harness.core.trial import Trial
    from harness.core.window import Window
    from harness.runs.meter.aims import LengthAims
    from harness.sessions.materials import Workshop

_MOST_SHARED = 8
"""Choices of one session; more would leave too few sessions in a batch."""

_CONTROL_SEEDS = 4
"""Seeds whose control arms are asked beside the first batch."""

_SAMPLED = (0.4, 0.7, 1.0)
"""Lengths at which sessions are looked at before any is sent, as shares of the longest."""


def layout_of(study: Study) -> Layout:
    """The layout of a search: growing where all of its scenarios are."""
    growing = all(scenario.layout == "growing" for scenario in study.scenarios)
    return "growing" if growing else "grid"


class ChosenSessions:
    """What a study says, made concrete for the choices of a search.

    Args:
        study: What is asked for.
        workshop: Shared tools.
        batch_size: Choices of a batch.
        layout: Whether choices share sessions.
    """

    def __init__(
        self, study: Study, workshop: Workshop, *, batch_size: int, layout: Layout
    ) -> None:
        self._study = study
        self._workshop = workshop
        self._batch_size = batch_size
        self._layout = layout

    @property
    def shared(self) -> int:
        """Choices that one session is to have: no more than the scenarios have questions."""
        if self._layout == "grid":
            return 1
        fewest = min(len(scenario.said_questions) for scenario in self._study.scenarios)
        return max(min(fewest, _MOST_SHARED), 1)

    def scenario(self, choice: ChosenProbe) -> Scenario:
        """The scenario that a choice asks about."""
        scenarios = self._study.scenarios
        return scenarios[choice.seed % len(scenarios)]

    def group(
        self, model: str, window: Window, batch: int, index: int, choice: ChosenProbe
    ) -> SessionTrials:
        """A session of one choice; the question turns with batch and place.

        Args:
            model: Who is asked.
            window: The ceiling, as it is aimed at now.
            batch: Which batch, counted from 1.
            index: The place of the choice in its batch.
            choice: The probe that is wanted.
        """
        materials = self._materials(choice)
        order = _questions(materials)
        target = order[(materials.seed + batch * self._batch_size + index) % len(order)]
        blueprint = cell_blueprint(
            materials,
            window,
            fill=choice.fill,
            position=choice.position,
            target=target,
            stream=f"adaptive-{batch}-{index}",
        )
        return self._group(
            materials,
            model,
            blueprint,
            self._trials(materials, model, window, blueprint, batch=batch, batch_why=choice.why),
            opening=nearly_empty(choice.fill, window.limit),
        )

    def together(
        self, model: str, window: Window, batch: int, choices: Sequence[ChosenProbe]
    ) -> Iterator[SessionTrials]:
        """The sessions that choices of one seed share: one, or more where facts run out.

        Args:
            model: Who is asked.
            window: The ceiling, as it is aimed at now.
            batch: Which batch, counted from 1.
            choices: The probes that are wanted, none of them of a nearly empty window.
        """
        materials = self._materials(choices[0])
        order = _questions(materials)
        turn = materials.seed + batch
        left = {
            ChosenCell(
                fill=choice.fill,
                position=choice.position,
                target=order[(turn + index) % len(order)],
            ): choice.why
            for index, choice in enumerate(choices)
        }
        number = 0
        while left:
            stream = f"adaptive-{batch}-shared-{number}"
            blueprint, asked = shared_blueprint(materials, window, list(left), stream=stream)
            trials = self._trials(materials, model, window, blueprint, batch=batch)
            yield self._group(
                materials,
                model,
                blueprint,
                tuple(replace(trial, batch_why=left[asked[trial.cut]]) for trial in trials),
                opening=False,
            )
            left = {cell: why for cell, why in left.items() if cell not in asked}
            number += 1

    def _materials(self, choice: ChosenProbe) -> Materials:
        scenario = self.scenario(choice)
        seed = self._study.first_seed + choice.seed // len(self._study.scenarios)
        return Materials(scenario, seed, self._workshop)

    @staticmethod
    def _group(
        materials: Materials,
        model: str,
        blueprint: Blueprint,
        trials: tuple[Trial, ...],
        *,
        opening: bool,
    ) -> SessionTrials:
        return SessionTrials(
            scenario=materials.scenario,
            seed=materials.seed,
            model=model,
            blueprint=blueprint,
            trials=trials,
            opening=opening,
        )

    def samples(self, model: str, windows: Sequence[Window]) -> dict[Stage, list[SessionTrials]]:
        """Sessions like those that may be chosen, by the stage at which these are sent.

        Args:
            model: Who is asked.
            windows: The ceilings.
        """
        found: dict[Stage, list[SessionTrials]] = {"opening": [], "main": []}
        for window in windows:
            nearly = near_empty_fill(window.limit)
            fills = [*(share * nearly for share in _SAMPLED), *(s * window.top for s in _SAMPLED)]
            for index, fill in enumerate(fills):
                for number in range(len(self._study.scenarios)):
                    seed = index % self._study.seeds * len(self._study.scenarios) + number
                    choice = ChosenProbe(seed=seed, fill=fill, position=0.5, why="sample")
                    group = self.group(model, window, 0, index, choice)
                    found[group.stage].append(group)
        return found

    def controls(self, model: str, window: Window, aims: LengthAims) -> Iterator[SessionTrials]:
        """The control arms of the first seeds.

        Args:
            model: Who is asked.
            window: The ceiling.
            aims: What is known of how its provider counts before anything is sent.
        """
        for scenario in self._study.scenarios:
            aimed = windows_aimed(window, aims, scenario)["main"]
            for index in range(min(_CONTROL_SEEDS, self._study.seeds)):
                seed = self._study.first_seed + index
                yield from self._seed_controls(model, aimed, scenario, seed)

    def _seed_controls(
        self, model: str, window: Window, scenario: Scenario, seed: int
    ) -> Iterator[SessionTrials]:
        materials = Materials(scenario, seed, self._workshop)
        said = scenario.said_questions
        main = cell_blueprint(
            materials, window, fill=0.25, position=0.5, target=said[0], stream="control"
        )
        for blueprint in controls(materials, window, [main]):
            yield self._group(
                materials,
                model,
                blueprint,
                self._trials(materials, model, window, blueprint),
                opening=blueprint.arm != "fact_removed",
            )

    def _trials(
        self, materials: Materials, model: str, window: Window, blueprint: Blueprint, **why: Any
    ) -> tuple[Trial, ...]:
        """What is asked of one session; `why` says for which batch."""
        return tuple(
            trials_of(
                self._study,
                materials,
                model,
                window,
                blueprint,
                self._workshop,
                layout=self._layout,
                **why,
            )
        )


def _questions(materials: Materials) -> list[Question]:
    """What is asked of the scenario's facts, in an order that all seeds share."""
    return materials.draws_all("order").shuffled(list(materials.scenario.said_questions))
