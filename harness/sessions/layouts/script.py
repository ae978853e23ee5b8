"""Layout `script`: the scenario writes the session out, and filler stretches to reach the length.

Each fill is a session of its own, since all stretches grow together. Facts are asked where the
script says so, or all of them at the end.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harness.core.errors import UsageError
from harness.core.session import Blueprint, PlannedCut, PlannedPlant, PlannedTurn
from harness.sessions.layouts.units import question_room

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.core.session import Say
    from harness.core.window import Window
    from harness.sessions.materials import Materials


def script(materials: Materials, window: Window, fills: Sequence[float]) -> list[Blueprint]:
    """One blueprint a fill.

    Args:
        materials: Scenario and seed.
        window: The ceiling that the fills refer to.
        fills: Ascending; one at which the written turns alone do not fit is refused.

    Raises:
        UsageError: The window is smaller than what the script says, unless that is a real
            conversation: what becomes of one past the ceiling is worth asking.
    """
    question = question_room(materials, [fact.id for fact in materials.scenario.facts])
    written = sum(_sizes(materials)) + materials.system_tokens()
    if written + question > window.budget and not materials.scenario.written_out:
        raise UsageError(
            f"{materials.scenario.path}: the script of scenario '{materials.scenario.name}' says"
            f" {written + question} tokens with the question; a window of {window.limit} leaves"
            f" {window.budget} for them"
        )
    if all(step.filler is None for step in materials.scenario.script):
        # Its length is its own: what was asked of it is what it has at each probe.
        whole = window.local(1.0)
        return [
            _session(materials, lambda tokens: round((tokens + question) / whole, 6), 0, "script-0")
        ]
    lengths = {fill: max(window.local(fill) - question, written) for fill in fills}
    # Fills too low for the script all come out at its least length: one of them is enough.
    distinct = {length: fill for fill, length in reversed(lengths.items())}
    return [
        _session(materials, partial(_asked, fill), length - written, f"script-{index}")
        for index, (length, fill) in enumerate(sorted(distinct.items()))
    ]


def _asked(fill: float, _tokens: int) -> float:
    """The fill that was asked for, whatever the length."""
    return fill


def _sizes(materials: Materials) -> list[int]:
    """Tokens of each step of the script; filler and probes have none of their own."""
    said: dict[str, int] = {}
    sizes = []
    for index, step in enumerate(materials.scenario.script):
        if step.plant is not None:
            ordinal = said.get(step.plant, 0)
            said[step.plant] = ordinal + 1
            sizes.append(materials.turn_tokens(materials.plant(step.plant, ordinal)))
        elif step.user is not None:
            sizes.append(materials.turn_tokens(materials.script_turn(index)))
        else:
            sizes.append(0)
    return sizes


def _session(
    materials: Materials, fill_of: Callable[[int], float], free: int, stream: str
) -> Blueprint:
    """The script with `free` tokens of filler in it; the fill of each length is what was asked."""
    steps = materials.scenario.script
    total = sum(step.filler or 0.0 for step in steps)
    at = materials.system_tokens()
    weight = 0.0
    written = at
    said: dict[str, int] = {}
    says: list[Say] = []
    cuts: list[PlannedCut] = []
    for index, (step, size) in enumerate(zip(steps, _sizes(materials), strict=True)):
        if step.filler is not None:
            weight += step.filler
        at = written + (round(free * weight / total) if total else 0)
        if step.plant is not None:
            ordinal = said.get(step.plant, 0)
            said[step.plant] = ordinal + 1
            says.append(PlannedPlant(fact=step.plant, ordinal=ordinal, at_tokens=at))
        elif step.user is not None:
            says.append(PlannedTurn(step=index, at_tokens=at))
        elif step.probe is not None:
            _ask(cuts, at, step.probe, fill_of(at))
        written += size
    if not cuts:
        facts = materials.scenario.facts
        ask = tuple(fact.id for fact in facts if fact.id in said or fact.kind == "abstain")
        length = written + free
        cuts.append(PlannedCut(tokens=length, ask=ask, fill_requested=fill_of(length)))
    return Blueprint(
        scenario=materials.scenario.name,
        seed=materials.seed,
        arm="main",
        says=tuple(says),
        cuts=tuple(cuts),
        stream=stream,
    )


def _ask(cuts: list[PlannedCut], tokens: int, fact: str, fill: float) -> None:
    """Add a probe; probes at one place share a checkpoint."""
    if cuts and cuts[-1].tokens == tokens:
        last = cuts.pop()
        cuts.append(PlannedCut(tokens=tokens, ask=(*last.ask, fact), fill_requested=fill))
    else:
        cuts.append(PlannedCut(tokens=tokens, ask=(fact,), fill_requested=fill))
