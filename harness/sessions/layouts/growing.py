"""Layout `growing`: one trunk a seed, probed as it grows.

Forks of one trunk share their bytes, so a provider's prefix cache pays for most of it. The plateau,
and in long windows the octaves above it, is measured on small openings of their own, in which the
facts stand close together: on the trunk itself only the first fact or two would be said by then,
and a plateau of easy facts would be compared with a curve of hard ones.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.core.near_empty import near_empty_fill
from harness.core.session import Blueprint, PlannedCut, PlannedPlant
from harness.sessions.due import said_by
from harness.sessions.layouts.fills import EVEN_FROM
from harness.sessions.layouts.grid import in_order
from harness.sessions.layouts.openings import opening_blueprint
from harness.sessions.layouts.units import (
    check_window,
    facts_tokens,
    in_turn,
    question_room,
    units_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.session import Say
    from harness.core.window import Window
    from harness.sessions.materials import Materials


_CROWDING = 1.5
"""Facts stand closer together early on, so that low fills are not left with one question or two.
A power of the trunk keeps the spread of positions the same at every checkpoint."""


def growing(
    materials: Materials, window: Window, fills: Sequence[float], positions: Sequence[float]
) -> list[Blueprint]:
    """The openings and the trunk of one seed.

    Args:
        materials: Scenario and seed.
        window: The ceiling that the fills refer to.
        fills: Ascending.
        positions: Where plants stand as shares of the trunk; empty for one stratum a plant.

    Raises:
        UsageError: The window cannot hold even one plant and its question.
    """
    least = check_window(materials, window)
    question = question_room(materials)
    apart = max(EVEN_FROM, near_empty_fill(window.limit, facts_tokens(materials)))
    short = [fill for fill in fills if fill <= apart]
    prints = [opening_blueprint(materials, window, fill, index) for index, fill in enumerate(short)]
    lengths = {fill: max(window.local(fill), least) - question for fill in fills if fill > apart}
    if lengths:
        prints.append(_trunk(materials, lengths, positions))
    return prints


def _trunk(
    materials: Materials, lengths: dict[float, int], positions: Sequence[float]
) -> Blueprint:
    """The session that grows through all the lengths."""
    says = _places(materials, sorted(lengths.values()), positions)
    sizes: dict[Say, int] = {say: materials.plant_tokens(say.fact, say.ordinal) for say in says}
    scenario = materials.scenario
    never = [one.id for one in scenario.questions if not scenario.says(one)]
    # What was never said needs no probe at every checkpoint: first, middle and last will do.
    fills = sorted(lengths)
    spots = {0, len(fills) // 2, len(fills) - 1}
    cuts: list[PlannedCut] = []
    said: Counter[str] = Counter()
    waiting: Sequence[PlannedPlant] = says
    for index, fill in enumerate(fills):
        reached = cuts[-1].tokens if cuts else materials.system_tokens()
        due = said_by(lengths[fill], waiting, sizes, start=reached)
        waiting = waiting[len(due) :]
        said.update(say.fact for say in due if isinstance(say, PlannedPlant))
        ask = [one.id for one in scenario.said_questions if materials.askable(one, said)]
        cuts.append(
            PlannedCut(
                tokens=lengths[fill],
                ask=(*ask, *(never if index in spots else ())),
                fill_requested=fill,
            )
        )
    return Blueprint(
        scenario=scenario.name,
        seed=materials.seed,
        arm="main",
        says=says,
        cuts=tuple(cuts),
    )


def _places(
    materials: Materials, lengths: Sequence[int], positions: Sequence[float]
) -> tuple[PlannedPlant, ...]:
    """Where each unit is said: the first before the first checkpoint, the others after it."""
    order = in_turn(materials, units_of(materials), materials.seed)
    draws = materials.draws("places")
    first = materials.system_tokens()
    end = lengths[-1]
    places = []
    for slot, unit in enumerate(order):
        share, asked = _share(slot, len(order), positions, materials.seed, draws.uniform())
        places.append((first + int(share * (end - first - unit.tokens)), asked))
    if places and not positions:
        soonest = max(lengths[0] - first - order[0].tokens, 0)
        places[0] = (first + int(draws.uniform() * soonest), None)
    places.sort(key=lambda place: place[0])
    says = [
        PlannedPlant(fact=unit.fact, ordinal=unit.ordinal, at_tokens=at, position_requested=asked)
        for unit, (at, asked) in zip(order, places, strict=True)
    ]
    distractors = [fact for fact in materials.scenario.facts if fact.like]
    for unit in units_of(materials, distractors):
        share = materials.draws("distractor", unit.fact, "trunk").uniform()
        at = first + int(share * (end - first - unit.tokens))
        says.append(PlannedPlant(fact=unit.fact, ordinal=unit.ordinal, at_tokens=at))
    return in_order(says, materials, end)


def _share(
    slot: int, slots: int, positions: Sequence[float], seed: int, jitter: float
) -> tuple[float, float | None]:
    """Where on the trunk a slot lies, and the position asked for, if one was."""
    if positions:
        asked = positions[(slot * len(positions) // slots + seed) % len(positions)]
        return asked, asked
    return ((slot + jitter) / slots) ** _CROWDING, None
