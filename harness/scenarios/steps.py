"""The order of a script: nothing is asked before it was said, and nothing is said too often."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.errors import UsageError, nearest
from harness.core.scenario import PLACEHOLDER, Called, Step
from harness.kinds.answers import least_said
from harness.scenarios.rules import check_rule_step, rules
from harness.scenarios.schema_steps import (
    BoundaryStep,
    FillerStep,
    PlantStep,
    ProbeStep,
    RuleStep,
    TurnStep,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from harness.core.scenario import Question, Rule
    from harness.scenarios.draft import Draft
    from harness.scenarios.questions import FileQuestions
    from harness.scenarios.schema_facts import FactModel
    from harness.scenarios.schema_steps import CallModel


def check_script(draft: Draft, asked: FileQuestions) -> None:
    """Check the steps of a script against facts and questions, in their order."""
    if draft.model.script is None:
        return
    facts = {fact.id: fact for fact in draft.model.facts}
    said = dict.fromkeys(facts, 0)
    told = draft.told()
    put: set[str] = set()
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
                    _check_told(draft, (i, j), facts[name], asked)
                    # The turns that say a set say all of it between them.
                    said[name] += asked.sayings.get(name, 1)
            continue
        if isinstance(step, FillerStep | BoundaryStep):
            continue
        if isinstance(step, RuleStep):
            check_rule_step(draft, i, step.rule, given)
            continue
        if isinstance(step, ProbeStep):
            _check_probe(draft, i, step.probe, said, asked)
            put.add(step.probe)
        elif step.plant not in facts:
            problem = f"unknown fact '{step.plant}': {nearest(step.plant, facts)}"
            draft.refuse(problem, "script", i, "plant")
        else:
            _check_plant(draft, i, step.plant, said[step.plant], asked, told=step.plant in told)
            said[step.plant] += 1
    _check_unused(draft, said, put, asked)


def _calls(step: object) -> Sequence[CallModel]:
    """The tools that a step calls."""
    if not isinstance(step, TurnStep):
        return ()
    return (step.tool,) if step.tool is not None else step.calls or ()


def _asks_only(step: object) -> bool:
    """Whether a step says what the user says, and leaves all else to the next."""
    alone = isinstance(step, TurnStep) and step.user is not None and step.assistant is None
    return alone and not _calls(step)


def _goes_on(step: object) -> bool:
    """Whether a step is a tool and nothing else, and so belongs to the turn before it."""
    return isinstance(step, TurnStep) and step.tool is not None and step.user is None


def _check_turn(draft: Draft, i: int, step: TurnStep) -> None:
    before = draft.model.script[:i] if draft.model.script else []
    said = [one for one in before if not isinstance(one, ProbeStep)]
    if step.tool is not None and step.calls is not None:
        draft.refuse_key("'tool' and 'calls' say the same; take one out", "script", i, "tool")
    asked = bool(said) and _goes_on(step) and _asks_only(said[-1])
    if step.user is None and not asked and not (said and _calls(said[-1])):
        problem = "a turn without 'user' goes on after tools, and the step before calls none"
        draft.refuse(f"{problem}; say what the user says", "script", i)
    for key, text in (("user", step.user or ""), ("assistant", step.assistant or "")):
        if PLACEHOLDER in text:
            problem = "{value} is not filled in here; say facts with a {plant: id} step"
            draft.refuse(problem, "script", i, key)


def _check_told(draft: Draft, at: tuple[int, int], fact: FactModel, asked: FileQuestions) -> None:
    """A fact in the words of a turn has the values that the turns give, and no words of its own."""
    i, j = at
    problem = None
    need = asked.sayings.get(fact.id, 1)
    given = len(fact.values) if isinstance(fact.values, list) else 0
    if need != 1 and not asked.most.get(fact.id):
        kinds = asked.kinds_about(fact.id)
        problem = f"fact '{fact.id}' is of kind {kinds}, and a turn can only say a recall fact"
        problem += " or a set"
    elif fact.say is not None:
        problem = f"fact '{fact.id}' has a 'say' of its own; plant it, or take its 'say' out"
    elif need == 1 and given != 1:
        problem = f"fact '{fact.id}' needs exactly one value: the answer that this turn gives"
    elif given != need:
        problem = f"fact '{fact.id}' has {given} values and 'pick: {need}'; turns say a set"
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


def _check_plant(
    draft: Draft, i: int, fact: str, before: int, asked: FileQuestions, *, told: bool
) -> None:
    """A fact is said as often as its questions need: an update twice, a set once an item."""
    problem = None
    sayings, kinds = asked.sayings.get(fact, before + 1), asked.kinds_about(fact)
    if not sayings:
        problem = f"fact '{fact}' is of kind {kinds}: it is never said; take the step out"
    elif told:
        problem = f"fact '{fact}' is said by a turn ('says'); take the step out"
    elif before >= sayings:
        times = {1: "once", 2: "twice"}.get(sayings, f"{sayings} times")
        problem = f"fact '{fact}' is of kind {kinds}: it is said {times}; take the step out"
        if sayings == 1:
            problem += ", or make it 'kind: update'"
    if problem:
        draft.refuse(problem, "script", i, "plant")


def _check_probe(
    draft: Draft, i: int, name: str, said: Mapping[str, int], asked: FileQuestions
) -> None:
    """What is asked was said as far as a right answer needs it: a set in full, others once."""
    question = asked.questions.get(name)
    if question is None:
        if not _is_written(draft, name):
            problem = _unknown_question(draft, name, asked)
            draft.refuse(problem, "script", i, "probe")
        return
    for fact, need in _needs(question, asked).items():
        if said[fact] < need:
            have = f"{said[fact]} of its {need} values were said"
            have = have if said[fact] else "it was not said yet"
            problem = f"fact '{fact}' is asked here, but {have}; plant it before"
            draft.refuse(problem, "script", i, "probe")


def _unknown_question(draft: Draft, name: str, asked: FileQuestions) -> str:
    """What is wrong with the name of a question that there is none of."""
    if any(fact.id == name for fact in draft.model.facts):
        return f"fact '{name}' has no question of its own; add 'ask' to it, or probe for another"
    what = "question" if draft.model.questions else "fact"
    return f"unknown {what} '{name}': {nearest(name, asked.questions)}"


def _is_written(draft: Draft, name: str) -> bool:
    """Whether there is such a question in the file, be it wrong in another way."""
    short = any(fact.id == name and fact.ask is not None for fact in draft.model.facts)
    return short or any(question.id == name for question in draft.model.questions or ())


def _needs(question: Question, asked: FileQuestions) -> dict[str, int]:
    """How often each fact has to be said first; nothing where the kind fails, which is told."""
    try:
        return least_said(question, asked.sayings)
    except UsageError:
        return {}


def _check_unused(
    draft: Draft, said: Mapping[str, int], put: Collection[str], asked: FileQuestions
) -> None:
    """A question that a script leaves out would silently not be measured."""
    for i, fact in enumerate(draft.model.facts):
        if fact.ask is not None and fact.id not in put:
            problem = f"the script never asks for fact '{fact.id}'; add {{probe: {fact.id}}}"
            draft.refuse(f"{problem} or take the fact out", "facts", i, "id")
        elif 0 < said[fact.id] < asked.sayings.get(fact.id, 0):
            _refuse_rest(draft, i, said[fact.id], asked)
    for i, question in enumerate(draft.model.questions or ()):
        if question.id not in put:
            problem = f"the script never asks question '{question.id}'; add"
            draft.refuse(f"{problem} {{probe: {question.id}}} or take it out", "questions", i, "id")


def _refuse_rest(draft: Draft, i: int, said: int, asked: FileQuestions) -> None:
    """A fact that is said more seldom than its questions need, unless they were refused for it."""
    fact = draft.model.facts[i].id
    short = [one for one in asked.about(fact) if _needs(one, asked).get(fact, 0) > said]
    if short:
        return
    kinds = asked.kinds_about(fact)
    times = {1: "once", 2: "twice"}.get(said, f"{said} times")
    problem = f"fact '{fact}' is an {kinds}, and the script says it {times}; plant it again"
    draft.refuse(f"{problem} or make it 'kind: recall'", "facts", i, "id")


def steps(draft: Draft) -> tuple[Step, ...]:
    """The script as the nouns have it."""
    known = {rule.id: rule for rule in rules(draft)}
    found: list[Step] = []
    script = draft.model.script or []
    for before, step in zip([None, *script], script, strict=False):
        made = _step(step, known)
        if _goes_on(step) and _asks_only(before):
            asked = found.pop()
            made = replace(made, user=asked.user, says=(*asked.says, *made.says))
        found.append(made)
    return tuple(found)


def _step(
    step: TurnStep | PlantStep | FillerStep | ProbeStep | RuleStep | BoundaryStep,
    known: Mapping[str, Rule],
) -> Step:
    if isinstance(step, TurnStep):
        called = [Called(name=c.name, arguments=c.arguments, result=c.result) for c in _calls(step)]
        return Step(
            user=step.user,
            assistant=step.assistant,
            calls=tuple(called),
            says=tuple(step.says or ()),
        )
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
