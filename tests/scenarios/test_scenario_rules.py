from __future__ import annotations

import pytest

from harness.core.scenario import Step
from harness.core.spec import Spec
from harness.scenarios import load
from harness.scenarios.rules import OPTION
from harness.scoring.rules import rules
from harness.sessions.materials import Materials, Workshop

KNOWN = {"known_rules": rules.names()}

RULES = """\
rules:
  - id: short
    say: "Never write more than 15 words in a sentence."
    reply: "Short it is."
    check: {max_sentence_words: 15}
  - id: opening
    say: "Start every reply with 'Aye.'"
    check: {starts_with: "Aye."}
  - id: words
    say: "Never use the words leverage and utilise."
    check: {must_not_include: [leverage, utilise]}
  - id: plain
    say: "No lists, please."
    check: no_list
"""


def test_rules_become_checks_with_their_options(write, small):
    scenario = load(write(small + RULES), **KNOWN)
    assert [(rule.id, rule.check) for rule in scenario.rules] == [
        ("short", Spec("max_sentence_words", (("most", "15"),))),
        ("opening", Spec("starts_with", (("text", "Aye."),))),
        ("words", Spec("must_not_include", (("phrases", "leverage\nutilise"),))),
        ("plain", Spec("no_list")),
    ]
    for rule in scenario.rules:
        assert rules.resolve(str(rule.check)) == rules.resolve(rule.check)


def test_the_unnamed_option_of_a_check_is_its_first(small):
    for name, option in OPTION.items():
        value = {"most": "3", "code": "en"}.get(option, "x")
        rule = rules.resolve(Spec(name, ((option, value),)))
        assert next(iter(rule.__dataclass_fields__)) == option


def test_a_rule_that_no_step_gives_is_part_of_the_system_prompt(write, small):
    scenario = load(write(small + "system: Be kind.\n" + RULES), **KNOWN)
    (system,) = Materials(scenario, 0, Workshop()).system
    assert system.text.splitlines() == ["Be kind.", *(rule.say for rule in scenario.rules)]


def test_a_step_gives_a_rule_in_its_own_words(write, small):
    script = "script: [{plant: tone}, {rule: short}, {rule: plain}, {probe: tone}]\n"
    scenario = load(write(small + RULES + script), **KNOWN)
    said = "Never write more than 15 words in a sentence."
    assert scenario.script[1] == Step(user=said, assistant="Short it is.", rule="short")
    assert scenario.script[2].assistant == "Understood."
    assert [rule.id for rule in scenario.opening_rules] == ["opening", "words"]


def test_rules_change_the_identity_of_a_scenario_and_comments_do_not(write, small):
    plain = load(write(small)).hash
    ruled = load(write(small + RULES)).hash
    other = load(write(small + RULES.replace("15}", "16}"))).hash
    moved = load(write(small + "# a comment\n" + RULES)).hash
    assert len({plain, ruled, other}) == 3
    assert moved == ruled


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("id: tone", "9:9: 'tone' is the id of a fact already (line 4); rename one of them"),
        (
            "say: 'At most {value} words.'",
            (
                "10:10: {value} is not filled in here: a rule is the same for every seed; "
                "write it out"
            ),
        ),
        (
            "check: {max_words: 5, starts_with: Aye}",
            (
                "11:12: a rule has exactly one check, and this one has max_words and starts_with; "
                "write a rule for each"
            ),
        ),
        (
            "check: {}",
            "11:12: a rule has exactly one check, and this one has none; write a rule for each",
        ),
        (
            "check: {regex: '('}",
            (
                "11:20: '(' is no regular expression: missing ), unterminated subpattern at "
                "position 0; mend it"
            ),
        ),
        (
            "check: no_lists",
            (
                "11:12: unknown check 'no_lists': did you mean 'no_list'? "
                "(or give package.module:Name)"
            ),
        ),
        ("check: '?x=1'", "11:12: check: '?x=1' names nothing; expected name or name?option=value"),
        (
            "check: max_words",
            "11:12: 'max_words' needs to know more; write {max_words: ...}",
        ),
        ("check: {max_word: 5}", "11:13: unknown key 'max_word': did you mean 'max_words'?"),
        ("check: {max_words: 0}", "11:24: got '0', expected at least 1"),
        (
            "check: 5",
            "11:12: got '5', which YAML reads as a number; expected text: put it in quotes",
        ),
    ],
)
def test_a_wrong_rule_is_refused_at_its_place(small, said, rule, problem):
    keys = {"id": "id: short", "say": "say: 'Be brief.'", "check": "check: no_list"}
    keys[rule.partition(":")[0]] = rule
    text = f"{small}rules:\n  - {keys['id']}\n    {keys['say']}\n    {keys['check']}\n"
    assert said(text, **KNOWN) == [problem]


def test_two_rules_of_one_id_are_refused(small, said):
    text = small + RULES.replace("id: plain", "id: short")
    assert said(text) == ["19:9: 'short' is the id of a rule already (line 9); rename one of them"]


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("{rule: shorts}", "22:32: unknown rule 'shorts': did you mean 'short'?"),
        (
            "{rule: short}, {rule: short}",
            (
                "22:47: rule 'short' is given already in line 22: a rule is given once; "
                "take the step out"
            ),
        ),
    ],
)
def test_a_step_gives_a_rule_that_there_is_and_once(small, said, script, problem):
    text = f"{small}{RULES}script: [{{plant: tone}}, {script}, {{probe: tone}}]\n"
    assert said(text) == [problem]


def test_a_step_of_a_file_without_rules_says_where_they_go(small, said):
    text = f"{small}script: [{{plant: tone}}, {{rule: short}}, {{probe: tone}}]\n"
    assert said(text) == ["8:32: unknown rule 'short': add it under 'rules'"]


def test_a_rule_that_holds_a_value_is_refused(small, said):
    text = small + RULES.replace("No lists, please.", "Sound dry, please.")
    (problem,) = said(text)
    assert "'dry' also stands in 'say' of rule 'plain' (line 20)" in problem
