"""What a session has to say, one unit an utterance, and how long each is; shared by the layouts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.draws import Draws
    from harness.core.scenario import Fact, Question, Step
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
    """Every planned saying of the facts, in the order of the file; of what is asked unless said.

    Told facts are said by turns of the script, and some facts never.
    """
    chosen = materials.scenario.asked_facts if facts is None else facts
    return [
        Unit(fact.id, ordinal, materials.plant_tokens(fact.id, ordinal))
        for fact in chosen
        if not fact.told and materials.scenario.plants(fact)
        for ordinal in range(len(materials.values.get(fact.id, ())))
    ]


def units_about(materials: Materials, question: Question) -> list[Unit]:
    """Every planned saying of the facts of a question, in the order of its `about`."""
    return units_of(materials, [materials.scenario.fact(fact) for fact in question.about])


def distracting(materials: Materials, order: Sequence[Unit], *names: object) -> list[Unit]:
    """The units in their order, with the distractors of the scenario at drawn places among them.

    What is asked about keeps its order however many distractors there are.

    Args:
        materials: Scenario and seed.
        order: Units of what is asked about.
        names: What the draw is named by, beside the distractor.
    """
    found = list(order)
    for unit in units_of(materials, [fact for fact in materials.scenario.facts if fact.like]):
        draws = materials.draws("distractor", unit.fact, *names)
        found.insert(draws.below(len(found) + 1), unit)
    return found


def in_turn(materials: Materials, units: Sequence[Unit], turn: int) -> list[Unit]:
    """The units of a scenario in the order of one turn, as a rule that of the seed."""
    several = any(len(question.about) > 1 for question in materials.scenario.questions)
    return rotated(units, turn, materials.draws_all("order"), mirrored=several)


def rotated(
    units: Sequence[Unit], seed: int, draws: Draws, *, mirrored: bool = False
) -> list[Unit]:
    """The units in the order in which this seed says them.

    The order is drawn once a scenario and turned by one place a seed, so that over as many seeds as
    there are units every unit stands once in every place: a hard fact never sits at one position.
    Sayings of one fact keep their order among themselves.

    Args:
        units: What is said.
        seed: Which turn.
        draws: Chance that all seeds share.
        mirrored: Every other order is turned round, so that of two facts each comes first as often
            as the other over twice as many seeds as there are units.
    """
    order = draws.shuffled(list(units))
    turn = seed % len(order) if order else 0
    order = order[turn:] + order[:turn]
    if mirrored and order and (seed + (0 if len(order) % 2 else seed // len(order))) % 2:
        order.reverse()
    later = {
        fact: iter(sorted(o.ordinal for o in order if o.fact == fact))
        for fact in {unit.fact for unit in order}
    }
    by_key = {(unit.fact, unit.ordinal): unit for unit in order}
    return [by_key[unit.fact, next(later[unit.fact])] for unit in order]


def question_room(materials: Materials, questions: Sequence[str] | None = None) -> int:
    """Tokens that the longest of the questions adds to a prompt; of all, unless given by id."""
    ids = [one.id for one in materials.scenario.questions] if questions is None else questions
    return max((materials.question_tokens(question) for question in ids), default=0)


def facts_tokens(materials: Materials) -> int:
    """What a prompt with all the facts and nothing else takes; the longest question included.

    All the distractors that any level of the scenario says are counted, so that all levels are
    asked at the same lengths.
    """
    scenario = materials.scenario
    most = max(scenario.distractors, default=0)
    said = sum(unit.tokens for unit in units_of(materials)) + sum(
        materials.plant_tokens(fact.id, 0)
        for fact in scenario.facts
        if fact.like and fact.rank < most
    )
    told = sum(
        materials.turn_tokens(materials.script_turn(index))
        for index in telling_steps(materials.scenario.script)
    )
    question = question_room(materials)
    return materials.system_tokens() + said + told + question


def telling_steps(script: Sequence[Step]) -> list[int]:
    """The turns of a script that say facts, each behind a turn of the user's."""
    found: list[int] = []
    opening = 0
    for index, step in enumerate(script):
        if step.user is not None:
            opening = index
        if step.says:
            found += [opening] if opening not in found and step.user is None else []
            found.append(index)
    return found


def check_window(materials: Materials, window: Window) -> int:
    """The fewest tokens that a session can be asked about anything with; the question included.

    Raises:
        UsageError: The window is smaller than that.
    """
    scenario = materials.scenario
    question = question_room(materials)
    fact = max(sum(u.tokens for u in units_about(materials, q)) for q in scenario.questions)
    least = materials.system_tokens() + fact + question
    enough = math.ceil(least * window.ratio) + window.overhead + window.reserve
    if least > window.budget:
        raise UsageError(
            f"{scenario.path}: a window of {window.limit} tokens is too small for scenario"
            f" '{scenario.name}': system message, the longest fact and the question need {least}"
            f" tokens, and {window.reserve} are kept for the answer; use -w {enough} or more"
        )
    return least
