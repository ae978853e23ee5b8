"""The same scenario under other system prompts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.core.errors import UsageError
from harness.scenarios import load
from harness.scenarios.identity import identity
from harness.scenarios.variants import under_prompts, with_prompt, without_prompt
from harness.sessions.materials import Materials, Workshop
from tests.support.command import SCENARIOS


@pytest.fixture(scope="module")
def scenario():
    return load(SCENARIOS / "brand-voice.yaml")


def test_a_variant_has_the_hash_of_a_file_with_that_prompt(scenario):
    other = with_prompt(scenario, "v2", "Be brief.")
    assert other.hash == identity(replace(scenario, system="Be brief.")) != scenario.hash
    assert (other.variant, other.name) == ("v2", scenario.name)


def test_scenarios_that_differ_in_the_prompt_only_are_the_same_without_it(scenario):
    other = with_prompt(scenario, "v2", "Be brief.")
    assert without_prompt(other).hash == without_prompt(scenario).hash
    fewer = replace(other, facts=other.facts[1:])
    assert without_prompt(fewer).hash != without_prompt(scenario).hash


def test_the_values_and_questions_of_a_seed_are_those_of_the_scenario(scenario):
    workshop = Workshop()
    mine = Materials(scenario, 3, workshop)
    other = Materials(with_prompt(scenario, "v2", "Be brief."), 3, workshop)
    assert other.values == mine.values
    assert [other.question(f.id) for f in scenario.facts] == [
        mine.question(f.id) for f in scenario.facts
    ]
    assert other.session_id == mine.session_id


def test_an_empty_prompt_leaves_no_system_message(scenario):
    assert Materials(with_prompt(scenario, "none", " \n"), 0, Workshop()).system == ()


def test_every_scenario_comes_under_every_prompt_and_its_own(scenario):
    found = under_prompts([scenario], {"v2": "Be brief.", "own": None})
    assert [(s.variant, s.system) for s in found] == [
        ("v2", "Be brief."),
        ("own", scenario.system),
    ]


def test_two_variants_of_one_text_are_refused(scenario):
    with pytest.raises(UsageError, match="'a' and 'b' give scenario 'brand-voice' the same"):
        under_prompts([scenario], {"a": "Be brief.", "b": "Be brief."})


def test_a_prompt_that_holds_a_value_is_refused(scenario):
    fact = next(fact for fact in scenario.facts if fact.values)
    value = fact.values[0].text
    with pytest.raises(UsageError, match=f"holds '.*', a value of fact '{fact.id}'"):
        with_prompt(scenario, "v2", f"The answer is {value}.")
