"""What a session has to say, one unit an utterance, and how long each is; shared by the layouts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.draws import Draws
    from harness.core.scenario import Fact
    from harness.core.window import Window
    from harness.sessions.materials import Materials


@dataclass(frozen=True, slots=True)
class Unit:
    """One saying of one fact."""

    fact: str
    ordinal: int
    tokens: int
    """Length of the whole turn."""


def units_of(materials: Materials, facts: Sequence[Fact] | None = None) -> list[Unit]:
    """Every planned saying of the facts, in the order of the file.

    Abstain facts are never said, and told facts by turns of the script.
    """
    chosen = materials.scenario.facts if facts is None else facts
    return [
        Unit(fact.id, ordinal, materials.turn_tokens(materials.plant(fact.id, ordinal)))
        for fact in chosen
        if not fact.told
        for ordinal in range(len(materials.values.get(fact.id, ())))
    ]


def rotated(units: Sequence[Unit], seed: int, draws: Draws) -> list[Unit]:
    """The units in the order in which this seed says them.

    The order is drawn once a scenario and turned by one place a seed, so that over as many seeds as
    there are units every unit stands once in every place: a hard fact never sits at one position.
    Sayings of one fact keep their order among themselves.
    """
    order = draws.shuffled(list(units))
    turn = seed % len(order) if order else 0
    order = order[turn:] + order[:turn]
    later = {
        fact: iter(sorted(o.ordinal for o in order if o.fact == fact))
        for fact in {unit.fact for unit in order}
    }
    by_key = {(unit.fact, unit.ordinal): unit for unit in order}
    return [by_key[unit.fact, next(later[unit.fact])] for unit in order]


def question_room(materials: Materials, facts: Sequence[str]) -> int:
    """Tokens that the longest question among the facts adds to a prompt."""
    return max((materials.question_tokens(fact) for fact in facts), default=0)


def check_window(materials: Materials, window: Window) -> int:
    """The fewest tokens that a session can be asked about anything with; the question included.

    Raises:
        UsageError: The window is smaller than that.
    """
    scenario = materials.scenario
    question = question_room(materials, [fact.id for fact in scenario.facts])
    fact = max((sum(u.tokens for u in units_of(materials, [f])) for f in scenario.facts), default=0)
    least = materials.system_tokens() + fact + question
    enough = math.ceil(least * window.ratio) + window.overhead + window.reserve
    if least > window.budget:
        raise UsageError(
            f"{scenario.path}: a window of {window.limit} tokens is too small for scenario"
            f" '{scenario.name}': system message, the longest fact and the question need {least}"
            f" tokens, and {window.reserve} are kept for the answer; use -w {enough} or more"
        )
    return least
