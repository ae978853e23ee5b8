"""What a session says at a place of its plan, and how long that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.session import PlannedPlant

if TYPE_CHECKING:
    from harness.core.messages import Turn
    from harness.core.session import Blueprint, Say
    from harness.sessions.materials import Materials


def turn_of(say: Say, materials: Materials) -> Turn:
    """What a session says at one place of its plan."""
    if isinstance(say, PlannedPlant):
        return materials.plant(say.fact, say.ordinal)
    return materials.script_turn(say.step)


def say_tokens(say: Say, materials: Materials) -> int:
    """Tokens of what a session says at one place of its plan."""
    if isinstance(say, PlannedPlant):
        return materials.plant_tokens(say.fact, say.ordinal)
    return materials.turn_tokens(turn_of(say, materials))


def said_tokens(blueprint: Blueprint, materials: Materials) -> int:
    """Tokens of all that a session says of its own: its filler and its opening left out."""
    return sum(say_tokens(say, materials) for say in blueprint.says)
