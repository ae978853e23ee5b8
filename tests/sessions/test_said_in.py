"""Facts that the assistant or a tool says, in every layout."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from harness.core.errors import FileError
from harness.core.scenario import Fills
from harness.core.window import Window
from harness.scenarios import load
from harness.sessions.build import build
from harness.sessions.layouts import blueprints
from harness.sessions.materials import Materials, Workshop
from tests.support.small import small

WORKSHOP = Workshop()
TOOLS = """
    said_in: [user, assistant, tool_result, tool_call]
    request: Look it up, please.
    tool_result: {name: read_file, arguments: {path: door.md}, result: 'Side door: code {value}.'}
    tool_call: {name: save, arguments: {note: 'The side door has {value}.'}}
filler: agent-work
"""


def scenario(tmp_path, more=TOOLS, **changes):
    head, _, rest = more.strip("\n").partition("\nfiller")
    ask = 'ask: "What is the code for the side door? Reply with the code only."'
    changes |= {
        ask: f"{ask}\n{head}",
        "fills: [": f"filler{rest}\nfills: [" if rest else "fills: [",
    }
    return small(tmp_path, **changes)


def sessions(path, seeds, limit=6_000, **layout):
    found = load(str(path))
    for seed in range(seeds):
        materials = Materials(found, seed, WORKSHOP)
        for blueprint in blueprints(materials, Window(limit, 128), Fills(count=4), ()):
            yield materials, build(blueprint, materials)


@pytest.mark.parametrize("layout", ["growing", "grid"])
def test_seeds_take_turns_in_where_a_fact_is_said(tmp_path, layout):
    path = scenario(tmp_path, **{"fills: [": f"layout: {layout}\nfills: ["})
    places = Counter()
    for materials, session in sessions(path, 4):
        for plant in session.plants:
            message = session.messages[plant.message]
            assert plant.value.text in message.text
            if plant.fact == "door":
                told = {"user": "user", "tool": "tool_result"}.get(message.role)
                told = told or ("tool_call" if message.calls else "assistant")
                assert told == materials.said_in("door", 0)
                places[told, session.seed] += 1
                said = [i for i, m in enumerate(session.messages) if plant.value.text in m.text]
                assert said == [plant.message]
    assert {place for place, _ in places} == {"user", "assistant", "tool_result", "tool_call"}
    assert len(places) == 4  # one place a seed


def test_a_value_stands_in_a_call_as_json_holds_it(tmp_path):
    listed = ['say "no"', "tab\there", "größer als je", "back\\slash"]
    path = scenario(tmp_path, **{"values: {generate: code}": f"values: {json.dumps(listed)}"})
    for materials, session in sessions(path, 4):
        for plant in session.plants:
            message = session.messages[plant.message]
            if plant.fact == "door" and materials.said_in("door", 0) == "tool_call":
                call = message.calls[0]
                assert json.loads(call.arguments) == {
                    "note": f"The side door has {plant.value.text}."
                }


def test_without_tools_of_its_own_a_fact_stands_in_a_file(tmp_path):
    path = scenario(tmp_path, "    said_in: [tool_result, tool_call]")
    calls = {}
    for materials, session in sessions(path, 2):
        at = next(p.message for p in session.plants if p.fact == "door")
        place = materials.said_in("door", 0)
        call = session.messages[at if place == "tool_call" else at - 1].calls[0]
        calls[place] = call
    assert calls["tool_result"].name == "read_file"
    assert json.loads(calls["tool_result"].arguments) == {"path": "notes/door.md"}
    assert calls["tool_call"].name == "write_file"
    assert json.loads(calls["tool_call"].arguments)["text"].startswith("The code for the side")


def test_law_1_holds_where_long_outputs_are_cut_to_fit(tmp_path):
    for _, session in sessions(scenario(tmp_path), 3, limit=9_000):
        for cut in session.cuts:
            assert 0 <= cut.asked_tokens - cut.tokens < 12
            short = sum(len(m.text) < 400 and m.role == "user" for m in session.messages)
            assert short < 60  # and not filled with small talk


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("    said_in: [user, user]", "'user' stands twice in 'said_in'; take one out"),
        (
            "    said_in: user\n    tool_call: {}",
            "'said_in' does not name tool_call, so this tool would never be used",
        ),
        ("    request: Go on.", "'request' stands before what the assistant or a tool says"),
        (
            "    said_in: assistant\n    request: 'Is it {value}?'",
            "'request' holds {value}, so the user would say it",
        ),
        (
            "    said_in: assistant\n    reply: 'It is {value}.'",
            "'reply' holds {value}, and 'said_in' says where the value is said",
        ),
        (
            "    tool_result: {arguments: {door: '{value}'}}",
            "the arguments hold {value}, so the call would say it, and not the result",
        ),
        (
            "    tool_result: {result: nothing here}",
            "'result' holds {value} nowhere; it must stand there exactly once",
        ),
        (
            "    tool_call: {arguments: {a: '{value}', b: '{value}'}}",
            "'arguments' holds {value} twice; it must stand there exactly once",
        ),
        (
            "    tool_call: {arguments: {a: '{value}'}, result: 'Wrote {value}.'}",
            "the result holds {value}, which the arguments say already; take it out",
        ),
        (
            "    tool_result: {arguments: door.md}",
            "the arguments are no JSON object; expected keys and values, as {path: a.md}",
        ),
        ("    said_in: nobody", "'nobody'"),
    ],
)
def test_what_would_say_it_twice_or_never_is_refused(tmp_path, more, problem):
    with pytest.raises(FileError) as caught:
        load(str(scenario(tmp_path, more)))
    assert problem in str(caught.value)
