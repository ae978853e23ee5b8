"""The order of a script: nothing is asked before it was said, and nothing is said too often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import nearest
from harness.core.scenario import Step
from harness.scenarios.checks import PLACEHOLDER, picks
from harness.scenarios.rules import check_rule_step, rules
from harness.scenarios.schema import (
    BoundaryStep,
    FillerStep,
    PlantStep,
    ProbeStep,
    RuleStep,
    TurnStep,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Rule
    from harness.scenarios.checks import Draft
    from harness.scenarios.schema import FactModel


def check_script(draft: Draft) -> None:
    """Check the steps of a script against the facts, in their order."""
    if draft.model.script is None:
        return
    facts = {fact.id: fact for fact in draft.model.facts}
    said = dict.fromkeys(facts, 0)
    told = draft.told()
    asked: set[str] = set()
    given: dict[str, int] = {}
    _check_boundaries(draft, draft.model.script)
    for i, step in enumerate(draft.model.script):
        if isinstance(step, TurnStep):
            _check_turn(draft, i, step)
            for j, name in enumerate(step.says or ()):
                if name not in facts:
                    problem = f"unknown fact '{name}': {nearest(name, facts)}"
                    draft.refuse(problem, "script", i, "says", j)
                else:
                    _check_told(draft, (i, j), facts[name])
                    # The turns that say a set say all of it between them.
                    said[name] += picks(facts[name]) if facts[name].kind == "set" else 1
            continue
        if isinstance(step, FillerStep | BoundaryStep):
            continue
        if isinstance(step, RuleStep):
            check_rule_step(draft, i, step.rule, given)
            continue
        key, name = ("plant", step.plant) if isinstance(step, PlantStep) else ("probe", step.probe)
        if name not in facts:
            draft.refuse(f"unknown fact '{name}': {nearest(name, facts)}", "script", i, key)
        elif key == "plant":
            _check_plant(draft, i, facts[name], said[name], told=name in told)
            said[name] += 1
        else:
            _check_probe(draft, i, facts[name], said[name])
            asked.add(name)
    _check_unused(draft, said, asked)


def _check_turn(draft: Draft, i: int, step: TurnStep) -> None:
    for key, text in (("user", step.user), ("assistant", step.assistant or "")):
        if PLACEHOLDER in text:
            problem = "{value} is not filled in here; say facts with a {plant: id} step"
            draft.refuse(problem, "script", i, key)


def _check_told(draft: Draft, at: tuple[int, int], fact: FactModel) -> None:
    """A fact in the words of a turn has the values that the turns give, and no words of its own."""
    i, j = at
    problem = None
    given = len(fact.values) if isinstance(fact.values, list) else 0
    if fact.kind not in {"recall", "set"}:
        problem = f"fact '{fact.id}' is of kind {fact.kind}, and a turn can only say a recall fact"
        problem += " or a set"
    elif fact.say is not None:
        problem = f"fact '{fact.id}' has a 'say' of its own; plant it, or take its 'say' out"
    elif fact.kind == "recall" and given != 1:
        problem = f"fact '{fact.id}' needs exactly one value: the answer that this turn gives"
    elif fact.kind == "set" and given != picks(fact):
        problem = f"fact '{fact.id}' has {given} values and 'pick: {picks(fact)}'; turns say a set"
        problem += " as a whole, so pick as many as there are"
    if problem:
        draft.refuse(problem, "script", i, "says", j)


def _check_boundaries(draft: Draft, script: Sequence[object]) -> None:
    """A boundary has a session on either side, and names nothing twice."""
    for i, step in enumerate(script):
        if not isinstance(step, BoundaryStep):
            continue
        outermost = i in {0, len(script) - 1}
        if outermost or isinstance(script[i - 1], BoundaryStep):
            problem = "a session stands on either side of new_session, and one of them is empty"
            draft.refuse(f"{problem}; take the step out, or say something there", "script", i)
        carry = step.new_session.carry
        for j, what in enumerate(carry):
            if what in carry[:j]:
                problem = f"'{what}' stands twice in 'carry'; take one out"
                draft.refuse(problem, "script", i, "new_session", "carry", j)


def _check_plant(draft: Draft, i: int, fact: FactModel, before: int, *, told: bool) -> None:
    """A fact is said as often as its kind allows: an update twice, a set once an item."""
    problem = None
    if fact.kind == "abstain":
        problem = f"fact '{fact.id}' is of kind abstain: it is never said; take the step out"
    elif told:
        problem = f"fact '{fact.id}' is said by a turn ('says'); take the step out"
    elif before >= picks(fact):
        times = {1: "once", 2: "twice"}.get(picks(fact), f"{picks(fact)} times")
        problem = f"fact '{fact.id}' is of kind {fact.kind}: it is said {times}; take the step out"
        if fact.kind == "recall":
            problem += ", or make it 'kind: update'"
    if problem:
        draft.refuse(problem, "script", i, "plant")


def _check_probe(draft: Draft, i: int, fact: FactModel, before: int) -> None:
    """What is asked was said: a set in full, the others at least once."""
    need = picks(fact) if fact.kind == "set" else min(1, picks(fact))
    if before < need:
        have = f"{before} of its {need} values were said" if before else "it was not said yet"
        problem = f"fact '{fact.id}' is asked here, but {have}; plant it before"
        draft.refuse(problem, "script", i, "probe")


def _check_unused(draft: Draft, said: dict[str, int], asked: set[str]) -> None:
    """A fact that a script leaves out would silently not be measured."""
    for i, fact in enumerate(draft.model.facts):
        if fact.id not in asked:
            problem = f"the script never asks for fact '{fact.id}'; add {{probe: {fact.id}}}"
            draft.refuse(f"{problem} or take the fact out", "facts", i, "id")
        elif fact.kind == "update" and said[fact.id] == 1:
            problem = f"fact '{fact.id}' is an update, and the script says it once; plant it again"
            draft.refuse(f"{problem} or make it 'kind: recall'", "facts", i, "id")


def steps(draft: Draft) -> tuple[Step, ...]:
    """The script as the nouns have it."""
    known = {rule.id: rule for rule in rules(draft)}
    return tuple(_step(step, known) for step in draft.model.script or ())


def _step(
    step: TurnStep | PlantStep | FillerStep | ProbeStep | RuleStep | BoundaryStep,
    known: Mapping[str, Rule],
) -> Step:
    if isinstance(step, TurnStep):
        return Step(user=step.user, assistant=step.assistant, says=tuple(step.says or ()))
    if isinstance(step, PlantStep):
        return Step(plant=step.plant)
    if isinstance(step, ProbeStep):
        return Step(probe=step.probe)
    if isinstance(step, RuleStep):
        rule = known[step.rule]
        return Step(user=rule.say, assistant=rule.reply, rule=rule.id)
    if isinstance(step, BoundaryStep):
        return Step(new_session=tuple(step.new_session.carry))
    return Step(filler=step.filler.weight)
