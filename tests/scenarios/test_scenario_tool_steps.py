"""Steps of a script that are a tool and nothing else."""

from __future__ import annotations

import pytest

from harness.core.errors import FileError
from harness.scenarios import loads

FILE = """schema: 1
name: steps
facts:
  - id: port
    values: ["5544"]
    ask: "Which port is it?"
script:
{steps}
  - probe: port
"""


def script(*steps):
    return loads(FILE.format(steps="\n".join(f"  - {step}" for step in steps)), "steps.yaml").script


ASKS = "user: Which port does staging use?"
READS = 'tool: {name: read_file, arguments: {path: a.yaml}, result: "port: 5544"}\n    says: port'
GREPS = 'tool: {name: search, arguments: \'{"for": "port"}\', result: "a.yaml:3"}'
TELLS = "assistant: It is the one in the file."


def test_a_tool_goes_on_with_what_the_user_said_and_with_the_tools_before():
    first, second, third, _ = script(ASKS, GREPS, READS, TELLS)
    assert first.user == "Which port does staging use?"
    assert [call.name for call in (*first.calls, *second.calls)] == ["search", "read_file"]
    assert second.calls[0].arguments == '{"path": "a.yaml"}'
    assert second.says == ("port",)
    assert (second.user, third.user, third.assistant) == (None, None, "It is the one in the file.")


def test_a_turn_may_name_its_one_tool_itself():
    first, *_ = script(f"{ASKS}\n    {READS}", TELLS)
    assert first.user == "Which port does staging use?"
    assert [call.result for call in first.calls] == ["port: 5544"]
    assert first.says == ("port",)


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ((READS,), "a turn without 'user' goes on after tools, and the step before calls none"),
        (
            (f"{ASKS}\n    assistant: Wait.", READS),
            "a turn without 'user' goes on after tools, and the step before calls none",
        ),
        (
            (f"{ASKS}\n    {READS}\n    calls: [{{name: a, result: b}}]", TELLS),
            "'tool' and 'calls' say the same; take one out",
        ),
    ],
)
def test_a_tool_that_belongs_to_no_turn_is_refused(steps, problem):
    with pytest.raises(FileError, match=problem):
        script(*steps)
