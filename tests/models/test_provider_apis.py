"""The Responses API and the Messages API against servers that speak them as documented."""

from __future__ import annotations

import json

import pytest

from harness.core.compacted_items import COMPACT_NOW, as_items, read_items
from harness.core.errors import ModelError, OverflowRefusedError
from harness.core.messages import Message
from harness.core.parts import Opaque, ToolCall, ToolResult
from harness.models import make_model, price
from tests.support.messages_server import MessagesServer
from tests.support.responses_server import ResponsesServer

SESSION = (
    Message("system", "You keep the minutes."),
    Message("user", "The code for the side door is KX-4417."),
    Message("assistant", "The tower is called Merlin."),
    Message("user", "Good morning."),
    Message("assistant", "Good morning."),
)
DOOR = Message("user", "What is the code for the side door? Reply with the code only.")
TOWER = Message("user", "What is the tower called? Reply with the name only.")


def responses(server: ResponsesServer, **options):
    return make_model("responses/gpt-4o", {**server.options, "max_attempts": 1, **options})


def messages(server: MessagesServer, **options):
    return make_model(
        "messages/claude-sonnet-4-5", {**server.options, "max_attempts": 1, **options}
    )


async def test_a_reply_of_the_responses_api_has_its_text_its_meter_and_its_price(httpserver):
    server = ResponsesServer(httpserver)
    model = responses(server)
    reply = await model.ask([*SESSION, DOOR], {"max_tokens": 8, "reasoning_effort": "low"})
    await model.close()
    assert "KX-4417" in reply.text
    assert reply.prompt_tokens is not None
    assert reply.cost_usd is not None
    assert price("responses/gpt-4o") == price("openai/gpt-4o")
    (body,) = server.sent()
    assert body["max_output_tokens"] == 16  # the least that the API takes
    assert body["reasoning"] == {"effort": "low"}
    assert body["input"][0] == {"role": "system", "content": "You keep the minutes."}


async def test_a_session_that_the_server_keeps_is_sent_once_and_questions_are_forks(httpserver):
    server = ResponsesServer(httpserver)
    model = responses(server)
    told = {"server_state": True}
    first = await model.ask([*SESSION, DOOR], told)
    second = await model.ask([*SESSION, TOWER], told)
    news = (Message("user", "The lift is called Arthur."), Message("assistant", "Noted."))
    longer = (*SESSION, *news)
    third = await model.ask(
        [*longer, Message("user", "What is the lift called? Reply with the name only.")], told
    )
    await model.close()
    assert "KX-4417" in first.text
    assert "Merlin" in second.text
    assert "Arthur" in third.text
    sizes = [len(body["input"]) for body in server.sent()]
    assert sizes == [4, 1, 1, 1, 1]  # the session, two questions, what is new, one question
    ids = [body.get("previous_response_id") for body in server.sent()]
    assert ids == [None, "resp_1", "resp_1", "resp_1", "resp_4"]
    assert all("server_state" not in body for body in server.sent())


async def test_live_replies_go_on_from_one_another(httpserver):
    server = ResponsesServer(httpserver)
    model = responses(server, server_state="true")
    said = [*SESSION[:2]]
    reply = await model.ask(said, {})
    said += [Message("assistant", reply.text), DOOR]
    assert "KX-4417" in (await model.ask(said, {})).text
    await model.close()
    assert [len(body["input"]) for body in server.sent()] == [2, 1]


async def test_a_session_past_the_window_is_refused_unless_the_server_truncates(httpserver):
    server = ResponsesServer(httpserver, limit=60)
    long = [*SESSION, Message("user", "word " * 40), Message("assistant", "Yes."), DOOR]
    model = responses(server)
    with pytest.raises(OverflowRefusedError):
        await model.ask(long, {})
    reply = await model.ask(long, {"truncation": "auto"})
    await model.close()
    assert "KX-4417" not in reply.text
    assert reply.prompt_tokens is not None
    assert reply.prompt_tokens <= 60


async def test_a_compaction_leaves_the_users_messages_and_a_sealed_item(httpserver):
    server = ResponsesServer(httpserver)
    model = responses(server)
    left = read_items((await model.ask(SESSION, COMPACT_NOW)).text)
    assert [one.text for one in left[:-1]] == [SESSION[1].text, SESSION[3].text]
    (part,) = left[-1].content
    assert isinstance(part, Opaque)
    assert part.is_sealed
    assert "Merlin" not in left[-1].text
    assert "Merlin" in (await model.ask([SESSION[0], *left, TOWER], {})).text
    await model.close()
    assert set(server.sent("/v1/responses/compact")[0]) == {"model", "input", "path"}
    assert server.sent()[0]["input"][-2]["type"] == "compaction"


