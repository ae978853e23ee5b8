"""Layout `script`: the scenario writes the session out, and filler stretches to reach the length.

Each fill is a session of its own, since all stretches grow together. Questions are put where the
script says so, or all of them at the end. Where the script begins a fresh session, a chain of them
is made: the fill refers to the prompt of the session that is asked, and every session before it
that has a stretch of filler is as long as that one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harness.core.errors import UsageError
from harness.core.session import Blueprint, PlannedCut, PlannedPlant, PlannedTurn
from harness.sessions.layouts.units import question_room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.core.scenario import Carry
    from harness.core.session import Say
    from harness.core.window import Window
    from harness.sessions.materials import Materials

    FillOf = Callable[[int], float]
    """The fill that a session of so many tokens was asked to have."""

FIRST: tuple[Carry, ...] = ("system",)
"""What the first session of a chain begins with."""


def script(materials: Materials, window: Window, fills: Sequence[float]) -> list[Blueprint]:
    """One blueprint for each fill and each session that asks for something.

    Args:
        materials: Scenario and seed.
        window: The ceiling that the fills refer to.
        fills: Ascending; one at which the written turns alone do not fit is refused.

    Raises:
        UsageError: The window is smaller than what the script says, unless that is a real
            conversation: what becomes of one past the ceiling is worth asking.
    """
    question = question_room(materials)
    parts = list(_parts(materials))
    if not materials.scenario.written_out:
        for part in parts:
            _check_room(materials, window, part.written + question, len(parts) > 1, part.number)
    longest = max(part.written for part in parts)
    if not any(part.stretches for part in parts):
        # Its length is its own: what was asked of it is what it has at each probe.
        whole = window.local(1.0)
        return list(
            _chain(parts, lambda tokens: round((tokens + question) / whole, 6), longest, "script-0")
        )
    lengths = {fill: max(window.local(fill) - question, longest) for fill in fills}
    # Fills too low for the script all come out at its least length: one of them is enough.
    distinct = {length: fill for fill, length in reversed(lengths.items())}
    return [
        blueprint
        for index, (length, fill) in enumerate(sorted(distinct.items()))
        for blueprint in _chain(parts, partial(_asked, fill), length, f"script-{index}")
    ]


def _asked(fill: float, _tokens: int) -> float:
    """The fill that was asked for, whatever the length."""
    return fill


def _check_room(
    materials: Materials, window: Window, tokens: int, several: bool, number: int
) -> None:
    """What a session says fits its window.

    Raises:
        UsageError: It does not.
    """
    if tokens <= window.budget:
        return
    which = f"session {number} of the script" if several else "the script"
    raise UsageError(
        f"{materials.scenario.path}: {which} of scenario '{materials.scenario.name}' says"
        f" {tokens} tokens with the question; a window of {window.limit} leaves"
        f" {window.budget} for them"
    )


class _Part:
    """The steps of one session of the script."""

    def __init__(self, materials: Materials, number: int, carry: tuple[Carry, ...]) -> None:
        self._materials = materials
        self.number = number
        self.carry = carry
        self.system = materials.system_tokens() if "system" in carry else 0
        self.steps: list[tuple[int, int]] = []
        """Index of each step in the script, and its tokens; fillers and probes have none."""
        self.ordinals: dict[int, int] = {}
        """Step -> how often its fact was said before it, sessions before this one included."""
        self.asks: tuple[str, ...] = ()
        """What is asked at the end where the script names no place."""

    @property
    def written(self) -> int:
        """Tokens without any filler."""
        return self.system + sum(size for _, size in self.steps)

    @property
    def stretches(self) -> bool:
        """Whether there is filler that can grow."""
        return any(self._materials.scenario.script[i].filler is not None for i, _ in self.steps)

    def blueprint(self, fill_of: FillOf, length: int, stream: str) -> Blueprint:
        """This session at that length, or at its own where nothing in it can grow."""
        script = self._materials.scenario.script
        length = max(length, self.written) if self.stretches else self.written
        free = length - self.written
        total = sum(script[i].filler or 0.0 for i, _ in self.steps)
        weight = 0.0
        written = self.system
        says: list[Say] = []
        cuts: list[PlannedCut] = []
        for i, size in self.steps:
            step = script[i]
            weight += step.filler or 0.0
            at = written + (round(free * weight / total) if total else 0)
            if step.plant is not None:
                says.append(PlannedPlant(fact=step.plant, ordinal=self.ordinals[i], at_tokens=at))
            elif step.is_turn:
                says.append(PlannedTurn(step=i, at_tokens=at))
            elif step.probe is not None:
                _ask(cuts, at, step.probe, fill_of(at))
            written += size
        if self.asks:
            cuts.append(PlannedCut(tokens=length, ask=self.asks, fill_requested=fill_of(length)))
        return Blueprint(
            scenario=self._materials.scenario.name,
            seed=self._materials.seed,
            arm="main",
            says=tuple(says),
            cuts=tuple(cuts),
            stream=stream,
            carry=self.carry,
        )

    def whole(self, fill_of: FillOf, length: int, stream: str) -> Blueprint:
        """The same session, written out to its end and asked nothing: what a later one follows."""
        length = max(length, self.written) if self.stretches else self.written
        end = PlannedCut(tokens=length, ask=(), fill_requested=fill_of(length))
        return replace(self.blueprint(fill_of, length, stream), cuts=(end,))


def _parts(materials: Materials) -> Iterator[_Part]:
    """The sessions of the script, in order."""
    scenario = materials.scenario
    said: dict[str, int] = {}
    part = _Part(materials, 1, FIRST)
    for index, step in enumerate(scenario.script):
        if step.new_session is not None:
            yield part
            part = _Part(materials, part.number + 1, step.new_session)
            continue
        size = 0
        if step.plant is not None:
            part.ordinals[index] = said.get(step.plant, 0)
            said[step.plant] = part.ordinals[index] + 1
            size = materials.plant_tokens(step.plant, part.ordinals[index])
        elif step.is_turn:
            size = materials.turn_tokens(materials.script_turn(index))
        part.steps.append((index, size))
    if not any(step.probe is not None for step in scenario.script):
        part.asks = tuple(
            question.id
            for question in scenario.questions
            if not scenario.says(question) or materials.askable(question, said)
        )
    yield part


def _chain(
    parts: Sequence[_Part], fill_of: FillOf, length: int, stream: str
) -> Iterator[Blueprint]:
    """The sessions of one chain that ask for something, each with those before it."""
    earlier: list[Blueprint] = []
    for part in parts:
        blueprint = part.blueprint(fill_of, length, stream)
        if blueprint.cuts:
            yield replace(blueprint, earlier=tuple(earlier))
        earlier.append(part.whole(fill_of, length, stream))


def _ask(cuts: list[PlannedCut], tokens: int, question: str, fill: float) -> None:
    """Add a probe; probes at one place share a checkpoint."""
    if cuts and cuts[-1].tokens == tokens:
        last = cuts.pop()
        cuts.append(PlannedCut(tokens=tokens, ask=(*last.ask, question), fill_requested=fill))
    else:
        cuts.append(PlannedCut(tokens=tokens, ask=(question,), fill_requested=fill))
