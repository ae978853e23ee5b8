"""A look at a model before a study: what every call would meet costs a second, not a study."""

from __future__ import annotations

import json

import pytest

from harness.models.preflight import look_at_model
from tests.support.command import harness

KEYS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_API_KEY")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch):
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


def models(httpserver, *names, status=200):
    body = json.dumps({"data": [{"id": name} for name in names]})
    httpserver.expect_request("/v1/models").respond_with_data(body, status=status)
    return {"api_base": httpserver.url_for("/v1"), "api_key": "sk-of-a-test"}


async def test_a_server_that_has_the_model_is_told(httpserver):
    found = await look_at_model("openai/mine", models(httpserver, "mine", "other"))
    assert found.fault is None
    assert found.told.endswith("/v1 answers and serves mine")


async def test_a_server_that_lists_others_is_told_and_is_no_fault(httpserver):
    found = await look_at_model("openai/mine", models(httpserver, "other"))
    assert found.fault is None
    assert "it does not list mine, but other" in found.told


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_refused_is_a_fault_and_never_shown(httpserver, status):
    found = await look_at_model("openai/mine", models(httpserver, status=status))
    assert f"refuses the key it was given (HTTP {status})" in found.fault
    assert "sk-of-a-test" not in found.fault


@pytest.mark.parametrize("answer", ["no json", "[]", '{"data": [{}]}', '{"data": 3}'])
async def test_an_answer_that_says_nothing_is_no_fault(httpserver, answer):
    httpserver.expect_request("/v1/models").respond_with_data(answer)
    found = await look_at_model("openai/mine", {"api_base": httpserver.url_for("/v1")})
    assert found.fault is None
    assert "does not say which models it has" in found.told


async def test_an_address_where_nobody_answers_is_a_fault(httpserver):
    at = httpserver.url_for("/v1")
    httpserver.stop()
    found = await look_at_model("openai/mine", {"api_base": at})
    assert f"openai/mine: nobody answers at {at}" in found.fault
    httpserver.start()


@pytest.mark.parametrize("name", ["openai/gpt-4o", "gpt-4o", "anthropic/claude-sonnet-4-5"])
async def test_a_provider_without_a_key_is_a_fault(name):
    assert "needs a key and there is none: export" in (await look_at_model(name, {})).fault
    assert (await look_at_model(name, {"api_key": "x"})).fault is None


@pytest.mark.parametrize("name", ["reference/perfect", "my_bot:answer", "bedrock/x"])
async def test_what_needs_no_key_of_ours_is_left_alone(name):
    found = await look_at_model(name, {})
    assert (found.fault, found.told) == (None, None)


def test_a_missing_key_ends_the_run_before_there_is_a_folder(tmp_path):
    result = harness("run", "needle", "-m", "openai/gpt-4o", "-w", "2k", cwd=tmp_path)
    assert result.code == 4
    assert "openai/gpt-4o needs a key" in result.err
    assert not (tmp_path / "results").exists()


def test_the_doctor_reaches_the_server(httpserver):
    given = models(httpserver, "mine")
    options = [part for pair in given.items() for part in ("-M", "=".join(pair))]
    seen = harness("doctor", "-m", "openai/mine", *options).out
    assert f"ok    openai/mine: {given['api_base']} answers and serves mine" in seen


def test_a_replayed_cassette_needs_no_key(tmp_path):
    result = harness(
        "run", "needle", "-m", "openai/gpt-4o", "-w", "2k", "--cassette", "none.jsonl", "--replay",
        cwd=tmp_path,
    )  # fmt: skip
    assert "needs a key" not in result.err


def test_the_look_can_be_left_out(tmp_path):
    result = harness(
        "run", "needle", "-m", "openai/x", "-M", "api_base=http://127.0.0.1:9/v1", "-w", "2k",
        "--seeds", 1, "--fills", "0.5", "--no-controls", "--no-preflight", "-M", "max_attempts=1",
        "--give-up-after", "0.01", cwd=tmp_path,
    )  # fmt: skip
    assert result.code == 6
