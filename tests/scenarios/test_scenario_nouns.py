"""Files become nouns, and the nouns have an identity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.core.errors import Where
from harness.core.scenario import Expect, Fact, FillerSpec, Fills, Question, Step, Value
from harness.core.spec import Spec
from harness.scenarios import load

if TYPE_CHECKING:
    from pathlib import Path

FULL = """\
schema: 1
name: full
system: |
  Be brief.
facts:
  - id: tone
    say: "Sound {value}."
    values: [dry, {value: matter-of-fact, accept: down to earth}]
    ask: ["How to sound?", "Which sound?"]
  - id: limit
    kind: update
    say: "At most {value} words."
    amend: "No, {value} words."
    reply: ["Fine.", "Yes, {value}."]
    values: {generate: number}
    ask: "How many words?"
    score: number?tolerance=0.5
  - id: rules
    kind: set
    say: "Never say {value}."
    values: {generate: word}
    ask: "What are all the things never to say?"
  - id: budget
    kind: abstain
    ask: "What is the budget?"
filler: {file: chats.jsonl, repeat: true}
layout: grid
fills: [0.5, 1.2]
positions: [0, 0.5]
expect: {recall_at_least: 0.9, onset_at_least: 0.75}
"""


@pytest.fixture
def full(write, tmp_path) -> Path:
    (tmp_path / "chats.jsonl").touch()
    return write(FULL, "full.yaml")


def test_a_file_becomes_the_nouns(full):
    scenario = load(full)
    file = str(full)
    tone, limit, rules, budget = scenario.facts
    assert (scenario.name, scenario.system, scenario.layout) == ("full", "Be brief.", "grid")
    assert (scenario.path, scenario.source) == (file, FULL)
    assert scenario.fills == Fills(exact=(0.5, 1.2))
    assert scenario.positions == (0.0, 0.5)
    assert scenario.expect == Expect(recall_at_least=0.9, onset_at_least=0.75)
    chats = str(full.parent / "chats.jsonl")
    assert scenario.filler == FillerSpec(name="file", file=chats, repeat=True)
    assert scenario.filler.where == Where(file=file, line=26, column=9)
    assert tone == Fact(
        id="tone",
        say=("Sound {value}.",),
        values=(Value("dry"), Value("matter-of-fact", ("down to earth",))),
    )
    assert scenario.questions[0] == Question(
        id="tone", about=("tone",), ask=("How to sound?", "Which sound?")
    )
    asked = [(one.id, one.kind.name, one.about, one.score) for one in scenario.questions]
    assert asked[1:] == [
        ("limit", "update", ("limit",), Spec("number", (("tolerance", "0.5"),))),
        ("rules", "set", ("rules",), Spec("set")),
        ("budget", "abstain", ("budget",), Spec("abstain")),
    ]
    assert tone.where == Where(file=file, line=6, column=9)
    assert (limit.pick, limit.generate) == (2, "number")
    assert limit.amend == ("No, {value} words.",)
    assert limit.reply == ("Fine.", "Yes, {value}.")
    assert (rules.pick, budget.pick) == (3, 0)


def test_what_is_left_out_has_its_default(small, write):
    scenario = load(write(small))
    assert scenario.system is None
    assert scenario.filler == FillerSpec()
    assert (scenario.layout, scenario.fills) == ("growing", Fills(count=12))
    assert (scenario.positions, scenario.script, scenario.expect) == ((), (), Expect())


def test_a_script_is_its_own_layout(small, write):
    steps = "[{user: a, assistant: b}, {plant: tone}, {filler: {weight: 2}}, {probe: tone}]"
    scenario = load(write(f"{small}script: {steps}\n"))
    assert scenario.layout == "script"
    assert scenario.script == (
        Step(user="a", assistant="b"),
        Step(plant="tone"),
        Step(filler=2.0),
        Step(probe="tone"),
    )


def test_the_hash_is_of_the_content_and_not_of_its_looks(small, write):
    plain = load(write(small)).hash
    assert load(write(small, "folder/y.yml")).hash == plain
    assert (
        load(write("# why\n" + small.replace("[dry, tender]", "['dry',   tender]"))).hash == plain
    )
    assert load(write(small + "layout: growing\nfills: 12\nfiller: workday\n")).hash == plain
    assert load(write(small.replace("\n", "\r\n"))).hash == plain
    assert load(write("\ufeff" + small)).hash == plain


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("small", "little"),
        ("dry", "arid"),
        ("tender", "{value: tender, accept: soft}"),
        ("sound {value}", "be {value}"),
        ("How should", "How must"),
        ("    ask:", "    score: exact\n    ask:"),
        ("facts:", "fills: 16\nfacts:"),
        ("facts:", "layout: grid\nfacts:"),
        ("facts:", "filler: chatter\nfacts:"),
        ("facts:", "system: Hello.\nfacts:"),
        ("facts:", "positions: [0.5]\nfacts:"),
    ],
)
def test_the_hash_changes_with_what_is_said_asked_or_right(small, write, old, new):
    before = load(write(small))
    assert load(write(small.replace(old, new, 1))).hash != before.hash


def test_neither_the_gate_nor_the_path_of_the_filler_is_part_of_the_hash(full, write):
    before = load(full)
    write("", "moved.jsonl")
    after = load(write(FULL.replace("chats", "moved").replace("0.75", "0.5")))
    assert after.expect != before.expect
    assert after.hash == before.hash
    assert load(write(FULL.replace("repeat: true", "repeat: false"))).hash != before.hash


def test_scenarios_from_two_paths_differ_in_path_alone(small, write):
    one, two = load(write(small)), load(write(small, "y.yaml"))
    assert replace(one, path="") == replace(two, path="")
