import asyncio
import time

import pytest

from harness.core.errors import ModelError, OverflowRefusedError
from harness.models import make_model
from harness.models.law import told
from harness.models.reference import laws
from tests.models.test_call_errors import OTHERS, OVERFLOWS
from tests.support.openai_server import (
    Fault,
    empty,
    malformed,
    overflow,
    rate_limited,
    refused,
    server_error,
    without_usage,
)

PROMPT = told(7, tokens=400, position=0.5)
SWITCH = "EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER"


@pytest.fixture(params=["true", "false"], ids=["http handler", "openai sdk"])
def route(request, monkeypatch):
    """Both of litellm's ways to an OpenAI-compatible server."""
    monkeypatch.setenv(SWITCH, request.param)


@pytest.fixture
def model(openai_server):
    return make_model("openai/x", openai_server.options | {"max_wait_s": 0.01, "max_attempts": 3})


@pytest.mark.usefixtures("route")
async def test_a_reply_over_http_is_the_readers_own(openai_server, model):
    alone = laws.resolve("perfect").answer(PROMPT)
    reply = await model.ask(PROMPT, {"max_tokens": 50})
    assert reply.text == alone.text
    assert (reply.prompt_tokens, reply.completion_tokens) == (
        alone.prompt_tokens,
        alone.completion_tokens,
    )
    assert reply.cached_tokens == alone.prompt_tokens // 2
    assert reply.cost_usd is None
    assert (reply.attempts, reply.finish_reason) == (1, "stop")
    (sent,) = openai_server.requests
    assert [(m["role"], m["content"]) for m in sent["messages"]] == [
        (m.role, m.content) for m in PROMPT
    ]
    assert sent["temperature"] == 0.0
    assert sent["max_tokens"] == 50
    assert "max_attempts" not in sent


@pytest.mark.usefixtures("route")
async def test_extra_body_and_unknown_options_reach_the_server(openai_server, model):
    await model.ask(PROMPT, {"extra_body": '{"num_ctx": 64}', "top_k": "3"})
    (sent,) = openai_server.requests
    assert (sent["num_ctx"], sent["top_k"]) == (64, 3)


async def test_a_reply_says_which_version_of_the_model_answered(openai_server, model):
    change = {"model": "x-2026-01-02", "system_fingerprint": "fp_7"}
    openai_server.then(Fault(change=change))
    reply = await model.ask(PROMPT, {})
    assert reply.version == "x-2026-01-02 fp_7"


async def test_a_price_is_counted_where_it_is_known(openai_server):
    reply = await make_model("openai/gpt-4o", openai_server.options).ask(PROMPT, {})
    cached = reply.prompt_tokens // 2
    assert reply.cost_usd == pytest.approx(
        (reply.prompt_tokens - cached) * 2.5e-6 + cached * 1.25e-6 + reply.completion_tokens * 1e-5
    )


@pytest.mark.parametrize("provider", OVERFLOWS)
async def test_every_providers_refusal_is_known_over_http(openai_server, model, provider):
    openai_server.then(refused(OVERFLOWS[provider]))
    with pytest.raises(OverflowRefusedError):
        await model.ask(PROMPT, {})
    assert len(openai_server.requests) == 1


@pytest.mark.usefixtures("route")
@pytest.mark.parametrize(
    "fault",
    [
        overflow(),
        refused(OVERFLOWS["openrouter"]),
        refused(OVERFLOWS["anthropic"]),
        Fault(400, OVERFLOWS["llama.cpp"]),
        refused("Request Entity Too Large", 413),
        Fault(413, "<html><body>413 Request Entity Too Large</body></html>"),
    ],
)
async def test_a_refusal_at_the_ceiling_is_a_result_and_not_retried(openai_server, model, fault):
    openai_server.then(fault)
    with pytest.raises(OverflowRefusedError):
        await model.ask(PROMPT, {})
    assert len(openai_server.requests) == 1


@pytest.mark.usefixtures("route")
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (refused("Incorrect API key provided: sk-abcdefghijkl", 401), "auth"),
        (refused("no permission", 403), "auth"),
        (refused("Insufficient credits", 402), "auth"),
        (refused("the model does not exist", 404), "not_found"),
        (refused("messages must not be empty"), "bad_request"),
        (refused("unprocessable", 422), "bad_request"),
        (refused("flagged by the content management policy"), "content_filter"),
        (refused("You exceeded your current quota, please check your plan", 429), "rate_limit"),
        (empty("content_filter"), "content_filter"),
    ],
)
async def test_what_no_waiting_cures_is_not_retried(openai_server, model, fault, kind):
    openai_server.then(fault)
    with pytest.raises(ModelError) as caught:
        await model.ask(PROMPT, {})
    assert (caught.value.kind, caught.value.retryable) == (kind, False)
    assert "abcdefghijkl" not in str(caught.value)
    assert len(openai_server.requests) == 1