async def test_calls_and_results_are_items(httpserver):
    server = ResponsesServer(httpserver)
    model = responses(server)
    called = (
        Message("user", "Look it up."),
        Message("assistant", (ToolCall("c1", "look", '{"at": 1}'),)),
        Message("tool", (ToolResult("c1", "The tower is called Merlin."),)),
    )
    assert "Merlin" in (await model.ask([*called, TOWER], {})).text
    await model.close()
    assert [item.get("type") for item in server.sent()[0]["input"]] == [
        None, "function_call", "function_call_output", None,
    ]  # fmt: skip


async def test_the_messages_api_gets_its_headers_its_system_and_its_blocks(httpserver):
    server = MessagesServer(httpserver)
    model = messages(server)
    called = (
        Message("user", "Look it up."),
        Message("assistant", (ToolCall("c1", "look", '{"at": 1}'),)),
        Message("tool", (ToolResult("c1", "The tower is called Merlin."),)),
    )
    reply = await model.ask([*SESSION[:3], *called, TOWER], {"max_tokens": 64})
    await model.close()
    assert ("Merlin" in reply.text, reply.finish_reason) == (True, "stop")
    (body,) = server.requests
    assert body["system"] == "You keep the minutes."
    assert [message["role"] for message in body["messages"]] == [
        "user", "assistant", "user", "assistant", "user", "user",
    ]  # fmt: skip
    assert price("messages/claude-sonnet-4-5") == price("anthropic/claude-sonnet-4-5")


async def test_context_editing_clears_old_results_at_the_server(httpserver):
    server = MessagesServer(httpserver)
    model = messages(server)
    said = [Message("user", "Go.")]
    for number, tower in enumerate(("Merlin", "Viviane")):
        said += [
            Message("assistant", (ToolCall(f"c{number}", "look", "{}"),)),
            Message("tool", (ToolResult(f"c{number}", f"Tower {number} is called {tower}."),)),
        ]
    edit = {
        "type": "clear_tool_uses_20250919",
        "trigger": {"type": "input_tokens", "value": 10},
        "keep": {"type": "tool_uses", "value": 1},
    }
    managed = {"context_management": {"edits": [edit]}}
    asked = Message("user", "What is tower 0 called? Reply with the name only.")
    reply = await model.ask([*said, asked], managed)
    await model.close()
    assert "Merlin" not in reply.text
    assert server.applied == [{"type": "clear_tool_uses_20250919", "cleared_tool_uses": 1}]


async def test_a_compaction_block_is_text_and_a_short_session_is_not_compacted(httpserver):
    server = MessagesServer(httpserver)
    model = messages(server)
    with pytest.raises(ModelError, match="compacts no prompt under 50,000 tokens"):
        await model.ask(SESSION, COMPACT_NOW)
    long = [*SESSION, Message("user", "word " * 50_000), Message("assistant", "Yes.")]
    reply = await model.ask(long, COMPACT_NOW)
    (left,) = read_items(reply.text)
    await model.close()
    (part,) = left.content
    assert isinstance(part, Opaque)
    assert not part.is_sealed
    assert "KX-4417" in left.text
    assert reply.prompt_tokens is not None
    assert (
        reply.prompt_tokens > 50_000
    )  # the pass that compacts, which the sum at the top leaves out


async def test_a_failed_response_is_no_reply(httpserver):
    answer = {"id": "r", "status": "failed", "error": {"message": "it broke"}, "output": []}
    httpserver.expect_request("/v1/responses").respond_with_json(answer)
    model = make_model(
        "responses/x", {"api_base": httpserver.url_for("/v1"), "api_key": "x", "max_attempts": 1}
    )
    with pytest.raises(ModelError, match="it broke"):
        await model.ask([DOOR], {})
    await model.close()


async def test_a_compaction_that_leaves_nothing_is_told(httpserver):
    httpserver.expect_request("/v1/responses/compact").respond_with_json({"output": []})
    model = make_model(
        "responses/x", {"api_base": httpserver.url_for("/v1"), "api_key": "x", "max_attempts": 1}
    )
    with pytest.raises(ModelError, match="the compaction left nothing"):
        await model.ask([DOOR], COMPACT_NOW)
    await model.close()


def test_items_come_back_as_they_were_and_words_are_no_items():
    left = (Message("user", "Hi."), Message("assistant", (Opaque("compaction", "{}"),)))
    assert read_items(as_items(left)) == left
    for words in ("Here is a summary.", json.dumps({"role": "user"}), json.dumps([1])):
        with pytest.raises(ModelError, match="answered in words where a compaction was asked for"):
            read_items(words)
