"""Levels that a scenario is run under: distractors, the order of filler, how many sessions.

Its one rule: only what the level is about changes. Facts, values, wordings and questions stay those
of the seed, so that trials of two levels pair.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product, zip_longest
from typing import TYPE_CHECKING

from harness.core.scenario import PLACEHOLDER, Fact, Step
from harness.scenarios.identity import identity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.scenario import Carry, Scenario
    from harness.scenarios.draft import Draft
    from harness.scenarios.schema_facts import FactDistractors, FactModel


def under_treatments(scenario: Scenario) -> tuple[Scenario, ...]:
    """The scenario under each level of each axis; itself where no axis has two levels.

    A level of an axis that has several is named in the variant: `distractors=4,haystack=shuffled`.
    """
    axes = product(
        scenario.distractors or (scenario.distracting,),
        scenario.haystacks or (scenario.haystack,),
        scenario.sessions or (0,),
    )
    found = []
    for number, haystack, sessions in axes:
        names = [scenario.variant] if scenario.variant else []
        names += [f"distractors={number}"] if len(scenario.distractors) > 1 else []
        names += [f"haystack={haystack}"] if len(scenario.haystacks) > 1 else []
        names += [f"sessions={sessions}"] if len(scenario.sessions) > 1 else []
        made = replace(
            scenario,
            distracting=number,
            haystack=haystack,
            script=grown_script(scenario.script, sessions),
            variant=",".join(names),
        )
        found.append(replace(made, hash=identity(made)))
    return tuple(found)


def grown_script(script: Sequence[Step], sessions: int) -> tuple[Step, ...]:
    """The script with so many sessions: those that are put in say nothing that matters.

    They stand between its own, as evenly as goes. They begin with the system prompt alone where
    that is carried, so that what a memory gives back takes no filler's place in them, and the
    memory writes after each. A script that has as many already stays as it is.
    """
    own = [step for step in script if not step.idle]
    places = sum(step.new_session is not None for step in own)
    more = max(0, sessions - places - 1)
    made: list[Step] = []
    at = 0
    for step in own:
        if step.new_session is not None:
            here = (at + 1) * more // places - at * more // places
            at += 1
            begun = replace(step, new_session=_quiet(step.new_session), idle=True)
            made += here * [begun, Step(filler=1.0, idle=True)]
        made.append(step)
    return tuple(made)


def _quiet(carry: tuple[Carry, ...]) -> tuple[Carry, ...]:
    """What a session begins with in which nobody needs what was said before."""
    return tuple(what for what in carry if what == "system")


def distractors(draft: Draft, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The distractors of a file in the order in which more of them are said: facts take turns.

    Args:
        draft: The file, checked.
        facts: Its facts.
    """
    if draft.model.distractors is None:
        return ()
    rows = [
        [(fact, text) for text in _texts(model.distractors, draft.model.distractors.similarity)]
        for fact, model in zip(facts, draft.model.facts, strict=True)
    ]
    turns = [entry for turn in zip_longest(*rows) for entry in turn if entry is not None]
    return tuple(
        Fact(
            id=f"{fact.id}~{rank + 1}",
            say=(text,),
            values=fact.values,
            generate=fact.generate,
            like=fact.id,
            rank=rank,
            where=fact.where,
        )
        for rank, (fact, text) in enumerate(turns)
    )


def check_script_growth(draft: Draft) -> None:
    """There are as many distractors as are asked for, and each says a value once."""
    model = draft.model
    listed = [(i, fact) for i, fact in enumerate(model.facts) if fact.distractors is not None]
    for i, fact in listed:
        _check_texts(draft, i, fact)
        if model.distractors is None:
            problem = "nothing says how many of these are said; add distractors: {n: [0, 4]}"
            draft.refuse_key(f"{problem} to the file, or take them out", "facts", i, "distractors")
    _check_once(draft, model.distractors.n if model.distractors else (), "distractors", "n")
    _check_once(draft, model.haystack or (), "haystack")
    _check_sessions(draft)
    if model.distractors is None:
        return
    if model.script is not None:
        problem = "'distractors' and 'script' exclude each other: the script says what stands"
        draft.refuse_key(f"{problem} where; write them as turns of it", "distractors")
    similarity = model.distractors.similarity
    have = sum(len(list(_texts(fact.distractors, similarity))) for _, fact in listed)
    for j, number in enumerate(model.distractors.n):
        if number > have:
            problem = f"{number} distractors are asked for, and the facts list {have}"
            draft.refuse(f"{problem} that are {similarity}; add some", "distractors", "n", j)


def _check_sessions(draft: Draft) -> None:
    """A script is grown that has several sessions, and it has no more than are asked for."""
    levels = draft.model.sessions or ()
    from harness.scenarios.schema_steps import BoundaryStep

    own = 1 + sum(isinstance(step, BoundaryStep) for step in draft.model.script or ())
    _check_once(draft, levels, "sessions")
    if levels and own == 1:
        problem = "there is nothing to grow: a script with a step {new_session: ...} has several"
        draft.refuse_key(f"{problem} sessions", "sessions")
        return
    for j, number in enumerate(levels):
        if number < own:
            problem = f"{number} sessions are asked for, and the script has {own}; ask for more"
            draft.refuse(problem, "sessions", j)


def _check_once(draft: Draft, levels: Sequence[object], *path: str) -> None:
    """No level stands twice."""
    for j, level in enumerate(levels):
        if level in levels[:j]:
            draft.refuse(f"{level} stands twice; take one out", *path, j)


def _check_texts(draft: Draft, i: int, fact: FactModel) -> None:
    if fact.values is None:
        problem = "a fact without values has no distractors, which say one; take them out"
        draft.refuse_key(problem, "facts", i, "distractors")
    for similarity in ("near", "far"):
        for j, text in enumerate(_texts(fact.distractors, similarity)):
            if text.count(PLACEHOLDER) != 1 or text.count("{") != 1:
                problem = "a distractor holds {value} exactly once, and no other braces"
                draft.refuse(problem, "facts", i, "distractors", similarity, j)
            if text in (fact.say or ()):
                problem = "this is a wording of the fact itself; say it of something else"
                draft.refuse(problem, "facts", i, "distractors", similarity, j)


def _texts(listed: FactDistractors | None, similarity: str) -> Iterator[str]:
    if listed is not None:
        yield from getattr(listed, similarity) or ()
