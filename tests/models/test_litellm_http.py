import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from harness.core.errors import ModelError, OverflowRefusedError, UsageError
from harness.core.messages import Message
from harness.models import make_model
from harness.models.conformance import told
from harness.models.litellm_model import LitellmModel
from harness.models.reference import laws
from harness.models.response import why_cut
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


@pytest.fixture(params=["wire", "true", "false"], ids=["wire", "http handler", "openai sdk"])
def route(request, monkeypatch):
    """Our own way to an OpenAI-compatible server, and both of litellm's: options for it."""
    if request.param == "wire":
        return {}
    monkeypatch.setenv(SWITCH, request.param)
    return {"via": "litellm"}


@pytest.fixture
async def model(request, openai_server):
    way = request.getfixturevalue("route") if "route" in request.fixturenames else {}
    quick = {"max_wait_s": 0.01, "max_attempts": 3}
    model = make_model("openai/x", openai_server.options | quick | way)
    yield model
    await model.close()


@pytest.fixture
async def made(openai_server):
    """Makes models, and closes them."""
    models = []

    def make(name, options):
        models.append(make_model(name, openai_server.options | options))
        return models[-1]

    yield make
    for model in models:
        await model.close()


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
        (m.role, m.text) for m in PROMPT
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


async def test_a_price_is_counted_where_it_is_known(made):
    reply = await made("openai/gpt-4o", {}).ask(PROMPT, {})
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
        (refused("Insufficient credits", 402), "quota"),
        (refused("Please pass a valid key", 400, "invalid_api_key"), "auth"),
        (refused("no-such/model is not a valid model ID"), "not_found"),
        (refused("the model does not exist", 404), "not_found"),
        (refused("messages must not be empty"), "bad_request"),
        (refused("unprocessable", 422), "bad_request"),
        (refused("flagged by the content management policy"), "content_filter"),
        (refused("You exceeded your current quota, please check your plan", 429), "quota"),
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


async def test_retry_after_is_waited_for_past_the_longest_wait_of_our_own(openai_server, model):
    openai_server.then(rate_limited(retry_after_s=0.5))
    started = time.perf_counter()
    reply = await model.ask(PROMPT, {})
    assert time.perf_counter() - started >= 0.5
    assert reply.attempts == 2
    assert reply.latency_s < time.perf_counter() - started - 0.4, "the wait is no part of it"


async def test_a_provider_that_asks_for_too_long_a_wait_is_not_waited_for(openai_server, model):
    openai_server.then(rate_limited(retry_after_s=3600))
    with pytest.raises(ModelError, match=r"asks to wait 3,600 s, longer than max_retry") as caught:
        await model.ask(PROMPT, {})
    assert caught.value.retry_after_s == 3600
    assert caught.value.stops
    assert len(openai_server.requests) == 1


async def test_a_retry_after_that_is_a_date_is_waited_for(openai_server, model):
    then = datetime.now(tz=UTC) + timedelta(seconds=2)
    fault = Fault(429, "{}", {"Retry-After": format_datetime(then, usegmt=True)})
    openai_server.then(fault)
    started = time.time()
    reply = await model.ask(PROMPT, {})
    assert reply.attempts == 2
    assert time.time() >= then.timestamp() - 1.0  # dates have whole seconds
    assert time.time() - started < 30


@pytest.mark.parametrize("text", OTHERS)
async def test_a_rate_over_http_is_no_ceiling(openai_server, made, text):
    openai_server.then(refused(text, 429))
    model = made("openai/x", {"max_attempts": 1})
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
@pytest.mark.parametrize(
    ("message", "details", "told"),
    [
        ({"content": ""}, {}, "cut: the answer of 50 tokens was cut before any text: "),
        ({"content": None, "reasoning_content": "Hm."}, {}, "thinking: thinking used up the whole"),
        ({"content": ""}, {"reasoning_tokens": 50}, "thinking: thinking used up the whole answer"),
        ({"content": "<think>\nLet me see"}, {}, "thinking: thinking used up the whole answer of"),
    ],
)
async def test_an_answer_cut_before_it_began_is_no_answer_and_says_what_to_do(
    openai_server, model, message, details, told
):
    message = {"role": "assistant", **message}
    usage = {"prompt_tokens": 9, "completion_tokens": 50, "total_tokens": 59}
    choice = {"index": 0, "finish_reason": "length", "message": message}
    usage["completion_tokens_details"] = details
    openai_server.then(Fault(change={"choices": [choice], "usage": usage}))
    reply = await model.ask(PROMPT, {})
    assert reply.text == ""
    assert why_cut(reply).startswith(told)
    assert why_cut(reply).endswith(("-M max_tokens, or a larger -w", "-M reasoning_effort"))
    more = 1024 if told.startswith("thinking") else 256
    given = why_cut(reply, fixed=True, given=50, limit=8000)
    assert f": raise it to -M max_tokens={more}" in given
    assert ": a larger -w, and more than -M max_tokens=50" in why_cut(
        reply, fixed=True, given=50, limit=256
    )
    assert len(openai_server.requests) == 1


