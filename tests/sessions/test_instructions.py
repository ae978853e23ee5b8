"""What a model is told when it is to summarise."""

from __future__ import annotations

import pytest

from harness.core.errors import UsageError
from harness.core.messages import Message
from harness.models.reference.notes import task_of
from harness.sessions.policies import policies, policy_name
from harness.sessions.policies.instructions import SHIPPED, instruction
from harness.sessions.policies.summarise import Summarise


class Asked:
    """A writer that keeps what it was asked."""

    def __init__(self):
        self.words = ""

    async def write(self, instruction, /, *, max_tokens):
        assert max_tokens >= 1
        self.words = instruction
        return "It was said."


@pytest.mark.parametrize("prompt", SHIPPED)
async def test_each_prompt_that_comes_along_names_the_room_and_is_understood(prompt):
    asked = Asked()
    await Summarise(prompt=prompt, budget=321).compact(asked)
    assert "321 tokens" in asked.words
    assert "{" not in asked.words
    assert task_of([Message("user", asked.words)]).tokens == 321


def test_the_prompts_that_come_along_differ():
    assert len({instruction(prompt, 400) for prompt in SHIPPED}) == 3


async def test_a_prompt_of_ones_own_is_told_its_room_and_is_part_of_the_policys_name(tmp_path):
    mine = tmp_path / "mine.txt"
    mine.write_text("Summarise in verse, {budget} tokens at most.", "utf-8")
    name = policy_name(f"summarise?prompt={mine}&threshold=0.7")
    assert name.startswith("summarise?at=0.7&prompt=")
    asked = Asked()
    await policies.resolve(name).compact(asked)
    assert asked.words == "Summarise in verse, 400 tokens at most."
    mine.write_text("Sum it up.", "utf-8")
    assert instruction(str(mine), 90) == "Sum it up. Use at most 90 tokens."
    assert policy_name(f"summarise?prompt={mine}&threshold=0.7") != name
    with pytest.raises(UsageError, match=r"mine.txt' was changed while the run went on; begin a"):
        await policies.resolve(name).compact(asked)


@pytest.mark.parametrize(
    ("prompt", "problem"),
    [
        ("handovr", "unknown prompt 'handovr': did you mean 'handover'"),
        ("none/there.txt", "prompt 'none/there.txt' cannot be read: No such file or directory"),
        ("empty.txt", "prompt 'empty.txt' is empty; write what the summary should keep"),
        ("latin.txt", "prompt 'latin.txt' cannot be read: it is not in UTF-8"),
    ],
)
def test_a_prompt_that_cannot_be_used_is_refused_before_any_call(
    tmp_path, monkeypatch, prompt, problem
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").write_text(" \n", "utf-8")
    (tmp_path / "latin.txt").write_bytes(b"R\xe9sum\xe9")
    with pytest.raises(UsageError) as caught:
        instruction(prompt, 400)
    assert problem in str(caught.value)
