"""The same scenario under another system prompt.

Its one rule: only the prompt changes. Facts, values, wordings, filler and order stay those of the
seed, so that trials of two variants pair.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.errors import UsageError
from harness.core.text import words
from harness.scenarios.clashes import parts
from harness.scenarios.identity import identity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Scenario


def with_prompt(scenario: Scenario, variant: str, system: str) -> Scenario:
    """The scenario under another system prompt; its hash is that of a file with this prompt.

    Args:
        scenario: As it was read.
        variant: What records call it.
        system: The prompt; nothing but space means no system message.

    Raises:
        UsageError: The prompt holds a value of a fact, so that finding it would prove nothing.
    """
    _check(scenario, variant, system)
    changed = replace(scenario, system=system if system.strip() else None, variant=variant)
    return replace(changed, hash=identity(changed))


def without_prompt(scenario: Scenario) -> Scenario:
    """The scenario without its system prompt: two files of one `hash` here differ in nothing else.

    It is for comparing identities and never run.
    """
    bare = replace(scenario, system=None, variant="")
    return replace(bare, hash=identity(bare))


def under_prompts(
    scenarios: Sequence[Scenario], prompts: Mapping[str, str | None]
) -> tuple[Scenario, ...]:
    """Every scenario under every prompt; None stands for the scenario's own.

    Raises:
        UsageError: A prompt holds a value, or two variants of a scenario are the same.
    """
    found: list[Scenario] = []
    for scenario in scenarios:
        names: dict[str, str] = {}
        for name, text in prompts.items():
            made = with_prompt(scenario, name, (scenario.system or "") if text is None else text)
            twin = names.setdefault(made.hash, name)
            if twin != name:
                raise UsageError(
                    f"variants '{twin}' and '{name}' give scenario '{scenario.name}' the same"
                    " system prompt: nothing to compare; leave one out"
                )
            found.append(made)
    return tuple(found)


def _check(scenario: Scenario, variant: str, system: str) -> None:
    """What a file's own prompt is checked for when it is read."""
    owners = {
        words(text, scenario.language): (fact.id, text)
        for fact in scenario.facts
        for value in fact.values
        for text in value.spellings
    }
    longest = max((len(form) for form in owners), default=0)
    for part in parts(words(system, scenario.language), longest):
        if part in owners:
            fact, text = owners[part]
            raise UsageError(
                f"the system prompt of variant '{variant}' holds '{text}', a value of fact"
                f" '{fact}' in {scenario.path}: finding it would prove nothing; change one"
            )
