"""Distractors and the order of filler as levels of a scenario: what changes, and what does not."""

from __future__ import annotations

import pytest

from harness.core.draws import Draws
from harness.core.errors import FileError
from harness.core.window import Window
from harness.scenarios import loads
from harness.scenarios.treatments import under_treatments
from harness.scenarios.values import draw_values
from harness.sessions.build import build
from harness.sessions.fillers import make_filler
from harness.sessions.fillers.conformance import check_filler
from harness.sessions.fillers.shuffled import BLOCK, ShuffledFiller
from harness.sessions.fillers.workday import Workday
from harness.sessions.layouts import blueprints, controls
from harness.sessions.materials import Materials, Workshop
from tests.support.command import harness

FILE = """\
schema: 1
name: doors
facts:
  - id: door
    say: "The code for the side door of the office is {value}."
    values: {generate: code}
    ask: "What is the code for the side door of the office?"
    distractors:
      near:
        - "The code for the garage of the office is {value}."
        - "The code for the cellar of the office is {value}."
      far: "The part number of the printer drum reads {value}."
  - id: venue
    say: "The summer party takes place at the {value}."
    values: [boathouse, planetarium, orangery, brickworks, velodrome, lido]
    ask: "At which place does the summer party take place?"
    distractors:
      near: "The winter party takes place at the {value}."
distractors: {n: [0, 1, 3]}
haystack: [coherent, shuffled]
fills: 8
"""
NEAR = ("The code for the garage", "The winter party", "The code for the cellar")


@pytest.fixture(scope="module")
def levels():
    made = under_treatments(loads(FILE, "doors.yaml"))
    return {scenario.variant: scenario for scenario in made}


@pytest.fixture(scope="module")
def workshop():
    return Workshop()


def sessions(scenario, workshop, seed=1):
    materials = Materials(scenario, seed, workshop)
    main = blueprints(materials, Window(limit=3000, reserve=100))
    return [(print_, build(print_, materials)) for print_ in main]


def texts(session):
    return [message.text for message in session.messages if message.role == "user"]


def test_every_level_of_every_axis_is_a_scenario_of_its_own(levels):
    assert list(levels) == [
        "distractors=0,haystack=coherent", "distractors=0,haystack=shuffled",
        "distractors=1,haystack=coherent", "distractors=1,haystack=shuffled",
        "distractors=3,haystack=coherent", "distractors=3,haystack=shuffled",
    ]  # fmt: skip
    assert len({scenario.hash for scenario in levels.values()}) == len(levels)


def test_an_axis_of_one_level_changes_no_name():
    one = FILE.replace("[0, 1, 3]", "3").replace("[coherent, shuffled]", "shuffled")
    (scenario,) = under_treatments(loads(one, "doors.yaml"))
    assert (scenario.variant, scenario.distracting, scenario.haystack) == ("", 3, "shuffled")


def test_a_scenario_without_an_axis_is_itself(small):
    scenario = loads(small, "small.yaml")
    assert under_treatments(scenario) == (scenario,)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_session_says_as_many_distractors_as_its_level(levels, workshop, number):
    scenario = levels[f"distractors={number},haystack=coherent"]
    *_, (_, trunk) = sessions(scenario, workshop)
    said = [sum(text.startswith(near) for text in texts(trunk)) for near in NEAR]
    assert said == [1] * number + [0] * (len(NEAR) - number)


def test_levels_share_values_lengths_questions_and_the_order_of_what_is_asked(levels, workshop):
    drawn = [draw_values(scenario, 1) for scenario in levels.values()]
    assert all(one == drawn[0] for one in drawn)
    known = []
    for scenario in levels.values():
        built = sessions(scenario, workshop)
        asked = [(cut.fill_requested, cut.ask) for print_, _ in built for cut in print_.cuts]
        order = [p.fact for _, session in built for p in session.plants if "~" not in p.fact]
        known.append((asked, order))
    assert [fill for fill, _ in known[0][0]] == [fill for fill, _ in known[-1][0]]
    assert all(order == known[0][1] for _, order in known)


def test_a_shuffled_haystack_has_the_same_turns_in_another_order():
    check_filler(ShuffledFiller(Workday()))

    def block(haystack):
        stream = make_filler(load_spec(), "en", haystack).turns(Draws("s", 1))
        return [next(stream).user for _ in range(BLOCK)]

    coherent, shuffled = block("coherent"), block("shuffled")
    assert sorted(coherent) == sorted(shuffled)
    assert coherent != shuffled


def load_spec():
    from harness.core.scenario import FillerSpec

    return FillerSpec()


