"""Sessions with calls and results in them: from a file of chats to the server, and shown again."""

from __future__ import annotations

import json

import pytest

from harness.core.chat_format import from_chat
from harness.runs.folder.reader import sent_messages
from harness.sessions.tokens import TokenCounter
from tests.support.command import harness, the_run
from tests.support.openai_server import OpenAIServer, wrong_shapes
from tests.support.small import small


@pytest.fixture
def server(httpserver):
    return OpenAIServer(httpserver)


def chat(number):
    """A chat in which an assistant looks things up, one call or two at a time, or none."""
    said = []
    for turn in range(3):
        said.append({"role": "user", "content": f"How is order {number} of desk {turn} going?"})
        for step in range((number + turn) % 3):
            ids = [f"call_{step}_{i}" for i in range(1 + (number + step) % 2)]
            said.append(
                {
                    "role": "assistant",
                    "content": None if step else "I look it up.",
                    "tool_calls": [
                        {
                            "id": name,
                            "type": "function",
                            "function": {
                                "name": "find_order",
                                "arguments": json.dumps({"order": number, "part": name}),
                            },
                        }
                        for name in ids
                    ],
                }
            )
            said += [
                {
                    "role": "tool",
                    "tool_call_id": name,
                    "content": json.dumps({"order": number, "state": "packed", "desk": turn}),
                }
                for name in ids
            ]
        said.append({"role": "assistant", "content": f"Order {number} is on its way to {turn}."})
    return {"messages": said}


@pytest.fixture
def scenario(tmp_path):
    chats = tmp_path / "chats.jsonl"
    chats.write_text("".join(json.dumps(chat(number)) + "\n" for number in range(90)))
    rule = "{id: short, say: Keep it short., check: {max_sentence_words: 15}}"
    changes = {"fills: [": f"rules: [{rule}]\nfiller: {{file: chats.jsonl}}\nfills: ["}
    return small(tmp_path, **changes)


def run(server, scenario, out, *more):
    return harness(
        "run", scenario, "-m", "openai/served", "-w", "2k", "--no-controls",
        "-M", f"api_base={server.api_base}", "-M", "api_key=x", "-M", "max_wait_s=0.01",
        "--out", out, *more,
    )  # fmt: skip


def records(folder):
    return [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("way", [(), ("-M", "via=litellm")], ids=["http", "litellm"])
def test_calls_and_results_reach_the_server_in_its_own_form(server, scenario, tmp_path, way):
    policy = ("--policy", "drop_oldest?tokens=700,keep_ends?tokens=700,send_all")
    result = run(server, scenario, tmp_path / "results", *policy, *way)
    assert result.code in {0, 1}, result.err
    folder = the_run(tmp_path / "results")
    found = records(folder)
    assert {record["status"] for record in found} == {"ok"}
    assert {record["outcome"] for record in found} <= {"recalled", "evicted"}
    counter = TokenCounter()
    # litellm leaves out a content that is null, as OpenAI allows
    sent = [[from_chat(message) for message in body["messages"]] for body in server.requests]
    assert sum(message.role == "tool" for messages in sent for message in messages) > 100
    assert all(record["prompt_tokens"] == record["view_tokens"] for record in found)
    for record in found[::5]:
        shown = harness("show", folder, record["key"], "--messages", "--out", tmp_path / "results")
        messages = [from_chat(json.loads(line)) for line in shown.out.splitlines()]
        assert messages in sent
        assert counter.count(messages) == record["prompt_tokens"]
    whole = [r for r in found if r["policy"] == "send_all" and r["fill_requested"] > 0.05]
    assert whole
    assert all(abs(r["fill"] - r["fill_requested"]) * 2048 < 13 for r in whole)


def test_a_live_model_gives_the_answer_of_a_turn_and_not_its_calls(server, scenario, tmp_path):
    result = run(server, scenario, tmp_path / "results", "--replies", "live", "--seeds", 1)
    assert result.code in {0, 1}, result.err
    last = [body["messages"][-1]["role"] for body in server.requests]
    assert {"user", "tool"} == set(last)
    folder = the_run(tmp_path / "results")
    found = records(folder)
    assert {record["status"] for record in found} == {"ok"}
    sent = [[from_chat(message) for message in body["messages"]] for body in server.requests]
    shown = [sent_messages(folder, r) for r in found if r["probe_kind"] == "rule"]
    assert {messages[-1].role for messages in shown} == {"user", "tool"}
    assert all(messages in sent for messages in shown)
    lines = [json.loads(line) for line in (folder / "messages.jsonl").read_text().splitlines()]
    kept = [line for line in lines if line.get("role") == "tool"]
    assert {part["type"] for line in kept for part in line["content"]} == {"tool_result"}


@pytest.mark.parametrize("way", [(), ("-M", "via=litellm")], ids=["http", "litellm"])
def test_agents_sessions_and_cleared_results_have_a_shape_that_a_server_takes(
    server, tmp_path, way
):
    ask = 'ask: "What is the code for the side door? Reply with the code only."'
    changes = {ask: f"{ask}\n    said_in: [tool_result, tool_call, assistant]"}
    path = small(
        tmp_path, **changes, **{"fills: [0.04, 0.5, 0.9]": "filler: agent-work\nfills: [2]"}
    )
    policy = ("--policy", "clear_tool_results?keep=1&at=0.1", "--seeds", 3)
    result = run(server, path, tmp_path / "results", *policy, *way)
    assert result.code in {0, 1}, result.err
    found = records(the_run(tmp_path / "results"))
    assert {record["status"] for record in found} == {"ok"}
    bodies = [body["messages"] for body in server.requests]
    assert not [wrong for messages in bodies for wrong in wrong_shapes(messages)]
    results = [m["content"] for messages in bodies for m in messages if m["role"] == "tool"]
    cleared = sum("was cleared to save room" in text for text in results)
    assert 0 < cleared < len(results)
    assert {record["said_in"] for record in found if record["fact"] == "door"} == {
        "tool_result", "tool_call", "assistant",
    }  # fmt: skip
