"""Openings: nearly empty sessions in which facts stand close together, for the plateau."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.session import Blueprint, PlannedCut, PlannedPlant
from harness.sessions.layouts.units import distracting, in_turn, question_room, units_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.window import Window
    from harness.sessions.layouts.units import Unit
    from harness.sessions.materials import Materials


def opening_blueprint(materials: Materials, window: Window, fill: float, index: int) -> Blueprint:
    """A session of that fill with as many facts in it as fit, in turn over seeds and openings.

    Args:
        materials: Scenario and seed.
        window: The ceiling that the fill refers to.
        fill: In (0, 0.05] for a control; it is raised where not even one fact would fit.
        index: Which opening of the seed this is.
    """
    scenario = materials.scenario
    question = question_room(materials)
    order = in_turn(materials, units_of(materials), materials.seed * 3 + index)
    order = distracting(materials, order, index)
    length, chosen = _fitting(order, window.local(fill) - question, materials)
    never = [one.id for one in scenario.questions if not scenario.says(one)] if index == 0 else []
    return Blueprint(
        scenario=scenario.name,
        seed=materials.seed,
        arm="main",
        says=spread(chosen, length, materials.system_tokens()),
        cuts=(
            PlannedCut(
                tokens=length,
                ask=(*_askable(materials, chosen), *never),
                fill_requested=fill,
            ),
        ),
        stream=f"opening-{index}",
    )


def _fitting(order: Sequence[Unit], length: int, materials: Materials) -> tuple[int, list[Unit]]:
    """How long the opening is, and the sayings of all facts that fit it whole.

    The fact whose turn it is always fits, with those that are needed to ask about it: where the
    fill is too low for them, the opening is longer.
    """
    used = materials.system_tokens()
    whole: set[str] = set()
    # What is asked comes before what distracts from it.
    facts = sorted(
        dict.fromkeys(unit.fact for unit in order),
        key=lambda fact: bool(materials.scenario.fact(fact).like),
    )
    for fact_id in facts:
        if fact_id in whole:
            continue
        added = {fact_id} if whole else _company(materials, fact_id)
        cost = sum(unit.tokens for unit in order if unit.fact in added)
        if not whole:
            length = max(length, used + cost)
        if used + cost <= length:
            used += cost
            whole |= added
    return length, [unit for unit in order if unit.fact in whole]


def _company(materials: Materials, fact: str) -> set[str]:
    """The facts that have to be said so that something can be asked about one of them."""
    about = [set(one.about) for one in materials.scenario.questions if fact in one.about]
    return min(about, key=len)


def _askable(materials: Materials, chosen: Sequence[Unit]) -> list[str]:
    """The questions about facts that are said, each where the last of its facts is named."""
    said: set[str] = set()
    asked: dict[str, None] = {}
    for fact in dict.fromkeys(unit.fact for unit in chosen):
        said.add(fact)
        asked |= dict.fromkeys(
            one.id
            for one in materials.scenario.said_questions
            if fact in one.about and said >= set(one.about)
        )
    return list(asked)


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
