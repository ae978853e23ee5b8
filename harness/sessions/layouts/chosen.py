"""One session that grows through several chosen cells, so that a prefix cache pays for most of it.

Its one rule: a cell of it is what the cell would be alone. Its fill and its position are those that
were chosen, and so is its question; only the company is shared.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.session import Blueprint, PlannedCut, PlannedPlant
from harness.sessions.due import said_by
from harness.sessions.layouts.grid import cell_blueprint, company, in_order, own_plants, own_units
from harness.sessions.layouts.units import question_room
from harness.sessions.says import say_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.scenario import Question
    from harness.core.session import Say
    from harness.core.window import Window
    from harness.sessions.materials import Materials


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCell:
    """One question at one fill, about a fact at one position."""

    fill: float
    position: float
    """Of the latest plant of the target, in [0, 1] of the session as it is then."""
    target: Question


def shared_blueprint(
    materials: Materials, window: Window, cells: Sequence[ChosenCell], *, stream: str
) -> tuple[Blueprint, list[ChosenCell]]:
    """The session of several cells, and those of them that it has, by their length.

    A cell is left out whose facts another one asks about, or would not be said in time, since those
    of others stand in their place.

    Args:
        materials: Scenario and seed.
        window: The ceiling that the fills refer to.
        cells: At least one; none of them a nearly empty window's.
        stream: Names the filler, which no other session shares.
    """
    chosen = _apart(sorted(cells, key=lambda cell: _length(materials, window, cell)))
    while len(chosen) > 1:
        blueprint = _blueprint(materials, window, chosen, stream)
        in_time = _in_time(materials, blueprint, chosen)
        if in_time == chosen:
            return blueprint, chosen
        chosen = in_time or chosen[-1:]
    (alone,) = chosen
    blueprint = cell_blueprint(
        materials,
        window,
        fill=alone.fill,
        position=alone.position,
        target=alone.target,
        stream=stream,
    )
    return blueprint, chosen


def _apart(cells: Sequence[ChosenCell]) -> list[ChosenCell]:
    """The cells but those about a fact that one before them is about."""
    taken: set[str] = set()
    found = []
    for cell in cells:
        if taken.isdisjoint(cell.target.about):
            taken.update(cell.target.about)
            found.append(cell)
    return found


def _length(materials: Materials, window: Window, cell: ChosenCell) -> int:
    """Tokens of the session when the cell is asked, its question not counted."""
    own = sum(unit.tokens for unit in own_units(materials, cell.target))
    asked = window.local(cell.fill) - question_room(materials, [cell.target.id])
    return max(asked, materials.system_tokens() + own)


def _blueprint(
    materials: Materials, window: Window, cells: Sequence[ChosenCell], stream: str
) -> Blueprint:
    """The session that has all the cells."""
    lengths = [_length(materials, window, cell) for cell in cells]
    says = [
        plant
        for cell, length in zip(cells, lengths, strict=True)
        for plant in own_plants(materials, cell.target, length, cell.position)
    ]
    about = {fact for cell in cells for fact in cell.target.about}
    used = sum(say_tokens(say, materials) for say in says)
    says += company(materials, about, stream, lengths[-1], used)
    cuts = tuple(
        PlannedCut(tokens=length, ask=(cell.target.id,), fill_requested=cell.fill)
        for cell, length in zip(cells, lengths, strict=True)
    )
    return Blueprint(
        scenario=materials.scenario.name,
        seed=materials.seed,
        arm="main",
        says=in_order(says, materials, lengths[-1]),
        cuts=cuts,
        stream=stream,
    )


def _in_time(
    materials: Materials, blueprint: Blueprint, cells: Sequence[ChosenCell]
) -> list[ChosenCell]:
    """The cells whose facts are said by the time at which they are asked about."""
    sizes = {say: say_tokens(say, materials) for say in blueprint.says}
    waiting: Sequence[Say] = blueprint.says
    planned = Counter(say.fact for say in blueprint.says if isinstance(say, PlannedPlant))
    said: Counter[str] = Counter()
    reached = materials.system_tokens()
    found = []
    for cell, cut in zip(cells, blueprint.cuts, strict=True):
        due = said_by(cut.tokens, waiting, sizes, start=reached)
        waiting, reached = waiting[len(due) :], cut.tokens
        said.update(say.fact for say in due if isinstance(say, PlannedPlant))
        if all(said[fact] == planned[fact] for fact in cell.target.about):
            found.append(cell)
    return found
