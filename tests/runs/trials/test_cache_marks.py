from __future__ import annotations

import json
from dataclasses import replace

import pytest
from werkzeug import Response

from harness.core.messages import Message
from harness.core.scenario import Fills
from harness.core.study import Study
from harness.models.catalog import Price, cost, marked, price
from harness.models.usage import Usage
from harness.runs.run import run
from harness.scenarios import load_all
from harness.sessions.tokens import TokenCounter
from tests.support.command import SCENARIOS
from tests.support.openai_server import OpenAIServer

CLAUDE = "anthropic/claude-sonnet-4-5"


@pytest.fixture
def claude(httpserver):
    """An Anthropic server: it keeps what came in, and says what it read and wrote."""
    bodies = []

    def answer(request):
        bodies.append(json.loads(request.get_data()))
        whole = TokenCounter().count(Message(m["role"], text_of(m)) for m in bodies[-1]["messages"])
        usage = {"input_tokens": whole - 3 * (whole // 4), "output_tokens": 5}
        usage |= {"cache_read_input_tokens": whole // 2}
        usage |= {"cache_creation_input_tokens": whole // 4}
        body = {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5",
            "content": [{"type": "text", "text": "I do not know."}], "stop_reason": "end_turn",
            "stop_sequence": None, "usage": usage,
        }  # fmt: skip
        return Response(json.dumps(body), mimetype="application/json")

    httpserver.expect_request("/v1/messages", method="POST").respond_with_handler(answer)
    return bodies


def text_of(message):
    content = message["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def a_study(model, address, name="brand-voice"):
    return Study(
        scenarios=load_all([SCENARIOS / f"{name}.yaml"]),
        models=(model,),
        windows=("2k",),
        seeds=1,
        options=(("api_base", address), ("api_key", "sk-none")),
        controls=False,
    )


def marks_of(body):
    return [
        index - len(body["messages"])
        for index, message in enumerate(body["messages"])
        if any("cache_control" in part for part in message["content"] if isinstance(part, dict))
    ]


def test_claude_is_told_to_cache_up_to_where_the_forks_part(claude, httpserver, tmp_path):
    found = run(a_study(CLAUDE, httpserver.url_for("")), out=tmp_path)
    assert found.complete
    trunk = [body for body in claude if len(body["messages"]) > 15]
    ends = {len(body["messages"]) for body in trunk}
    assert len(ends) >= 3
    for body in trunk:
        marks = marks_of(body)
        assert len(marks) <= 4
        if len(body["messages"]) > min(ends):
            assert len(body["messages"]) + marks[0] + 2 in ends  # the checkpoint before this one
    assert all(marks_of(body)[-1] == -2 for body in trunk if len(body["messages"]) < max(ends))


def test_what_was_written_to_the_cache_is_priced_as_that(claude, httpserver, tmp_path):
    found = run(a_study(CLAUDE, httpserver.url_for("")), out=tmp_path)
    first = json.loads((found.folder / "records.jsonl").read_text().splitlines()[0])
    whole = first["prompt_tokens"]
    assert first["cached_tokens"] == whole // 2
    paid = price(CLAUDE)
    expected = (
        (whole - 3 * (whole // 4)) * paid.input_per_token
        + whole // 2 * paid.cached_input_per_token
        + whole // 4 * paid.cache_write_per_token
        + 5 * paid.output_per_token
    )
    assert first["cost_usd"] == pytest.approx(expected)
    assert paid.cache_write_per_token == pytest.approx(1.25 * paid.input_per_token)


def test_marks_never_reach_a_provider_that_does_not_take_them(httpserver, tmp_path):
    server = OpenAIServer(httpserver)
    assert run(a_study("openai/gpt-4o", server.api_base), out=tmp_path).complete
    assert server.requests
    assert not any("cache" in json.dumps(body) for body in server.requests)


@pytest.mark.parametrize(
    ("name", "takes"),
    [
        (CLAUDE, True),
        ("bedrock/anthropic.claude-haiku-4-5-20251001-v1:0", True),
        ("vertex_ai/claude-haiku-4-5", True),
        ("openai/gpt-4o", False),
        ("gemini/gemini-2.5-pro", False),
        ("deepseek/deepseek-chat", False),
        ("openrouter/anthropic/claude-3.5-sonnet", False),
        ("openai/claude-behind-a-proxy", False),
        ("reference/perfect", False),
    ],
)
def test_who_takes_marks_is_read_from_the_price_list(name, takes):
    assert marked(name) is takes


def test_writing_costs_what_reading_does_where_no_other_price_is_known():
    paid = Price(input_per_token=2.0, cached_input_per_token=0.2, output_per_token=10.0)
    usage = Usage(prompt_tokens=10, cached_tokens=4, written_tokens=6, completion_tokens=1)
    assert cost(paid, usage) == pytest.approx(6 * 2.0 + 4 * 0.2 + 10.0)


def test_a_session_that_is_asked_once_is_not_written_to_the_cache(claude, httpserver, tmp_path):
    study = replace(a_study(CLAUDE, httpserver.url_for(""), "needle"), fills=Fills(exact=(0.5,)))
    found = run(study, out=tmp_path)
    lines = (found.folder / "records.jsonl").read_text().splitlines()
    trunks = [json.loads(line)["trunk"] for line in lines]
    assert len(set(trunks)) == len(trunks) == len(claude)
    assert not any(marks_of(body) for body in claude)
