"""The control arms, which say what recall is worth without the session, or without the fact.

closed_book: the question alone. needle_only: the plants without filler. fact_removed: the session
without the plant of the fact that is asked. nothing_carried: where sessions follow one another, the
last of them with nothing carried into it, asked for what the earlier ones said. They are cheap: the
first two hold next to nothing, and of the others each seed has one, at a quarter of the window; the
question whose facts are removed turns with the seed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.session import Blueprint, PlannedCut, PlannedPlant, PlannedTurn
from harness.sessions.layouts.openings import spread
from harness.sessions.layouts.units import distracting, in_turn, telling_steps, units_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.arms import Arm
    from harness.core.session import Say
    from harness.core.window import Window
    from harness.sessions.materials import Materials

_REMOVED_AT = 0.25
"""The fact_removed arm uses the checkpoint nearest to this fill."""


def controls(materials: Materials, window: Window, main: Sequence[Blueprint]) -> list[Blueprint]:
    """The control sessions of one seed.

    Args:
        materials: Scenario and seed.
        window: The ceiling of the main sessions.
        main: The main sessions of the same seed.
    """
    said = [question.id for question in materials.scenario.said_questions]
    order = distracting(
        materials, in_turn(materials, units_of(materials), materials.seed), "needle_only"
    )
    first = materials.system_tokens()
    turns, told = _telling_turns(materials, first)
    whole = told + sum(unit.tokens for unit in order)
    needles: tuple[Say, ...] = (*turns, *spread(order, whole, told))
    return [
        _bare(materials, "closed_book", (), first, said),
        _bare(materials, "needle_only", needles, whole, said),
        *_removed(materials, window, main, said),
        *_uncarried(materials, window, main),
    ]


def _telling_turns(materials: Materials, at: int) -> tuple[list[PlannedTurn], int]:
    """The turns of a script that say facts, one after the other, and where the last one ends."""
    turns = []
    for index in telling_steps(materials.scenario.script):
        turns.append(PlannedTurn(step=index, at_tokens=at))
        at += materials.turn_tokens(materials.script_turn(index))
    return turns, at


def _says(materials: Materials, say: Say, fact: str) -> bool:
    """Whether a turn says the fact, planned or in its own words."""
    if isinstance(say, PlannedPlant):
        return say.fact == fact
    return fact in materials.scenario.script[say.step].says


def _bare(
    materials: Materials,
    arm: Arm,
    says: tuple[Say, ...],
    tokens: int,
    ask: Sequence[str],
) -> Blueprint:
    """A session without filler."""
    return Blueprint(
        scenario=materials.scenario.name,
        seed=materials.seed,
        arm=arm,
        says=says,
        cuts=(PlannedCut(tokens=tokens, ask=tuple(ask), fill_requested=None),),
        stream=arm,
    )


def _removed(
    materials: Materials, window: Window, main: Sequence[Blueprint], said: Sequence[str]
) -> list[Blueprint]:
    """The main session nearest to the fill, without the facts of the question whose turn it is."""
    if not said or not main:
        return []
    question = materials.draws_all("removed").shuffled(said)[materials.seed % len(said)]
    target = window.local(_REMOVED_AT)
    blueprint, cut = min(
        ((b, c) for b in main for c in b.cuts), key=lambda pair: abs(pair[1].tokens - target)
    )
    return [
        replace(
            blueprint,
            arm="fact_removed",
            says=_without(materials, blueprint, question),
            cuts=(replace(cut, ask=(question,)),),
            earlier=tuple(
                replace(one, says=_without(materials, one, question)) for one in blueprint.earlier
            ),
        )
    ]


def _without(materials: Materials, blueprint: Blueprint, question: str) -> tuple[Say, ...]:
    """What a session says but for the facts that a question is about."""
    about = materials.scenario.question(question).about
    return tuple(
        say for say in blueprint.says if not any(_says(materials, say, fact) for fact in about)
    )


def _uncarried(materials: Materials, window: Window, main: Sequence[Blueprint]) -> list[Blueprint]:
    """The last session of the chain nearest to the fill, with nothing carried into it.

    It is asked for what earlier sessions said and it does not say itself; whoever knows that has it
    from elsewhere.
    """
    chains = [blueprint for blueprint in main if blueprint.earlier]
    if not chains:
        return []
    last = max(blueprint.number for blueprint in chains)
    target = _REMOVED_AT * window.limit
    blueprint = min(
        (one for one in chains if one.number == last),
        key=lambda one: abs(one.cuts[-1].tokens - target),
    )

    def told(question: str, *sessions: Blueprint) -> bool:
        about = materials.scenario.question(question).about
        says = [say for one in sessions for say in one.says]
        return any(_says(materials, say, fact) for say in says for fact in about)

    def ask(cut: PlannedCut) -> tuple[str, ...]:
        own = (q for q in cut.ask if told(q, *blueprint.earlier) and not told(q, blueprint))
        return tuple(own)

    cuts = [replace(cut, ask=ask(cut)) for cut in blueprint.cuts]
    asking = tuple(cut for cut in cuts if cut.ask)
    if not asking:
        return []
    return [replace(blueprint, arm="nothing_carried", cuts=asking, carry=())]
