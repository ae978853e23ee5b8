import subprocess
import sys

import pytest

from harness.core.errors import ModelError, OverflowRefusedError, UsageError
from harness.core.messages import Message
from harness.models import load_litellm_for, make_model
from harness.models.conformance import told
from harness.models.reference import DONT_KNOW, laws


@pytest.mark.parametrize(
    "name",
    [
        "perfect",
        "fading?onset=0.6&limit=8192&slope=2.0&floor=0.1",
        "window?tokens=300&usage=sent",
        "perfect?usage=none&ratio=1.3",
        "middle?loss=0.5",
    ],
)
async def test_a_law_says_behind_a_model_and_behind_litellm_what_it_says_itself(name):
    prompt = told(7, tokens=700, position=0.2)
    alone = laws.resolve(name).answer(prompt)
    for options in ({}, {"via": "litellm"}):
        reply = await make_model(f"reference/{name}", options).ask(prompt, {})
        assert reply.text == alone.text
        assert reply.prompt_tokens == alone.prompt_tokens
        assert reply.completion_tokens == alone.completion_tokens
        assert reply.finish_reason == "stop"
        assert (reply.cost_usd, reply.attempts, reply.cached_tokens) == (0.0, 1, None)
        assert reply.latency_s > 0


async def test_the_model_is_handed_messages_and_nothing_else(monkeypatch):
    heard = []

    class Listening:
        limit = 10

        def answer(self, *given):
            heard.append(given)
            return laws.resolve("perfect").answer(given[0])

    monkeypatch.setattr("harness.models.reference_model.law_of", lambda _: Listening())
    prompt = told(1, tokens=100, position=0.5)
    await make_model("reference/perfect", {"seed": 3}).ask(prompt, {"max_tokens": 50})
    assert heard == [(prompt, 50)]


@pytest.mark.parametrize("via", ["http", "litellm"])
async def test_a_refusal_passes_as_what_it_is(via):
    model = make_model("reference/refuse?limit=100", {"via": via})
    with pytest.raises(OverflowRefusedError, match="maximum context length is 100 tokens"):
        await model.ask(told(1, tokens=200, position=0.5), {})


async def test_an_answer_cut_off_at_its_tokens_is_a_reply():
    reply = await make_model("reference/perfect", {}).ask(
        told(1, tokens=200, position=0.5), {"max_tokens": "5"}
    )
    assert (reply.finish_reason, reply.cut) == ("length", "length")
    nothing = await make_model("reference/perfect?ratio=9", {}).ask(
        told(1, tokens=200, position=0.5), {"max_tokens": 1}
    )
    assert (nothing.text, nothing.cut) == ("", "length")


@pytest.mark.parametrize(
    ("via", "module"), [("http", "reference_model"), ("litellm", "litellm_model")]
)
async def test_a_broken_law_is_told_and_not_retried(monkeypatch, via, module):
    class Broken:
        def answer(self, *_):
            raise KeyError("lost")

    monkeypatch.setattr(f"harness.models.{module}.law_of", lambda _: Broken())
    with pytest.raises(ModelError, match="the reference law fails: KeyError: 'lost'") as caught:
        await make_model("reference/perfect", {"via": via}).ask([Message("user", "Why?")], {})
    assert (caught.value.kind, caught.value.retryable) == ("bad_request", False)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("reference/perfekt", "did you mean 'perfect'"),
        ("reference/fading?onst=1", "did you mean 'onset'"),
        ("reference/", "names nothing"),
        ("nosuch", "names no provider that litellm knows"),
        ("nosuch/model", "names no provider that litellm knows"),
    ],
)
def test_a_name_that_nobody_knows_is_refused_when_the_model_is_made(name, message):
    with pytest.raises(UsageError, match=message):
        make_model(name, {})


def test_limits_are_known_by_name():
    assert make_model("reference/perfect?limit=500", {}).limit() == 500
    assert make_model("openai/gpt-4o", {}).limit() == 128_000
    assert make_model("openai/x", {}).limit() is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai/gpt-4o", 0.0),
        ("openai/x", 0.0),
        ("anthropic/claude-haiku-4-5", 0.0),
        ("openai/gpt-5", None),  # refuses 0
        ("openai/o3-mini", None),  # refuses 0
        ("reference/perfect", None),  # knows no such thing
    ],
)
def test_temperature_is_zero_only_where_the_model_takes_it(name, expected):
    assert make_model(name, {}).sent_parameters({}).get("temperature") == expected


def test_a_temperature_that_was_asked_for_is_sent():
    model = make_model("openai/gpt-5", {"temperature": "1"})
    assert model.sent_parameters({})["temperature"] == 1
    assert model.sent_parameters({"temperature": 0.5})["temperature"] == 0.5


def test_what_was_sent_is_told_without_secrets():
    options = {"api_key": "sk-secret", "max_attempts": "2", "extra_body": '{"num_ctx": 9}'}
    sent = make_model("openai/x", options).sent_parameters({"max_tokens": 5})
    assert sent == {
        "api_key": "***",
        "extra_body": {"num_ctx": 9},
        "max_tokens": 5,
        "temperature": 0.0,
        "timeout": 600.0,
    }


@pytest.mark.parametrize("options", [{"max_attempts": "0"}, {"max_wait_s": "soon"}])
def test_our_own_options_are_numbers_above_zero(options):
    with pytest.raises(UsageError, match="expected a number above 0"):
        make_model("reference/perfect", options)


def test_the_room_is_entered_without_litellm():
    code = (
        "import sys, harness.models as m\n"
        "m.known_limit('reference/perfect'), m.price('openai/gpt-4o')\n"
        "heavy = {'litellm', 'openai', 'tiktoken', 'stamina'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  # our own interpreter


def test_what_goes_wrong_ahead_of_a_run_is_told_where_the_model_is_made():
    load_litellm_for({"nobody/knows"}, {}).join()
    with pytest.raises(UsageError, match="names no provider that litellm knows"):
        make_model("nobody/knows", {})


def test_importing_litellm_is_quiet_and_asks_no_network():
    code = (
        "import socket\n"
        "def refuse(*_): raise AssertionError('the network was asked')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "import sys\n"
        "from harness.models import load_litellm_for, make_model\n"
        "load_litellm_for(['reference/perfect', 'openai/mine'], {'api_base': 'http://x'}).join()\n"
        "assert 'litellm' not in sys.modules\n"
        "load_litellm_for(['reference/perfect', 'openai/gpt-4o'], {}).join()\n"
        "assert 'litellm' in sys.modules\n"
        "make_model('reference/perfect', {}), make_model('openai/gpt-4o', {})\n"
    )
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout == done.stderr == ""


async def test_nothing_is_known_of_an_empty_session():
    reply = await make_model("reference/perfect", {}).ask([Message("user", "Which code?")], {})
    assert reply.text == DONT_KNOW
