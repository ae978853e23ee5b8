"""Layouts: from a scenario, a seed and a window to the blueprints of its sessions. Never pooled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sessions.layouts.controls import controls
from harness.sessions.layouts.fills import fills_of
from harness.sessions.layouts.grid import cell_blueprint, grid
from harness.sessions.layouts.growing import growing
from harness.sessions.layouts.script import script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.scenario import Fills
    from harness.core.session import Blueprint
    from harness.core.window import Window
    from harness.sessions.materials import Materials

__all__ = ["blueprints", "cell_blueprint", "controls"]


def blueprints(
    materials: Materials,
    window: Window,
    fills: Fills | None = None,
    positions: Sequence[float] = (),
) -> list[Blueprint]:
    """The main sessions of one seed.

    Args:
        materials: Scenario and seed.
        window: The ceiling that the fills refer to.
        fills: In place of the scenario's own.
        positions: In place of the scenario's own.

    Raises:
        UsageError: The window is too small for the scenario.
    """
    scenario = materials.scenario
    chosen = fills_of(fills or scenario.fills, window, materials.draws("fills"))
    places = tuple(positions) or scenario.positions
    if scenario.layout == "grid":
        return grid(materials, window, chosen, places)
    if scenario.layout == "script":
        return script(materials, window, chosen)
    return growing(materials, window, chosen, places)