@pytest.mark.usefixtures("route")
async def test_text_that_was_cut_is_a_reply(openai_server, model):
    message = {"role": "assistant", "content": "It is"}
    choice = {"index": 0, "finish_reason": "length", "message": message}
    openai_server.then(Fault(change={"choices": [choice]}))
    reply = await model.ask(PROMPT, {})
    assert (reply.text, reply.finish_reason) == ("It is", "length")


async def test_an_error_behind_a_200_is_an_error(openai_server, model):
    error = {"message": "Rate limit exceeded", "code": 429}
    fault = Fault(200, json.dumps({"error": error}))
    openai_server.then(fault, fault, fault)
    with pytest.raises(ModelError) as caught:
        await model.ask(PROMPT, {})
    assert caught.value.kind == "rate_limit"


async def test_an_answer_in_parts_is_put_together(openai_server, model):
    parts = [{"type": "text", "text": "The code"}, {"type": "text", "text": " is 7."}]
    choice = {"index": 0, "finish_reason": "stop", "message": {"content": parts}}
    openai_server.then(Fault(change={"choices": [choice]}))
    assert (await model.ask(PROMPT, {})).text == "The code is 7."


@pytest.mark.parametrize("body", ["[]", '{"choices": [{"message": {"content": 7}}]}'])
async def test_an_answer_of_another_shape_is_malformed(openai_server, model, body):
    openai_server.then(*[Fault(200, body)] * 3)
    with pytest.raises(ModelError) as caught:
        await model.ask(PROMPT, {})
    assert caught.value.kind == "malformed"


async def test_an_answer_that_does_not_end_is_given_up(openai_server, model):
    openai_server.then(*[Fault(200, " " * 16_100_000)] * 3)
    with pytest.raises(ModelError, match="the answer does not end"):
        await model.ask(PROMPT, {})


async def test_keys_and_headers_reach_the_server_and_no_body(openai_server, monkeypatch, made):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-the-environment")
    model = made("openai/x", {"api_key": None, "extra_headers": '{"X-Team": "blue"}'})
    await model.ask(PROMPT, {"organization": "org-1"})
    sent = dict(openai_server.headers[-1])
    assert sent["Authorization"] == "Bearer sk-from-the-environment"
    assert (sent["X-Team"], sent["Openai-Organization"]) == ("blue", "org-1")
    assert set(openai_server.requests[-1]) == {"model", "messages", "temperature"}
    openai_server.then(refused("who is sk-from-the-environment?", 401))
    with pytest.raises(ModelError) as caught:
        await model.ask(PROMPT, {})
    assert "environment" not in str(caught.value)


async def test_half_a_character_is_sent_all_the_same(openai_server, model):
    await model.ask([Message("user", "Which code? \ud83d")], {})
    assert openai_server.requests[-1]["messages"][0]["content"].startswith("Which code?")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("openai/gpt-4o", {}),
        ("openai/gpt-5-mine", {}),
        ("openai/o9-mine", {}),
        ("openai/x", {"via": "litellm"}),
        ("openai/x", {"api_version": "2"}),
        ("mistral/x", {}),
    ],
)
def test_what_litellm_knows_better_goes_through_litellm(name, options):
    assert isinstance(make_model(name, {"api_base": "http://x/v1"} | options), LitellmModel)


def test_an_unknown_way_is_refused():
    with pytest.raises(UsageError, match="option 'via' is 'ftp'; expected http or litellm"):
        make_model("openai/x", {"via": "ftp"})


@pytest.mark.usefixtures("route")
async def test_nobody_at_home_is_a_connection_failure(made, route):
    options = {"api_base": "http://127.0.0.1:9/v1", "api_key": "x", "max_attempts": 1}
    with pytest.raises(ModelError) as caught:
        await made("openai/x", options | route).ask(PROMPT, {})
    assert (caught.value.kind, caught.value.retryable) == ("connection", True)


@pytest.mark.usefixtures("route")
async def test_a_slow_server_is_a_timeout(openai_server, made, route):
    openai_server.delay_s = 1.0
    with pytest.raises(ModelError) as caught:
        await made("openai/x", route | {"timeout": "0.2", "max_attempts": 1}).ask(PROMPT, {})
    assert (caught.value.kind, caught.value.retryable) == ("timeout", True)


async def test_a_law_behind_http_refuses_and_truncates_like_a_server(openai_server, model):
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
