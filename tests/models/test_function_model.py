from __future__ import annotations

import pytest

from harness.core.errors import UsageError
from harness.models import make_model
from harness.models.function_model import names_function
from tests.support.command import harness

BOT = """
def answer(messages):
    return "\\n".join(message["content"] for message in messages[:-1])
NUMBER = 3
"""


@pytest.mark.parametrize(
    "name",
    [
        "openai/gpt-4o", "ollama/llama3:8b", "ft:gpt-4o:org", "openrouter/meta/llama:free",
        "reference/window?tokens=4", "anthropic.claude-v2:1",
    ],
)  # fmt: skip
def test_names_of_providers_models_name_no_function(name):
    assert not names_function(name)


def test_a_function_of_this_folder_is_measured_from_the_command_line(tmp_path):
    (tmp_path / "bot_of_a_test.py").write_text(BOT, encoding="utf-8")
    result = harness(
        "run", "needle", "-m", "bot_of_a_test:answer", "-w", "2k", "--seeds", 1, "--fills",
        "0.2,0.9", "--no-controls", cwd=tmp_path,
    )  # fmt: skip
    assert result.code == 0, result.err
    assert "this run imports and calls code: bot_of_a_test:answer (model)" in result.err
    assert "answer" in result.out.splitlines()[3]
    with pytest.raises(UsageError, match="'bot_of_a_test:NUMBER' is a int; expected a function"):
        make_model("bot_of_a_test:NUMBER", {})


def test_a_function_that_is_not_there_is_told():
    with pytest.raises(UsageError, match="model 'no_such_bot:answer' does not load"):
        make_model("no_such_bot:answer", {})
