"""Turns of a script that call tools: what may be written, and what is sent of them."""

from __future__ import annotations

import pytest

from harness.core.messages import Message, unpaired
from harness.core.parts import TextPart, ToolCall, ToolResult
from harness.core.transcript import Transcript
from harness.core.window import Window
from harness.scenarios import load
from harness.scenarios.importers.turns import exchanges
from harness.sessions.build import build
from harness.sessions.layouts import blueprints, controls
from harness.sessions.materials import Materials, Workshop

SCRIPT = """\
schema: 1
name: tools
sample: questions
facts:
  - id: state
    values: [packed]
    ask: "In which state is order 61?"
script:
  - {user: "Hello.", assistant: "Hello."}
  - user: "Where is order 61?"
    assistant: "Let me look."
    calls:
      - {name: find, arguments: '{"order": 61}', result: "on the way"}
      - {name: ping, result: ""}
  - calls: [{name: find_again, result: "it is packed"}]
    says: state
  - {probe: state}
  - {assistant: "It leaves today."}
  - {probe: state}
"""


@pytest.fixture
def materials(write):
    return Materials(load(write(SCRIPT)), 0, Workshop())


def test_tools_are_sent_as_calls_each_with_its_result_and_the_turn_goes_on(materials):
    (blueprint,) = blueprints(materials, Window(2000, 100))
    session = build(blueprint, materials)
    roles = [message.role for message in session.messages]
    assert roles == [
        "user", "assistant", "user", "assistant", "tool", "tool", "assistant", "tool", "assistant",
    ]  # fmt: skip
    assert unpaired(session.messages) is None
    first = session.messages[3].content
    assert isinstance(first, tuple)
    assert first[0] == TextPart("Let me look.")
    assert [call.name for call in session.messages[3].calls] == ["find", "ping"]
    assert session.messages[5].result == ToolResult("call-2-2", "", "ping")


def test_the_place_of_a_fact_is_the_message_that_says_it_and_forks_stand_between_tools(materials):
    (blueprint,) = blueprints(materials, Window(2000, 100))
    session = build(blueprint, materials)
    (plant,) = session.plants
    assert session.messages[plant.message].text == "it is packed"
    assert plant.offset_tokens == session.offsets[plant.message]
    assert [cut.messages for cut in session.cuts] == [8, 9]


def test_the_control_without_filler_begins_with_a_user(materials):
    window = Window(2000, 100)
    checks = controls(materials, window, blueprints(materials, window))
    (needle,) = [one for one in checks if one.arm == "needle_only"]
    roles = [message.role for message in build(needle, materials).messages]
    assert roles == ["user", "assistant", "tool", "tool", "assistant", "tool"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('{user: "Hello.", assistant: "Hello."}', '{assistant: "Hello."}', "without 'user' goes"),
        ('{user: "Hello.", assistant: "Hello."}', "{assistant: a, user: b, calls: []}", "at least"),
        ("name: find_again, ", "", "key 'name' is missing"),
        ("says: state", "", "fact 'state' is asked here, but it was not said yet"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(said, old, new, problem):
    found = said(SCRIPT.replace(old, new))
    assert any(problem in one for one in found), found


def test_questions_are_sampled_of_a_log_only(said):
    written = """\
schema: 1
name: small
sample: questions
facts:
  - {id: tone, say: "Make it {value}.", values: [dry, tender], ask: "How should it sound?"}
"""
    assert any("'sample: questions' is for a real log" in one for one in said(written))


def test_a_transcript_keeps_its_tools_and_what_does_not_pair_is_not_lost():
    call = ToolCall("a", "find", "{}")
    one = Transcript(
        id="t",
        messages=(
            Message("user", "Where is it?"),
            Message("assistant", (TextPart("I look."), call, ToolCall("b", "ping", "{}"))),
            Message("tool", (ToolResult("a", "here"),)),
            Message("tool", (ToolResult("z", "stray"),)),
            Message("assistant", "Here."),
        ),
    )
    _, turns, _ = exchanges(one)
    assert [turn.step for turn in turns] == [
        {
            "user": "Where is it?",
            "assistant": "I look.",
            "calls": [
                {"name": "find", "arguments": "{}", "result": "here"},
                {"name": "ping", "arguments": "{}", "result": "(no result)"},
            ],
        },
        {"assistant": "stray\n\nHere."},
    ]
    assert [turn.indexes for turn in turns] == [{0, 1, 2}, {3, 4}]
