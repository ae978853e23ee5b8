"""All that is refused before a call is made: options, plugs and scenarios that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import UsageError, nearest
from harness.core.memory_protocols import HasBudget
from harness.core.protocols import NamesWriter, SetsOptions
from harness.core.scenario import PLACEHOLDER
from harness.scenarios.values import check_seeds
from harness.scoring import scorers
from harness.scoring.rules import rules
from harness.sessions.memories import NOTHING, memories
from harness.sessions.policies import parts_of, policies, policy_name, reminding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.scenario import Scenario
    from harness.core.study import Study
    from harness.core.window import Window


def check_study(study: Study) -> None:
    """What can be told wrong before any work is done."""
    if study.seeds < 1 or study.repeats < 1:
        raise UsageError("--seeds and --repeats: expected at least 1")
    if study.first_seed < 0:
        raise UsageError(f"first_seed {study.first_seed}: expected at least 0")
    check_treatments(study)
    _check_facts(study)
    for scenario in study.scenarios:
        check_seeds(scenario, study.first_seed + study.seeds)
        for question in scenario.questions:
            scorers.check(question.score)
        for rule in scenario.rules:
            rules.check(rule.check)


def _check_facts(study: Study) -> None:
    """The facts that are to be asked are facts or questions of some scenario."""
    known = {fact.id for scenario in study.scenarios for fact in scenario.facts}
    known |= {asked.id for scenario in study.scenarios for asked in scenario.questions}
    for name in study.facts:
        if name not in known:
            raise UsageError(f"--facts '{name}': no scenario has it; {nearest(name, known)}")


def writers(study: Study) -> list[str]:
    """The models that write for a memory or a policy and are not under test."""
    plugs = [memories.resolve(memory) for memory in study.memories]
    named = [plug.writer for plug in (*plugs, *_policies(study)) if isinstance(plug, NamesWriter)]
    return [name for name in dict.fromkeys(named) if name is not None]


def _policies(study: Study) -> list[object]:
    return [one for policy in study.policies for one in parts_of(policies.resolve(policy))]


def has(plug: object, method: str, name: str) -> None:
    """A user's own plug is looked at before anything is paid for.

    Raises:
        UsageError: It lacks the method of its kind.
    """
    if not callable(getattr(plug, method, None)):
        raise UsageError(f"{name} has no method '{method}'; see harness.core.protocols")


def check_treatments(study: Study) -> None:
    """What can be told wrong of the treatments by themselves.

    Raises:
        UsageError: A plug does not load, is none, or has nothing to do in any scenario.
    """
    for policy in study.policies:
        has(policies.resolve(policy), "view", f"policy '{policy}'")
        policy_name(policy)  # a prompt that stands in a file is read
    for memory in study.memories:
        has(memories.resolve(memory), "open", f"memory '{memory}'")
    _check_apis(study)
    _check_boundaries(study)
    for scenario in study.scenarios:
        _check_reminders(study, scenario)
        _check_answers(study, scenario)


def _check_apis(study: Study) -> None:
    """A policy that the provider carries out is asked of models whose API can."""
    for policy in study.policies:
        plug = policies.resolve(policy)
        if not isinstance(plug, SetsOptions):
            continue
        for model in study.models:
            if model.partition("/")[0] not in plug.apis:
                names = " or ".join(f"{api}/NAME" for api in plug.apis)
                raise UsageError(
                    f"policy '{policy}' is carried out by the provider, and model '{model}' has no"
                    f" such API: ask it as {names}"
                )


def _check_boundaries(study: Study) -> None:
    """A memory has a boundary to carry something over."""
    asked = [memory for memory in study.memories if memory != NOTHING]
    if asked and not any(
        "memory" in carry for scenario in study.scenarios for carry in scenario.boundaries
    ):
        raise UsageError(
            f"memory '{asked[0]}' has nothing to do: no scenario has a step such as"
            " {new_session: {carry: [system, memory]}}"
        )


def _check_reminders(study: Study, scenario: Scenario) -> None:
    """A policy that says something again has something to say."""
    standing = (scenario.system or "").strip() or scenario.rules
    for policy in study.policies:
        if reminding(policies.resolve(policy)) is not None and not standing:
            raise UsageError(
                f"policy '{policy}' has nothing to say again: scenario '{scenario.name}' has"
                " neither a system prompt nor rules"
            )


def _check_answers(study: Study, scenario: Scenario) -> None:
    """Every turn has an answer, or the model gives one."""
    for number, step in enumerate(scenario.script, start=1):
        unanswered = step.user is not None and step.assistant is None and not step.calls
        if study.replies == "scripted" and unanswered:
            raise UsageError(
                f"{scenario.path}: step {number} of the script has no 'assistant': write the"
                " answer out, or run with --replies live"
            )
    if study.replies != "live":
        return
    for fact in scenario.facts:
        if "assistant" in fact.said_in:
            raise UsageError(
                f"{scenario.path}: fact '{fact.id}' is said by the assistant ('said_in'), and with"
                " --replies live the model answers in its place; run with --replies scripted"
            )
        if fact.say and not any(PLACEHOLDER in text for text in fact.say):
            raise UsageError(
                f"{scenario.path}: fact '{fact.id}' is said by the assistant's 'reply', and with"
                " --replies live the model answers in its place; run with --replies scripted"
            )


def check_windows(study: Study, windows: Sequence[Window]) -> None:
    """What a memory may give back fits the windows.

    Raises:
        UsageError: It does not.
    """
    for memory in study.memories:
        plug = memories.resolve(memory)
        budget = plug.budget if isinstance(plug, HasBudget) else None
        for window in windows:
            if budget is not None and budget > window.budget:
                raise UsageError(
                    f"memory '{memory}' may give back {budget} tokens, and a window of"
                    f" {window.limit} leaves {window.budget} for the whole prompt; use a smaller"
                    " budget or a larger -w"
                )
