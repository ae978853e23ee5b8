"""Calls and results as each way to a provider sends them."""

from __future__ import annotations

import json

import pytest
from werkzeug import Response

from harness.core.chat_format import from_chat, to_chat
from harness.core.messages import Message
from harness.core.parts import TextPart, ToolCall, ToolResult
from harness.models import make_model

CALLS = (ToolCall("a", "find", "{}"), ToolCall("b", "find", '{"n": 1}'))
PROMPT = [
    Message("user", "How many?"),
    Message("assistant", (TextPart("I look."), *CALLS)),
    Message("tool", (ToolResult("b", "Twelve crates are left."),)),
    Message("tool", (ToolResult("a", "None."),)),
    Message("assistant", (CALLS[0],)),
    Message("tool", (ToolResult("a", ""),)),
    Message("assistant", "Twelve."),
    Message("user", "How many crates are left?"),
]


@pytest.mark.parametrize("way", ["http", "litellm"])
async def test_a_server_gets_openais_form(openai_server, way):
    model = make_model("openai/x", openai_server.options | {"via": way})
    reply = await model.ask(PROMPT, {"max_tokens": 50})
    await model.close()
    (body,) = openai_server.requests
    assert [from_chat(message) for message in body["messages"]] == PROMPT
    if way == "http":
        assert body["messages"] == [to_chat(message) for message in PROMPT]
    assert reply.text == "Twelve crates are left."


@pytest.mark.parametrize(
    "wrong", [[PROMPT[2]], PROMPT[:2], [*PROMPT[:3], PROMPT[0]], [*PROMPT[:4], PROMPT[3]]]
)
async def test_the_server_of_these_tests_refuses_what_openai_refuses(openai_server, wrong):
    model = make_model("openai/x", openai_server.options | {"max_attempts": 1})
    with pytest.raises(Exception, match="response"):
        await model.ask(wrong, {})
    await model.close()


async def test_litellm_makes_anthropics_form_of_them(httpserver):
    got = []

    def answer(request):
        got.append(json.loads(request.get_data()))
        said = {
            "id": "x", "type": "message", "role": "assistant", "model": "m",
            "content": [{"type": "text", "text": "12"}], "stop_reason": "end_turn",
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }  # fmt: skip
        return Response(json.dumps(said), mimetype="application/json")

    httpserver.expect_request("/v1/messages").respond_with_handler(answer)
    options = {"api_base": httpserver.url_for("").rstrip("/"), "api_key": "x"}
    model = make_model("anthropic/claude-sonnet-4-5", options)
    await model.ask(PROMPT, {"max_tokens": 9})
    await model.close()
    kinds = [
        [block["type"] for block in message["content"]]
        for message in got[0]["messages"]
        if isinstance(message["content"], list)
    ]
    assert ["text", "tool_use", "tool_use"] in kinds
    assert ["tool_result", "tool_result"] in kinds
