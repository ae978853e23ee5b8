"""Levels that a scenario is run under: how many distractors it says, how its filler is ordered.

Its one rule: only what the level is about changes. Facts, values, wordings and questions stay those
of the seed, so that trials of two levels pair.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from harness.core.scenario import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.scenario import Scenario
    from harness.scenarios.checks import Draft
    from harness.scenarios.schema import FactDistractors, FactModel


def under_treatments(scenario: Scenario) -> tuple[Scenario, ...]:
    """The scenario under each level of each axis; itself where no axis has two levels.

    A level of an axis that has several is named in the variant: `distractors=4,haystack=shuffled`.
    """
    from harness.scenarios.nouns import identity

    found = []
    for number in scenario.distractors or (scenario.distracting,):
        for haystack in scenario.haystacks or (scenario.haystack,):
            names = [scenario.variant] if scenario.variant else []
            names += [f"distractors={number}"] if len(scenario.distractors) > 1 else []
            names += [f"haystack={haystack}"] if len(scenario.haystacks) > 1 else []
            made = replace(scenario, distracting=number, haystack=haystack, variant=",".join(names))
            found.append(replace(made, hash=identity(made)))
    return tuple(found)


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


def check_treatments(draft: Draft) -> None:
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


def _check_once(draft: Draft, levels: Sequence[object], *path: str) -> None:
    """No level stands twice."""
    for j, level in enumerate(levels):
        if level in levels[:j]:
            draft.refuse(f"{level} stands twice; take one out", *path, j)


def _check_texts(draft: Draft, i: int, fact: FactModel) -> None:
    from harness.scenarios.checks import PLACEHOLDER

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
