"""The policies that a provider carries out: what they ask for, and when it is time."""

from __future__ import annotations

import pytest

from harness.core.errors import UsageError
from harness.core.messages import Message
from harness.core.parts import Opaque
from harness.core.protocols import SetsOptions
from harness.core.window import History
from harness.sessions.policies import policies
from harness.sessions.policies.conformance import check_compacting, check_policy

BUDGET = 1_000


def history(*messages: tuple[str, int]) -> History:
    """Messages of these roles and sizes; `left` is what a compaction left."""
    item = (Opaque("compaction", '{"type":"compaction","encrypted_content":"g"}'),)
    said, offsets = [], [0]
    for role, size in messages:
        said.append(Message("assistant", item) if role == "left" else Message(role, "text"))
        offsets.append(offsets[-1] + size)
    return History(messages=said, offsets=offsets, stop=len(said), question_tokens=10)


TURNS = (("user", 100), ("assistant", 100)) * 5


@pytest.mark.parametrize("spec", ["server_session", "server_truncation", "context_editing"])
def test_what_the_provider_cuts_is_sent_whole(spec):
    check_policy(policies.resolve(spec), history(*TURNS), 300, sends_all=True)


def test_a_compaction_keeps_the_newest_turns_and_the_system_message():
    policy = policies.resolve("provider_compaction?at=0.5&keep=0.3")
    stop = check_compacting(policy, history(("system", 50), *TURNS), BUDGET, share=0.5)
    assert stop == 9
    assert policy.compacts(history(*TURNS[:4]), BUDGET) == 0


def test_what_is_left_is_not_compacted_again_at_once():
    policy = policies.resolve("provider_compaction?at=0.5&keep=0.3")
    left = (("user", 600), ("left", 100))
    assert policy.compacts(history(*left, *TURNS[:2]), BUDGET) == 0
    assert policy.compacts(history(*left, *TURNS[:4]), BUDGET) > 0


def test_the_options_are_those_of_the_api():
    def options(spec):
        policy = policies.resolve(spec)
        assert isinstance(policy, SetsOptions)
        return policy.options

    assert options("server_session") == {"server_state": True}
    assert options("server_truncation") == {"truncation": "auto"}
    assert options("provider_compaction") == {}
    (edit,) = options("context_editing?trigger=9000&keep=2&exclude=read+look")[
        "context_management"
    ]["edits"]
    assert edit == {
        "type": "clear_tool_uses_20250919",
        "trigger": {"type": "input_tokens", "value": 9000},
        "keep": {"type": "tool_uses", "value": 2},
        "exclude_tools": ["read", "look"],
    }


async def test_somebody_without_a_provider_is_told():
    with pytest.raises(TypeError, match="object cannot have a provider compact"):
        await policies.resolve("provider_compaction").compact(object())


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("context_editing?trigger=0", "trigger is 0; expected 1 token or more"),
        ("context_editing?keep=-1", "keep is -1; expected 0 results or more"),
        ("provider_compaction?at=2", "at is a share of the budget"),
        ("provider_compaction?at=0.2&keep=0.3", "keep is a share below 'at'"),
    ],
)
def test_what_cannot_be_meant_is_refused(spec, words):
    with pytest.raises(UsageError, match=words):
        policies.resolve(spec)
