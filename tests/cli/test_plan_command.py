from __future__ import annotations

import re

import pytest

from tests.support.command import SCENARIOS, harness
from tests.test_imports import imported

VOICE = SCENARIOS / "brand-voice.yaml"
PLAN = ("plan", VOICE, "-m", "reference/perfect", "-w", "8k", "--seeds", 3)
NEVER_SAID = """\
schema: 1
name: never-said
facts:
  - id: price
    kind: abstain
    ask: "What did the print run cost?"
"""


def words(result):
    assert result.code == 0, result.err
    return " ".join(result.out.split())


def seeds(text):
    return int(re.search(r"takes (?:about )?(\d+) seeds", text)[1])


def test_a_plan_says_trials_tokens_and_cost_and_sends_nothing():
    text = words(harness(*PLAN))
    assert "reference/perfect 8,000" in text
    assert "nothing was sent" in text
    assert "seeds" not in text


def test_rules_that_no_scripted_reply_can_break_are_said_not_to_be_checked():
    rules = SCENARIOS / "house-rules.yaml"
    told = "note: the rules of house-rules are not checked"
    asked = ("plan", rules, "-m", "reference/perfect", "-w", "8k", "--seeds", 1)
    scripted = harness(*asked)
    assert scripted.code == 0
    assert told in scripted.err
    assert "--replies live" in scripted.err
    assert told not in harness(*asked, "--replies", "live").err
    assert told not in harness("plan", SCENARIOS / "needle.yaml", *asked[2:]).err


def test_a_smaller_drop_and_more_power_take_more_seeds():
    text = words(harness(*PLAN, "--detect", 0.05))
    assert "To find a drop of 5 points between two models or prompts takes" in text
    assert "(power 0.8, one-sided error 0.05, if 12 % of the answers differ)" in text
    assert re.search(r"window 8,000, layout growing: \d+ scored probes a seed", text)
    assert "this plan has 3 seeds" in text
    assert seeds(words(harness(*PLAN, "--detect", 0.02))) > seeds(text)
    assert seeds(words(harness(*PLAN, "--detect", 0.05, "--power", 0.95))) > seeds(text)


def test_a_drop_above_the_usual_share_of_differences_says_the_share_it_takes():
    assert "if 30 % of the answers differ" in words(harness(*PLAN, "--detect", 0.3))


def test_the_half_width_of_an_onset_names_the_probes_of_this_plan():
    text = words(harness(*PLAN, "--half-width", 0.03))
    (probes,) = re.findall(r"(\d+) scored probes a seed", text)
    assert "An onset to within 3 % of the window takes about" in text
    assert f"seeds of {probes} probes" in text
    wide = words(harness(*PLAN, "--half-width", 0.1))
    assert seeds(wide) < seeds(text)


def test_more_models_and_seeds_change_nothing_and_each_window_counts_for_itself():
    more = ("plan", VOICE, "-m", "reference/perfect,reference/fading", "--seeds", 6)
    text = words(harness(*more, "-w", "8k,16k", "--detect", 0.05))
    assert len(re.findall("To find a drop", text)) == 2
    alone = words(harness(*PLAN, "--detect", 0.05))
    assert abs(seeds(text) - seeds(alone)) <= 1


def test_two_scenarios_give_each_seed_two_sessions():
    other = SCENARIOS / "spec-review.yaml"
    one = seeds(words(harness(*PLAN, "--detect", 0.05)))
    two = seeds(words(harness(*PLAN, other, "--detect", 0.05)))
    assert two <= 0.75 * one


def test_a_plan_without_these_questions_never_imports_scipy():
    assert "scipy" not in imported("plan", str(VOICE), "-m", "reference/perfect", "-w", "4k")


def test_a_plan_that_asks_for_nothing_said_cannot_find_a_drop(tmp_path):
    file = tmp_path / "never.yaml"
    file.write_text(NEVER_SAID, encoding="utf-8")
    result = harness("plan", file, "-m", "reference/perfect", "-w", "4k", "--detect", 0.05)
    assert result.code == 5
    assert "no probe of this plan asks for something that was said" in result.err


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--detect", 5, "'--detect': 5.0 is not in the range 0<x<1"),
        ("--power", 1, "'--power': 1.0 is not in the range 0<x<1"),
        ("--half-width", 0.5, "'--half-width': 0.5 is not in the range 0<x<0.5"),
    ],
)
def test_a_share_that_is_none_is_refused(option, value, message):
    result = harness(*PLAN, option, value)
    assert result.code == 4
    assert message in result.err
