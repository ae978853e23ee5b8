"""Servers that count a prompt before it is sent, and those that do not."""

from __future__ import annotations

import asyncio
import json

import pytest
from werkzeug import Response

from harness.core.messages import Message
from harness.models.exact_counts import NoCountError, counter_called, find_counter
from tests.support.command import harness

PROMPT = [Message("system", "Be brief."), Message("user", "Hello?"), Message("assistant", "Yes.")]


def answers(httpserver, path, reply):
    """Serve JSON that a function makes of the request's own; what came in is kept."""
    seen = []

    def handle(request):
        body = json.loads(request.get_data())
        seen.append((body, dict(request.headers)))
        found = reply(body)
        return Response("no", 404) if found is None else Response(json.dumps(found))

    httpserver.expect_request(path, method="POST").respond_with_handler(handle)
    return seen


def counted(name, options, messages=PROMPT):
    async def work():
        counter = await find_counter(name, options)
        if counter is None:
            return None
        try:
            return counter.name, await counter.count(messages)
        finally:
            await counter.close()

    return asyncio.run(work())


def llama_cpp(httpserver):
    answers(
        httpserver,
        "/apply-template",
        lambda body: {"prompt": "".join(f"<{m['role']}>{m['content']}" for m in body["messages"])},
    )
    return answers(
        httpserver,
        "/tokenize",
        lambda body: {"tokens": list(range(len(body["content"])))} if "content" in body else {},
    )


def test_llama_cpp_renders_and_tokenizes(httpserver):
    seen = llama_cpp(httpserver)
    found = counted("openai/x", {"api_base": httpserver.url_for("/v1"), "api_key": "k"})
    assert found == ("llama.cpp /apply-template and /tokenize", 44)
    body, headers = seen[-1]
    assert (body["add_special"], body["parse_special"]) == (True, True)
    assert headers["Authorization"] == "Bearer k"


def test_vllm_takes_messages(httpserver):
    answers(httpserver, "/tokenize", lambda body: {"count": 7 * len(body["messages"])})
    at = {"api_base": httpserver.url_for("/v1/")}
    assert counted("hosted_vllm/x", at) == ("vLLM /tokenize", 21)


def test_anthropic_is_told_the_system_prompt_apart(httpserver):
    seen = answers(httpserver, "/v1/messages/count_tokens", lambda _: {"input_tokens": 33})
    at = {"api_base": httpserver.url_for("/"), "api_key": "k"}
    assert counted("anthropic/claude-x", at) == ("Anthropic count_tokens", 33)
    body, headers = seen[-1]
    assert body["system"] == "Be brief."
    assert [m["role"] for m in body["messages"]] == ["user", "assistant"]
    assert headers["X-Api-Key"] == "k"


def test_gemini_counts_the_request_with_its_system_instruction(httpserver):
    at = {"api_base": httpserver.url_for("/"), "api_key": "k"}
    path = "/v1beta/models/gemini-x:countTokens"
    seen = answers(httpserver, path, lambda _: {"totalTokens": 12})
    assert counted("gemini/gemini-x", at) == ("Gemini countTokens", 12)
    asked = seen[-1][0]["generateContentRequest"]
    assert asked["systemInstruction"]["parts"] == [{"text": "Be brief."}]
    assert [content["role"] for content in asked["contents"]] == ["user", "model"]


@pytest.mark.parametrize(
    "reply", [lambda _: {"count": 0}, lambda _: {"count": True}, lambda _: ["x"], lambda _: None]
)
def test_what_is_no_count_is_nobody(httpserver, reply):
    answers(httpserver, "/tokenize", reply)
    assert counted("openai/x", {"api_base": httpserver.url_for("/v1")}) is None


@pytest.mark.parametrize("name", ["reference/perfect", "openai/gpt-4o", "mistral/x", "gemini/x"])
def test_nobody_is_asked_where_nobody_is_known(name, monkeypatch):
    for key in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(key, raising=False)
    assert counted(name, {}) is None


def test_a_server_that_is_away_counts_nothing():
    assert counted("openai/x", {"api_base": "http://127.0.0.1:9/v1"}) is None


def test_a_counter_that_fails_later_says_so(httpserver):
    answers(httpserver, "/tokenize", lambda body: {"count": 3 if len(body["messages"]) < 3 else 0})
    with pytest.raises(NoCountError, match="the answer holds no count"):
        counted("openai/x", {"api_base": httpserver.url_for("/v1")})


def test_who_was_found_elsewhere_is_asked_by_name(httpserver):
    seen = llama_cpp(httpserver)
    options = {"api_base": httpserver.url_for("/v1")}
    name, count = counted("openai/x", options)
    asked = len(seen)

    async def work():
        counter = counter_called(name, "openai/x", options)
        assert len(seen) == asked, "nobody is asked whether it counts"
        try:
            return await counter.count(PROMPT)
        finally:
            await counter.close()

    assert asyncio.run(work()) == count
    assert counter_called(name, "reference/perfect", {}) is None


def test_doctor_says_whether_a_server_counts(httpserver, tmp_path):
    llama_cpp(httpserver)
    at = f"api_base={httpserver.url_for('/v1')}"
    found = harness("doctor", "-m", "openai/x", "-M", at, "--out", tmp_path)
    assert "openai/x: prompts are counted exactly before they are sent (llama.cpp" in found.out
    away = harness("doctor", "-m", "openai/x", "-M", "api_base=http://127.0.0.1:9/v1")
    assert "openai/x: its server counts no prompt before it is sent" in away.out