@pytest.mark.usefixtures("route")
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (rate_limited(), "rate_limit"),
        (server_error(), "server"),
        (server_error(503), "server"),
        (server_error(529), "server"),
        (malformed(), "malformed"),
        (Fault(200, "<html>hello</html>"), "malformed"),
        (Fault(200, '{"choices": []}'), "malformed"),
        (Fault(200, '{"object": "odd"}'), "malformed"),
        (empty(), "empty"),
    ],
)
async def test_passing_faults_are_retried_and_the_attempts_counted(
    openai_server, model, fault, kind
):
    openai_server.then(fault, fault)
    reply = await model.ask(PROMPT, {})
    assert reply.attempts == len(openai_server.requests) == 3

    openai_server.then(fault, fault, fault)
    with pytest.raises(ModelError) as caught:
        await model.ask(PROMPT, {})
    assert caught.value.kind == kind
    assert len(openai_server.requests) == 6


async def test_retry_after_is_waited_for(openai_server):
    model = make_model("openai/x", openai_server.options | {"max_wait_s": 5})
    openai_server.then(rate_limited(retry_after_s=1))
    started = time.perf_counter()
    reply = await model.ask(PROMPT, {})
    assert 1.0 <= time.perf_counter() - started < 4.0
    assert reply.attempts == 2
    assert reply.latency_s < 1.0


async def test_a_provider_that_asks_for_too_long_a_wait_is_not_waited_for(openai_server, model):
    openai_server.then(rate_limited(retry_after_s=3600))
    with pytest.raises(ModelError) as caught:
        await model.ask(PROMPT, {})
    assert caught.value.retry_after_s == 3600
    assert len(openai_server.requests) == 1


@pytest.mark.parametrize("text", OTHERS)
async def test_a_rate_over_http_is_no_ceiling(openai_server, text):
    openai_server.then(refused(text, 429))
    model = make_model("openai/x", openai_server.options | {"max_attempts": 1})
    with pytest.raises(ModelError) as caught:
        await model.ask(PROMPT, {})
    assert caught.value.kind == OTHERS[text]


@pytest.mark.usefixtures("route")
async def test_a_missing_meter_reading_is_none(openai_server, model):
    openai_server.then(without_usage())
    reply = await model.ask(PROMPT, {})
    assert (reply.prompt_tokens, reply.completion_tokens, reply.cached_tokens) == (None,) * 3
    assert reply.cost_usd is None
    assert reply.text


@pytest.mark.usefixtures("route")
async def test_no_text_because_of_length_is_a_reply(openai_server, model):
    openai_server.then(empty("length"))
    reply = await model.ask(PROMPT, {})
    assert (reply.text, reply.finish_reason) == ("", "length")


@pytest.mark.usefixtures("route")
async def test_nobody_at_home_is_a_connection_failure(openai_server):
    options = {"api_base": "http://127.0.0.1:9/v1", "api_key": "x", "max_attempts": 1}
    with pytest.raises(ModelError) as caught:
        await make_model("openai/x", options).ask(PROMPT, {})
    assert (caught.value.kind, caught.value.retryable) == ("connection", True)


@pytest.mark.usefixtures("route")
async def test_a_slow_server_is_a_timeout(openai_server):
    openai_server.delay_s = 1.0
    options = openai_server.options | {"timeout": "0.2", "max_attempts": 1}
    with pytest.raises(ModelError) as caught:
        await make_model("openai/x", options).ask(PROMPT, {})
    assert (caught.value.kind, caught.value.retryable) == ("timeout", True)


async def test_a_law_behind_http_refuses_and_truncates_like_a_server(openai_server):
    model = make_model("openai/x", openai_server.options)
    openai_server.law = "refuse?limit=100"
    with pytest.raises(OverflowRefusedError):
        await model.ask(PROMPT, {})
    openai_server.law = "window?tokens=100"
    assert (await model.ask(PROMPT, {})).prompt_tokens <= 100
    openai_server.law = "perfect?usage=none"
    assert (await model.ask(PROMPT, {})).prompt_tokens is None


async def test_many_calls_at_once_keep_apart(openai_server, model):
    prompts = [told(number, tokens=150, position=0.5) for number in range(40)]
    replies = await asyncio.gather(*(model.ask(prompt, {}) for prompt in prompts))
    assert [reply.text for reply in replies] == [
        laws.resolve("perfect").answer(prompt).text for prompt in prompts
    ]


async def test_a_cancelled_call_is_not_retried(openai_server, model):
    openai_server.delay_s = 1.0
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(model.ask(PROMPT, {}), 0.1)
    assert len(openai_server.requests) <= 1