def test_the_facts_alone_stand_with_their_distractors(levels, workshop):
    materials = Materials(levels["distractors=3,haystack=coherent"], 0, workshop)
    window = Window(limit=3000, reserve=100)
    arms = {one.arm: one for one in controls(materials, window, blueprints(materials, window))}
    assert len(arms["needle_only"].says) == 5


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[0, 1, 3]", "[0, 4]", "4 distractors are asked for, and the facts list 3 that are near"),
        ("{n: [0, 1, 3]}", "{n: 2, similarity: far}", "and the facts list 1 that are far; add"),
        ("[0, 1, 3]", "[1, 1]", "1 stands twice; take one out"),
        ("[coherent, shuffled]", "[coherent, coherent]", "coherent stands twice; take one out"),
        ("distractors: {n: [0, 1, 3]}\n", "", "nothing says how many of these are said; add"),
        ("drum reads {value}", "drum reads 12", "a distractor holds {value} exactly once"),
        ("The winter party", "The summer party", "this is a wording of the fact itself"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_treatment_is_told_where_it_stands(said, old, new, told):
    assert FILE.count(old) == 1
    assert any(told in one for one in said(FILE.replace(old, new)))


def test_a_script_says_what_stands_where_and_takes_no_distractors(said):
    script = FILE.replace("fills: 8", "script: [{plant: door}, {plant: venue}, {filler: 1}]")
    assert any("'distractors' and 'script' exclude each other" in one for one in said(script))


def test_a_run_compares_the_levels_by_their_name(tmp_path):
    few = FILE.replace("[boathouse, planetarium, orangery, brickworks, velodrome, lido]",
                       "{generate: name}").replace("[coherent, shuffled]", "coherent")  # fmt: skip
    (tmp_path / "doors.yaml").write_text(few.replace("[0, 1, 3]", "[0, 3]"))
    done = harness(
        "run", "doors.yaml", "-m", "reference/perfect", "-w", "1k", "--seeds", 6, "--fills",
        "0.2,0.6", "--no-controls", "--no-cache", "-q", "--out", "out", cwd=tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    (run,) = (tmp_path / "out").iterdir()
    found = harness("compare", run, "--by", "variant", cwd=tmp_path)
    assert found.code == 0, found.err
    assert "distractors=3 (B) against distractors=0 (A)" in " ".join(found.out.split())


CHAIN = """\
schema: 1
name: growing
system: You keep the keys of an office.
facts:
  - id: door
    say: "The code for the side door of the office is {value}."
    values: {generate: code}
    ask: "What is the code for the side door of the office?"
sessions: [3, 4, 9]
fills: [0.1]
script:
  - plant: door
  - new_session: {carry: [system, memory]}
  - user: Hello again.
    assistant: Hello.
  - filler: 1
  - new_session: {carry: [system, memory]}
  - probe: door
"""


def test_a_script_is_grown_by_sessions_of_filler_spread_between_its_own():
    levels = {one.variant: one for one in under_treatments(loads(CHAIN, "g.yaml"))}
    assert set(levels) == {"sessions=3", "sessions=4", "sessions=9"}
    assert len({one.hash for one in levels.values()}) == 3
    for number in (3, 4, 9):
        boundaries = levels[f"sessions={number}"].boundaries
        assert len(boundaries) == number - 1
        assert boundaries.count(("system", "memory")) == 2  # the others say and need nothing
    steps = levels["sessions=9"].script
    kinds = ["|" if s.new_session is not None else "." if s.idle else "x" for s in steps]
    assert "".join(kinds) == "x|.|.|.|xx|.|.|.|x"
    (alone,) = under_treatments(loads(CHAIN.replace("[3, 4, 9]", "[4]"), "g.yaml"))
    assert (alone.variant, alone.script) == ("", levels["sessions=4"].script)


def test_sessions_in_between_have_their_filler_and_what_was_said_stands_where_it_stood(workshop):
    made = {}
    for scenario in under_treatments(loads(CHAIN, "g.yaml")):
        materials = Materials(scenario, 0, workshop)
        (blueprint,) = blueprints(materials, Window(limit=4000, reserve=128))
        made[scenario.variant] = blueprint
    nine = made["sessions=9"]
    assert nine.number == 9
    idle = [one for one in nine.earlier[1:] if not one.says]
    assert len(idle) == 6
    assert all(one.carry == ("system",) and one.cuts[0].tokens > 300 for one in idle)
    assert nine.earlier[0].says == made["sessions=3"].earlier[0].says


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[3, 4, 9]", "[2]", "2 sessions are asked for, and the script has 3; ask for more"),
        ("[3, 4, 9]", "[4, 4]", "4 stands twice; take one out"),
        ("  - new_session: {carry: [system, memory]}\n", "", "there is nothing to grow"),
    ],
)
def test_sessions_that_a_script_cannot_have_are_refused(old, new, problem):
    with pytest.raises(FileError, match=problem):
        loads(CHAIN.replace(old, new), "g.yaml")
