"""The nouns of a scenario file that has been checked, and the hash of what they say.

Its one rule: nothing is refused here. What reaches this file is right, and is only said otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.scenario import Expect, Fact, FillerSpec, Fills, Scenario, Value
from harness.scenarios import said_in
from harness.scenarios.identity import identity
from harness.scenarios.treatments import distractors, grown_script

if TYPE_CHECKING:
    from harness.scenarios.draft import Draft
    from harness.scenarios.questions import FileQuestions
    from harness.scenarios.schema import ScenarioModel
    from harness.scenarios.schema_facts import FactModel


def scenario_of(draft: Draft, asked: FileQuestions) -> Scenario:
    """The scenario that a file without problems holds.

    Args:
        draft: The file, checked.
        asked: Its questions.
    """
    from harness.scenarios.rules import rules
    from harness.scenarios.steps import steps

    model = draft.model
    facts = tuple(_fact(draft, i, fact, asked) for i, fact in enumerate(model.facts))
    levels = tuple(model.distractors.n) if model.distractors else ()
    haystacks = tuple(model.haystack or ())
    sessions = tuple(model.sessions or ())
    made = Scenario(
        name=model.name,
        path=draft.file,
        source=draft.source,
        system=model.system,
        facts=(*facts, *distractors(draft, facts)),
        questions=tuple(asked.questions.values()),
        filler=_filler(draft),
        layout="script" if model.script is not None else model.layout or "growing",
        fills=_fills(model),
        positions=tuple(float(position) for position in model.positions or ()),
        script=grown_script(steps(draft), sessions[0] if sessions else 0),
        sessions=sessions,
        rules=rules(draft),
        expect=Expect(
            recall_at_least=model.expect.recall_at_least,
            onset_at_least=model.expect.onset_at_least,
        ),
        sample=model.sample,
        language=model.language,
        distractors=levels,
        haystacks=haystacks,
        distracting=next(iter(levels), 0),
        haystack=next(iter(haystacks), "coherent"),
        synonyms=tuple(tuple(group) for group in model.synonyms or ()),
        hash="",
    )
    return replace(made, hash=identity(made))


def _fact(draft: Draft, i: int, fact: FactModel, asked: FileQuestions) -> Fact:
    from harness.scenarios.schema_facts import Generate

    generated = fact.values.generate if isinstance(fact.values, Generate) else None
    listed = () if isinstance(fact.values, Generate) else fact.values or ()
    return Fact(
        id=fact.id,
        say=tuple(fact.say or ()),
        reply=tuple(fact.reply or ()),
        amend=tuple(fact.amend or ()),
        values=tuple(Value(value.value, tuple(value.accept)) for value in listed),
        generate=generated,
        pick=asked.sayings[fact.id],
        # a script says how often each fact is said
        least=0 if draft.model.script else asked.least.get(fact.id, 0),
        said_in=said_in.places_said_in(fact),
        request=tuple(fact.request or ()),
        tool_result=said_in.tool_result(fact),
        tool_call=said_in.tool_call(fact),
        told=fact.id in draft.told(),
        where=draft.where("facts", i, "id"),
    )


def _filler(draft: Draft) -> FillerSpec:
    from harness.scenarios.checks import filler_path
    from harness.scenarios.schema import FileFillerModel

    filler, where = draft.model.filler, draft.where("filler")
    if isinstance(filler, FileFillerModel):
        file = str(filler_path(draft.file, filler))
        return FillerSpec(name="file", file=file, repeat=filler.repeat, where=where)
    return FillerSpec(name=filler.name, where=where)


def _fills(model: ScenarioModel) -> Fills:
    if isinstance(model.fills, list):
        return Fills(exact=tuple(float(fill) for fill in model.fills))
    return Fills(count=model.fills)
