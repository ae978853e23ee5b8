"""Layout `grid`: a fresh session for each fill and position, the number of facts held constant.

One question is put to each session, and what it needs ends at the position; other facts stand
elsewhere as company. Which question that is turns with cell and seed, so that over as many seeds as
there are questions every one is asked once in every cell. Dearer than `growing`, and a clean effect
of length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.session import Blueprint, PlannedCut, PlannedPlant
from harness.sessions.layouts.units import (
    check_window,
    in_turn,
    question_room,
    units_about,
    units_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from harness.core.scenario import Question
    from harness.core.window import Window
    from harness.sessions.layouts.units import Unit
    from harness.sessions.materials import Materials

DEFAULT_POSITIONS = (0.05, 0.25, 0.5, 0.75, 0.95)


def grid(
    materials: Materials, window: Window, fills: Sequence[float], positions: Sequence[float]
) -> list[Blueprint]:
    """One blueprint a cell.

    Args:
        materials: Scenario and seed.
        window: The ceiling that the fills refer to.
        fills: Ascending.
        positions: 0 = the plant is the first thing said, 1 = the last.

    Raises:
        UsageError: The window cannot hold even one plant and its question.
    """
    check_window(materials, window)
    places = tuple(positions) or DEFAULT_POSITIONS
    order = materials.draws_all("order").shuffled(list(materials.scenario.questions))
    prints = []
    for row, fill in enumerate(fills):
        for column, position in enumerate(places):
            cell = row * len(places) + column
            # Rows are shifted against each other: else a question would keep its column where
            # the number of questions divides the number of positions.
            target = order[(materials.seed + cell + row) % len(order)]
            prints.append(
                cell_blueprint(
                    materials,
                    window,
                    fill=fill,
                    position=position,
                    target=target,
                    stream=f"cell-{cell}",
                )
            )
    return prints


def cell_blueprint(
    materials: Materials,
    window: Window,
    *,
    fill: float,
    position: float,
    target: Question,
    stream: str,
) -> Blueprint:
    """The session of one cell.

    Args:
        materials: Scenario and seed.
        window: The ceiling that the fill refers to.
        fill: Of the window, above 0.
        position: Of the latest plant of the target, in [0, 1].
        target: What is asked.
        stream: Names the filler, which no other cell shares.
    """
    question = question_room(materials, [target.id])
    first = materials.system_tokens()
    cost = sum(unit.tokens for unit in own_units(materials, target))
    length = max(window.local(fill) - question, first + cost)
    says = own_plants(materials, target, length, position)
    says += company(materials, target.about, stream, length, cost)
    return Blueprint(
        scenario=materials.scenario.name,
        seed=materials.seed,
        arm="main",
        says=in_order(says, materials, length),
        cuts=(PlannedCut(tokens=length, ask=(target.id,), fill_requested=fill),),
        stream=stream,
    )


def own_units(materials: Materials, target: Question) -> list[Unit]:
    """What a question needs said; of several facts another one comes last in turn."""
    own = units_about(materials, target)
    return own if len(target.about) == 1 else in_turn(materials, own, materials.seed)


def own_plants(
    materials: Materials, target: Question, length: int, position: float
) -> list[PlannedPlant]:
    """Where a session of that length says what its question needs.

    Args:
        materials: Scenario and seed.
        target: What is asked.
        length: Of the session when it is asked, in tokens.
        position: Of the latest plant, in [0, 1].
    """
    own = own_units(materials, target)
    first = materials.system_tokens()
    last = first + int(position * (length - first - (own[-1].tokens if own else 0)))
    return [
        PlannedPlant(
            fact=unit.fact,
            ordinal=unit.ordinal,
            # Earlier sayings stand in even steps before the latest.
            at_tokens=first + (last - first) * place // len(own),
            position_requested=position,
        )
        for place, unit in enumerate(own, start=1)
    ]


def company(
    materials: Materials, about: Collection[str], stream: str, length: int, used: int
) -> list[PlannedPlant]:
    """The other facts, spread over the session; in a nearly empty window as many as fit.

    Args:
        materials: Scenario and seed.
        about: The facts that the session is asked about.
        stream: Names the draw.
        length: Of the session, in tokens.
        used: Tokens that those facts take.
    """
    draws = materials.draws("company", stream)
    first = materials.system_tokens()
    scenario = materials.scenario
    others = [f for f in scenario.facts if f.id not in about and f.pick]
    planned: list[PlannedPlant] = []
    for fact in draws.shuffled(others):
        units = units_of(materials, [fact])
        if not units:
            continue
        cost = sum(unit.tokens for unit in units)
        if first + used + cost > length:
            continue
        used += cost
        places = sorted(draws.uniform() for _ in units)
        planned += [
            PlannedPlant(
                fact=unit.fact,
                ordinal=unit.ordinal,
                at_tokens=first + int(place * (length - first - unit.tokens)),
            )
            for unit, place in zip(units, places, strict=True)
        ]
    return planned


def in_order(
    says: Sequence[PlannedPlant], materials: Materials, length: int
) -> tuple[PlannedPlant, ...]:
    """The plants by place, the last ones moved forward so that all of them end in time."""
    planned: list[PlannedPlant] = []
    latest = length
    ordered = sorted(says, key=lambda say: (say.at_tokens, say.fact, say.ordinal))
    for say in reversed(ordered):
        size = materials.plant_tokens(say.fact, say.ordinal)
        latest = max(min(say.at_tokens, latest - size), 0)
        planned.append(
            PlannedPlant(
                fact=say.fact,
                ordinal=say.ordinal,
                at_tokens=latest,
                position_requested=say.position_requested,
            )
        )
    return tuple(reversed(planned))
