"""Which facts a session is known to have said, for whoever judges a text that stands in its place.

Its one rule: a fact is known by its question. Questions whose answers are worked out (how many, in
which order) have no value that a text could hold, and are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.known_fact import KnownFact
from harness.core.session import Plant
from harness.sessions.materials import Materials, Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.scenario import Scenario, Step
    from harness.core.session import Session


def known_facts(scenario: Scenario, seed: int) -> tuple[KnownFact, ...]:
    """The facts of a scenario in the session of a seed, of any length.

    Where a script says them word for word their messages are known, as far as no filler comes
    before.
    """
    materials = Materials(scenario, seed, Workshop())
    return _known(materials, tuple(_said(scenario, materials)), None)


def facts_of(session: Session, materials: Materials) -> tuple[KnownFact, ...]:
    """The facts of a session that was built, each with its place."""
    return _known(materials, session.plants, session.cuts[-1].tokens)


def _known(
    materials: Materials, said: Sequence[Plant], tokens: int | None
) -> tuple[KnownFact, ...]:
    found = []
    for question in materials.scenario.questions:
        if not question.about or not {plant.fact for plant in said}.issuperset(question.about):
            continue
        probe = materials.probe(question.id, said)
        own = materials.needed(question.id, said)
        values = {plant.value.text for plant in own}
        if not probe.expected or not all(one.text in values for one in probe.expected):
            continue
        last = own[-1]
        found.append(
            KnownFact(
                id=question.id,
                question=probe.question,
                expected=probe.expected,
                stale=probe.stale,
                planted=probe.planted,
                decoys=probe.decoys,
                shape=probe.shape,
                language=probe.language,
                messages=tuple(plant.message for plant in own if plant.message >= 0),
                position=_position(last, tokens),
                session_number=last.session_number,
            )
        )
    return tuple(found)


def _position(plant: Plant, tokens: int | None) -> float | None:
    """Where a plant stands in a session of so many tokens."""
    if tokens is None or plant.message < 0 or tokens <= plant.tokens:
        return None
    return round(min(plant.offset_tokens / (tokens - plant.tokens), 1.0), 6)


def _said(scenario: Scenario, materials: Materials) -> Iterator[Plant]:
    """What a session says, in order; of a script as far as it is known beforehand."""
    if not scenario.script:
        for fact in scenario.facts:
            for ordinal in range(len(materials.values[fact.id])):
                yield _plant(materials, fact.id, ordinal, -1, 1)
        return
    message: int | None = 0 if scenario.system is None else 1
    number = 1
    counts: dict[str, int] = {}
    for step in scenario.script:
        if step.new_session is not None:
            number += 1
        for fact in (*step.says, *((step.plant,) if step.plant else ())):
            ordinal = counts.get(fact, 0)
            counts[fact] = ordinal + 1
            yield _plant(materials, fact, ordinal, -1 if message is None else message, number)
        message = _after(step, message)


def _after(step: Step, message: int | None) -> int | None:
    """How many messages there are behind a step; None behind filler."""
    if step.filler is not None or message is None:
        return None
    if not (step.is_turn or step.plant):
        return message
    both = 2 if step.plant else (step.user is not None) + (step.assistant is not None)
    return message + both + (1 + len(step.calls) if step.calls else 0)


def _plant(materials: Materials, fact: str, ordinal: int, message: int, number: int) -> Plant:
    return Plant(
        fact=fact,
        ordinal=ordinal,
        value=materials.values[fact][ordinal],
        message=message,
        offset_tokens=0,
        tokens=0,
        session_number=number,
    )
