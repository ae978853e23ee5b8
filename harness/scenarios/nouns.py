"""The nouns of a scenario file that has been checked, and the hash of what they say.

Its one rule: nothing is refused here. What reaches this file is right, and is only said otherwise.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from harness.core.draws import digest
from harness.core.scenario import Expect, Fact, FillerSpec, Fills, Scenario, Value
from harness.scenarios.treatments import distractors

if TYPE_CHECKING:
    from harness.scenarios.checks import Draft
    from harness.scenarios.questions import FileQuestions
    from harness.scenarios.schema import FactModel, ScenarioModel


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
        script=steps(draft),
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


def identity(scenario: Scenario) -> str:
    """Hash of what is said, asked and held to be right.

    Places, comments and the name of the filler's file are left out (the filler hashes its own
    content), and so is `expect`: a gate that moves must not make every call be paid again.
    """
    content = asdict(scenario)
    # which levels a run compares is no part of what one of them says
    for key in ("path", "source", "expect", "hash", "variant", "distractors", "haystacks"):
        del content[key]
    for part in (
        content["filler"], *content["facts"], *content["questions"], *content["rules"]
    ):  # fmt: skip
        del part["where"]
    _put_under_facts(content)
    if not content["rules"]:  # files of before there were rules keep their hash
        del content["rules"]
        for step in content["script"]:
            del step["rule"]
    # What a file does not use leaves the hash that it had before there was such a thing.
    content["language"] = content["language"].removeprefix("en")
    content["haystack"] = content["haystack"].removeprefix("coherent")
    content["sample"] = content["sample"].removeprefix("sessions")
    unused = (
        ([content], "distracting"), ([content], "haystack"), (content["facts"], "like"),
        (content["facts"], "rank"), ([content], "sample"),
        ([content], "language"), ([content], "synonyms"), (content["facts"], "told"),
        (content["facts"], "least"), (content["script"], "says"), (content["script"], "calls"),
    )  # fmt: skip
    for part, key in unused:
        for one in part:
            if not one[key]:
                del one[key]
    del content["filler"]["file"]
    for step in content["script"]:
        if step["new_session"] is None:  # scripts without boundaries keep the hash they had
            del step["new_session"]
    return digest(content)


def _put_under_facts(content: dict[str, Any]) -> None:
    """Each question that stands under a fact, as part of that fact: so it is written.

    What such a file says is the same as before there were questions of their own, and so is its
    hash.
    """
    questions = {question["id"]: question for question in content["questions"]}
    for question in questions.values():
        # a built-in kind is its name; a kind with options is all of them
        name, options = question["kind"]["name"], question["kind"]["options"]
        question["kind"] = [name, options] if options else name
    for fact in content["facts"]:
        own = questions.pop(fact["id"], None)
        if own is not None:
            fact |= {key: own[key] for key in ("kind", "ask", "score")}
    if questions:
        content["questions"] = list(questions.values())
    else:
        del content["questions"]


def _fact(draft: Draft, i: int, fact: FactModel, asked: FileQuestions) -> Fact:
    from harness.scenarios.schema import Generate

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
