"""Before a study: a missing key costs a second, and no model waits for one that is not well."""

from __future__ import annotations

import json

import pytest

from tests.support.command import SCENARIOS, harness

STUDY = ("-w", "1k", "--seeds", 1, "--no-controls", "--fills", "0.2", "-M", "max_attempts=1", "-q")


@pytest.fixture
def refusing(httpserver):
    """A server that takes no key."""
    error = {"error": {"message": "Incorrect API key", "code": "invalid_api_key"}}
    httpserver.expect_request("/v1/models").respond_with_json(error, status=401)
    httpserver.expect_request("/v1/chat/completions").respond_with_json(error, status=401)
    return httpserver.url_for("/v1")


def run(home, models, *more):
    return harness("run", SCENARIOS / "needle.yaml", "-m", models, *STUDY, *more, cwd=home)


def test_a_missing_key_ends_it_before_anything_is_made(tmp_path, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    done = run(tmp_path, "openai/gpt-4o-mini")
    assert done.code == 4
    assert "openai/gpt-4o-mini needs a key and there is none" in done.err
    assert "Nothing was sent" in done.err
    assert not list(tmp_path.glob("results/*/records.jsonl"))


def test_a_run_of_one_refused_model_says_so_in_its_records(tmp_path, refusing):
    done = run(tmp_path, "openai/mine", "-M", f"api_base={refusing}", "-M", "api_key=sk-0123456789")
    assert done.code == 6, done.err
    assert "refuses the key it was given (HTTP 401)" in done.err
    (records,) = tmp_path.glob("results/*/records.jsonl")
    statuses = {json.loads(line)["status"] for line in records.read_text().splitlines()}
    assert statuses == {"error"}


def test_models_that_are_well_wait_for_none_that_is_refused(tmp_path, refusing):
    models = "openai/mine,reference/perfect"
    done = run(tmp_path, models, "-M", f"api_base={refusing}", "-M", "api_key=sk-0123456789")
    assert done.code == 4
    assert "HTTP 401" in done.err
    assert "Nothing was sent" in done.err


def test_models_that_are_well_go_on_beside_one_that_nobody_answers_for(tmp_path):
    models = "openai/mine,reference/perfect"
    done = run(tmp_path, models, "-M", "api_base=http://127.0.0.1:9/v1", "-M", "api_key=none")
    assert "nobody answers at http://127.0.0.1:9/v1" in done.err
    assert "the other models go on" in done.err
    (records,) = tmp_path.glob("results/*/records.jsonl")
    assert any('"reference/perfect"' in line for line in records.read_text().splitlines())
