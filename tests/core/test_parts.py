"""Messages of parts, turns of any number of messages, and where turns begin."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.draws import digest
from harness.core.messages import Message, Turn, turn_starts, unpaired
from harness.core.parts import (
    Opaque,
    TextPart,
    ToolCall,
    ToolResult,
    content_from_json,
    content_to_json,
)
from tests.support.turns import turns

CALL = ToolCall("call_1", "weather", '{"city": "Oslo"}')
ASKS = Message("assistant", (TextPart("I look."), CALL))
GIVES = Message("tool", (ToolResult("call_1", "12 degrees"),))


def test_a_message_of_text_keeps_the_name_that_it_had():
    assert Message("user", "Hello").hash == digest(["user", "Hello"])


def test_messages_that_differ_in_a_part_alone_have_different_names():
    same_text = Message("assistant", f"I look.\n{CALL.text}")
    assert same_text.text == ASKS.text
    assert same_text.hash != ASKS.hash


def test_a_call_and_its_result_are_read_as_text():
    assert ASKS.text == 'I look.\nweather({"city": "Oslo"})'
    assert GIVES.text == "12 degrees"


def test_a_value_in_an_opaque_block_is_seen():
    assert "7919B" in Message("assistant", (Opaque("thinking", '{"thinking": "7919B"}'),)).text


@pytest.mark.parametrize(
    ("role", "content", "complaint"),
    [
        ("tool", "12 degrees", "a tool's message is text; expected one ToolResult"),
        ("tool", (TextPart("12"),), "a tool's message has 1 parts; expected one ToolResult"),
        ("user", (CALL,), "a message of role 'user' calls a tool; only assistants do"),
        ("assistant", GIVES.content, "role 'assistant' holds a result; only tools' do"),
    ],
)
def test_a_part_stands_where_providers_take_it(role, content, complaint):
    with pytest.raises(ValueError, match=complaint):
        Message(role, content)


@pytest.mark.parametrize(
    ("messages", "complaint"),
    [
        ((), "a turn has no messages; expected one or more"),
        ((Message("user", "Hi"), ASKS), "call 'call_1' has no result right behind it"),
        ((ASKS, Message("user", "Wait"), GIVES), "call 'call_1' has no result right behind it"),
        ((GIVES,), "result 'call_1' answers no call right before it"),
        ((ASKS, GIVES, GIVES), "result 'call_1' answers no call right before it"),
        ((Message("assistant", (CALL, CALL)), GIVES), "two calls have the id 'call_1'"),
    ],
)
def test_a_turn_holds_every_call_with_its_result(messages, complaint):
    with pytest.raises(ValueError, match=complaint):
        Turn(messages)


def test_a_turn_is_answered_by_its_last_message_alone():
    turn = Turn((Message("user", "How warm?"), ASKS, GIVES, Message("assistant", "It is 12.")))
    other = turn.answered("I don't know.")
    assert (turn.user, turn.assistant) == ("How warm?", "It is 12.")
    assert other.prompt == turn.prompt == turn.messages[:3]
    assert other.assistant == "I don't know."
    assert turn.answered("It is 12.") is turn


def test_a_turn_that_ends_with_a_result_has_no_answer_to_replace():
    turn = Turn((Message("user", "How warm?"), ASKS, GIVES))
    assert (turn.assistant, turn.prompt) == ("", turn.messages)
    assert turn.answered("Something") is turn


@pytest.mark.parametrize(
    ("part", "complaint"),
    [
        ({"type": "tool_cal"}, r"'content\[0\].type' is 'tool_cal': did you mean 'tool_call'\?"),
        ({"type": 3}, r"'content\[0\].type' is '3': known: opaque, text"),
        ({"type": "text"}, r"'content\[0\]' lacks a text; a text has text"),
        (
            {"type": "tool_call", "id": "a", "name": "f", "arguments": {}},
            "lacks a text; a tool_call has id, name, arguments",
        ),
        (
            {"type": "opaque", "kind": "image", "data": "{"},
            "the data of a block 'image' is not JSON",
        ),
        (
            {"type": "opaque", "kind": "image", "data": "[" * 200_000},
            "the data of a block 'image' is not JSON: maximum recursion depth exceeded",
        ),
    ],
)
def test_a_damaged_part_in_a_file_is_named(part, complaint):
    with pytest.raises(ValueError, match=complaint):
        content_from_json([part])


@given(st.lists(turns(), max_size=6))
def test_content_comes_back_from_a_file_as_it_was(session):
    for message in (message for turn in session for message in turn.messages):
        line = json.loads(json.dumps(content_to_json(message.content)))
        assert Message(message.role, content_from_json(line)) == message


@given(st.lists(turns(), min_size=1, max_size=6))
def test_turns_begin_where_the_user_speaks_and_hold_their_calls(session):
    messages = [message for turn in session for message in turn.messages]
    starts = turn_starts(messages)
    for start, stop in zip(starts, [*starts[1:], len(messages)], strict=True):
        assert messages[start].role == "user"
        assert unpaired(messages[start:stop]) is None


@given(st.lists(turns(), max_size=4).flatmap(lambda session: st.permutations(_flat(session))))
def test_no_turn_begins_between_a_call_and_its_result_in_any_order(messages):
    called, pairs = {}, []
    for index, message in enumerate(messages):
        called |= {call.id: index for call in message.calls}
        if message.result is not None and message.result.call_id in called:
            pairs.append((called[message.result.call_id], index))
    for start in turn_starts(messages):
        assert not [pair for pair in pairs if pair[0] < start <= pair[1]]


def _flat(session):
    return [message for turn in session for message in turn.messages]
