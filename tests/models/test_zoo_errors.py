import asyncio
import time

import pytest

from harness.core.errors import ModelError, OverflowRefusedError
from harness.core.messages import Message
from harness.models import make_model
from harness.models.conformance import told
from tests.support import zoo_errors as zoo
from tests.support.zoo_server import ZooServer

PROMPT = [Message("system", "You are brief."), *told(7, tokens=400, position=0.5)]
SWITCH = "EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER"


@pytest.fixture(params=["wire", "true", "false"], ids=["wire", "http handler", "openai sdk"])
def route(request, monkeypatch):
    if request.param == "wire":
        return {}
    monkeypatch.setenv(SWITCH, request.param)
    return {"via": "litellm"}


async def asked(server, route, prompt=PROMPT, *, name="openai/zoo", tell=None, **options):
    """The reply, or the failure, of one call to the server."""
    model = make_model(name, {**server.options, "max_wait_s": 0.01, **route, **options}, tell=tell)
    try:
        return await model.ask(prompt, {"max_tokens": "128"}), model
    finally:
        await model.close()


@pytest.mark.parametrize("behaviour", zoo.MALFORMED, ids=lambda b: b.__name__)
async def test_what_is_no_answer_at_all_is_asked_for_again(behaviour, route):
    with ZooServer(behaviour) as server:
        reply, _ = await asked(server, route)
    # what is sent past a length spoils the connection for the next call too
    assert reply.attempts in ({2, 3} if behaviour is zoo.length_too_short else {2})
    assert reply.text == server.calls[0].answer.text


@pytest.mark.parametrize("behaviour", zoo.LIMITS, ids=lambda b: b.__name__)
async def test_a_limit_over_time_is_waited_out(behaviour, route):
    before = time.perf_counter()
    with ZooServer(behaviour) as server:
        reply, _ = await asked(server, route)
    assert reply.attempts == 2
    assert 0.04 < time.perf_counter() - before < 30  # and not the minute that a limit may last


async def test_a_spent_account_stops_the_model(route):
    with ZooServer(zoo.spent_account) as server, pytest.raises(ModelError) as caught:
        await asked(server, route)
    assert (caught.value.kind, caught.value.stops) == ("quota", True)
    assert len(server.calls) == 1


async def test_a_wait_of_hours_is_told_and_not_waited_out(route):
    with (
        ZooServer(zoo.asks_for_hours) as server,
        pytest.raises(ModelError, match="asks to wait 3,724 s") as caught,
    ):
        await asked(server, route)
    assert caught.value.stops


@pytest.mark.parametrize("behaviour", zoo.REFUSING, ids=lambda b: b.__name__)
async def test_what_a_model_refuses_is_learnt_from_its_refusal(behaviour, route):
    notes = []
    with ZooServer(behaviour) as server:
        options = {**server.options, **route}
        model = make_model("openai/zoo", options, tell=notes.append)
        first = await model.ask(PROMPT, {"max_tokens": "128"})
        calls = len(server.calls)
        second = await model.ask(PROMPT, {"max_tokens": "128"})
        await model.close()
    assert first.text == second.text == server.calls[-1].answer.text
    assert len(server.calls) == calls + 1, "what was learnt is not sent again"
    assert len(notes) == len(set(notes)) > 0
    assert all(note.startswith("openai/zoo takes") for note in notes)
    last = server.calls[-1].body
    sent = model.sent_parameters({"max_tokens": "128"})
    for name in ("max_tokens", "max_completion_tokens", "temperature"):
        assert (name in sent) == (name in last)
    if last["messages"][0]["role"] == "user":
        assert sent["system_role"] == "in the first user message"
        assert last["messages"][0]["content"].startswith("You are brief.\n\n")


async def test_a_refusal_that_nothing_mends_is_told_without_secrets(route):
    with (
        ZooServer(zoo.never_satisfied) as server,
        pytest.raises(ModelError, match=r"the flux capacitor of [*]+ is not") as caught,
    ):
        await asked(server, route)
    assert caught.value.kind == "bad_request"
    assert len(server.calls) == 1


async def test_a_ceiling_is_known_by_its_meaning(route):
    with (
        ZooServer(zoo.refuses_by_meaning) as server,
        pytest.raises(OverflowRefusedError, match="is what fits"),
    ):
        await asked(server, route)
    assert len(server.calls) == 1


async def test_a_body_that_does_not_end_is_bounded(route):
    with ZooServer(zoo.never_ends) as server, pytest.raises(ModelError) as caught:
        await asked(server, route, max_attempts=1)
    # the SDK hands on every fault while it reads as one of the connection
    assert caught.value.kind in {"malformed", "connection"}
    assert caught.value.retryable
    assert server.bytes_sent < 100_000_000


@pytest.mark.parametrize("name", ["temperature", "max_tokens"])
async def test_a_parameter_that_is_none_is_left_out(route, name):
    with ZooServer(lambda call: call.reply()) as server:
        model = make_model("openai/zoo", {**server.options, **route, name: "none"})
        given = {} if name == "max_tokens" else {"max_tokens": "128"}
        await model.ask(PROMPT, {"max_tokens": "none"} if name == "max_tokens" else given)
        await model.close()
    assert name not in server.calls[0].body


async def test_a_wait_ends_when_the_call_is_given_up(route):
    with ZooServer(lambda call: call.refused("slow", 429, {"Retry-After": "300"})) as server:
        task = asyncio.ensure_future(asked(server, route))
        while not server.calls:  # noqa: ASYNC110 -- the server is in another thread
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        task.cancel()
        before = time.perf_counter()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert time.perf_counter() - before < 60
