"""Messages in OpenAI's form: what a server is sent, and what a file of chats may hold."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given

from harness.core.chat_format import ChatFormError, from_chat, to_chat
from harness.core.messages import Message
from harness.core.parts import Opaque, TextPart, ToolCall, ToolResult
from tests.support.turns import turns

CALL = ToolCall("call_1", "weather", '{"city": "Oslo"}')
WRITTEN = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Oslo"}'},
}


def test_text_is_sent_as_it_always_was():
    assert to_chat(Message("user", "Hi")) == {"role": "user", "content": "Hi"}


@pytest.mark.parametrize(
    ("message", "chat"),
    [
        (
            Message("assistant", (CALL,)),
            {"role": "assistant", "content": None, "tool_calls": [WRITTEN]},
        ),
        (
            Message("assistant", (TextPart("I look."), CALL)),
            {"role": "assistant", "content": "I look.", "tool_calls": [WRITTEN]},
        ),
        (
            Message("tool", (ToolResult("call_1", "12 degrees"),)),
            {"role": "tool", "tool_call_id": "call_1", "content": "12 degrees"},
        ),
        (
            Message("tool", (ToolResult("call_1", "", "weather"),)),
            {"role": "tool", "tool_call_id": "call_1", "name": "weather", "content": ""},
        ),
        (
            Message("user", (TextPart("See:"), Opaque("image_url", '{"type":"image_url"}'))),
            {
                "role": "user",
                "content": [{"type": "text", "text": "See:"}, {"type": "image_url"}],
            },
        ),
        (
            Message("assistant", (Opaque("thinking", '{"type":"thinking"}'), CALL)),
            {
                "role": "assistant",
                "content": None,
                "thinking_blocks": [{"type": "thinking"}],
                "tool_calls": [WRITTEN],
            },
        ),
    ],
)
def test_parts_take_openais_form_and_come_back(message, chat):
    assert to_chat(message) == chat
    assert from_chat(json.loads(json.dumps(chat))) == message


@given(turns())
def test_a_turn_of_any_shape_comes_back_as_it_was_sent(turn):
    for message in turn.messages:
        assert from_chat(json.loads(json.dumps(to_chat(message)))) == message


@pytest.mark.parametrize(
    ("chat", "message"),
    [
        ({"role": "developer", "content": "Be brief."}, Message("system", "Be brief.")),
        ({"role": "user", "content": [{"type": "text", "text": "Hi"}]}, Message("user", "Hi")),
        ({"role": "assistant", "content": "Hi", "tool_calls": None}, Message("assistant", "Hi")),
        ({"role": "assistant", "tool_calls": [WRITTEN]}, Message("assistant", (CALL,))),
        (
            {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "12"}]},
            Message("tool", (ToolResult("a", "12"),)),
        ),
        (
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"id": "a", "function": {"name": "now", "arguments": ""}}],
            },
            Message("assistant", (ToolCall("a", "now", "{}"),)),
        ),
        (
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"id": "a", "function": {"name": "at", "arguments": {"x": 1}}}],
            },
            Message("assistant", (ToolCall("a", "at", '{"x": 1}'),)),
        ),
    ],
)
def test_the_forms_that_programs_write_are_read(chat, message):
    assert from_chat(chat) == message


def _calling(**changed):
    return {"role": "assistant", "content": None, "tool_calls": [{**WRITTEN, **changed}]}


@pytest.mark.parametrize(
    ("chat", "complaint"),
    [
        ("Hi", " is text; expected an object"),
        ({"content": "Hi"}, " has no 'role'"),
        ({"role": "user"}, " has no 'content'"),
        ({"role": 3, "content": ""}, ".role is a number; expected text"),
        ({"role": "asistant", "content": ""}, ".role is 'asistant': did you mean 'assistant'?"),
        ({"role": "user", "content": None}, ".content is null; expected text"),
        ({"role": "user", "content": [3]}, ".content[0] is a number; expected an object"),
        ({"role": "user", "content": [{"text": "Hi"}]}, ".content[0] has no 'type'"),
        (
            {"role": "user", "content": [{"type": "text", "text": 3}]},
            ".content[0].text is a number; expected text",
        ),
        (
            {"role": "assistant", "content": "", "thinking_blocks": 3},
            ".thinking_blocks is a number; expected a list",
        ),
        (
            {"role": "assistant", "content": "", "tool_calls": {"id": "a"}},
            ".tool_calls is an object; expected a list",
        ),
        (
            {"role": "user", "content": "", "tool_calls": [WRITTEN]},
            ".tool_calls stand in a message of role 'user'; only assistants call",
        ),
        (_calling(type="custom"), '.tool_calls[0].type is "custom"; expected "function"'),
        (_calling(function=None), ".tool_calls[0].function is null; expected an object"),
        (
            {"role": "assistant", "content": None, "tool_calls": [{"id": "a"}]},
            ".tool_calls[0] has no 'function'",
        ),
        (_calling(function={"arguments": "{}"}), ".tool_calls[0].function has no 'name'"),
        (
            _calling(function={"name": "at", "arguments": 3}),
            ".tool_calls[0].function.arguments is a number; expected JSON as text",
        ),
        (
            _calling(function={"name": "at", "arguments": '{"x": '}),
            ".tool_calls[0].function.arguments is not JSON: Expecting value",
        ),
        (
            _calling(function={"name": "at", "arguments": "[" * 200_000}),
            ".tool_calls[0].function.arguments is not JSON: maximum recursion depth exceeded",
        ),
        ({"role": "tool", "content": "12"}, " has no 'tool_call_id'"),
        (
            {"role": "tool", "tool_call_id": "a", "content": "12", "name": 3},
            ".name is a number; expected text",
        ),
        (
            {"role": "tool", "tool_call_id": "a", "content": [{"type": "image_url"}]},
            ".content of a tool holds more than text; expected text",
        ),
    ],
)
def test_what_is_no_message_is_told_with_its_path(chat, complaint):
    with pytest.raises(ChatFormError, match=f"^{re.escape(complaint)}"):
        from_chat(chat)
