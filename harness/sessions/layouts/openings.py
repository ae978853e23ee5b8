"""Openings: nearly empty sessions in which facts stand close together, for the plateau."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.session import Blueprint, PlannedCut, PlannedPlant
from harness.sessions.layouts.units import question_room, rotated, units_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.window import Window
    from harness.sessions.layouts.units import Unit
    from harness.sessions.materials import Materials


def opening(materials: Materials, window: Window, fill: float, index: int) -> Blueprint:
    """A session of that fill with as many facts in it as fit, in turn over seeds and openings.

    Args:
        materials: Scenario and seed.
        window: The ceiling that the fill refers to.
        fill: In (0, 0.05] for a control; it is raised where not even one fact would fit.
        index: Which opening of the seed this is.
    """
    facts = materials.scenario.facts
    question = question_room(materials, [fact.id for fact in facts])
    order = rotated(units_of(materials), materials.seed * 3 + index, materials.draws_all("order"))
    length, chosen = _fitting(order, window.local(fill) - question, materials)
    never = [fact.id for fact in facts if fact.kind == "abstain"] if index == 0 else []
    return Blueprint(
        scenario=materials.scenario.name,
        seed=materials.seed,
        arm="main",
        says=spread(chosen, length, materials.system_tokens()),
        cuts=(
            PlannedCut(
                tokens=length,
                ask=(*dict.fromkeys(unit.fact for unit in chosen), *never),
                fill_requested=fill,
            ),
        ),
        stream=f"opening-{index}",
    )


def _fitting(order: Sequence[Unit], length: int, materials: Materials) -> tuple[int, list[Unit]]:
    """How long the opening is, and the sayings of all facts that fit it whole.

    The fact whose turn it is always fits: where the fill is too low for it, the opening is longer.
    """
    used = materials.system_tokens()
    whole: set[str] = set()
    for fact_id in dict.fromkeys(unit.fact for unit in order):
        cost = sum(unit.tokens for unit in order if unit.fact == fact_id)
        if not whole:
            length = max(length, used + cost)
        if used + cost <= length:
            used += cost
            whole.add(fact_id)
    return length, [unit for unit in order if unit.fact in whole]


def spread(units: Sequence[Unit], length: int, first: int) -> tuple[PlannedPlant, ...]:
    """Plants with even gaps between them.

    Args:
        units: What is said, in order.
        length: Tokens of the session.
        first: Tokens before the first plant.
    """
    free = max(length - first - sum(unit.tokens for unit in units), 0)
    says = []
    at = first
    for place, unit in enumerate(units):
        offset = free * place // len(units)
        says.append(PlannedPlant(fact=unit.fact, ordinal=unit.ordinal, at_tokens=at + offset))
        at += unit.tokens
    return tuple(says)
