"""The whole command against a real OpenAI-compatible server on loopback."""

from __future__ import annotations

import json

import pytest

from tests.support.command import SCENARIOS, harness, the_run
from tests.support.openai_server import OpenAIServer, overflow, refused, server_error

KEY = "sk-very-secret-0123456789abcdef"


@pytest.fixture
def server(httpserver):
    return OpenAIServer(httpserver)


def run(httpserver, out, *more):
    return harness(
        "run", SCENARIOS / "client-call.yaml", "-m", "openai/served", "-w", "4k", "--seeds", 2,
        "--fills", "0.04,0.3,0.9", "-M", f"api_base={httpserver.url_for('/v1')}",
        "-M", f"api_key={KEY}", "-M", "max_wait_s=0.01", "--max-connections", 4, "--out", out,
        *more,
    )  # fmt: skip


def records(out):
    text = (the_run(out) / "records.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_a_run_over_http_is_as_good_as_one_with_the_reader_itself(server, httpserver, tmp_path):
    server.law = "perfect"
    result = run(httpserver, tmp_path)
    assert result.code == 0, result.err
    found = records(tmp_path)
    assert {r["status"] for r in found} == {"ok"}
    assert {r["usage_source"] for r in found} == {"provider"}
    assert {r["score"] for r in found} == {1.0}
    assert {r["cost_usd"] for r in found} == {None}
    assert "unknown" in result.out


def test_a_server_that_drops_the_oldest_silently_is_found_out(server, httpserver, tmp_path):
    server.law = "window?tokens=1500"
    run(httpserver, tmp_path)
    missed = [r for r in records(tmp_path) if r["score"] == 0.0]
    assert missed
    assert {r["outcome"] for r in missed} == {"server_truncated"}


def test_a_refusal_at_the_ceiling_is_a_result_and_an_outage_an_error(server, httpserver, tmp_path):
    server.law = "perfect"
    server.then(overflow(), refused("no such parameter: fnord"))
    result = run(httpserver, tmp_path)
    found = records(tmp_path)
    assert [r["status"] for r in found].count("overflow") == 1
    (failed,) = [r for r in found if r["status"] == "error"]
    assert failed["score"] is None
    assert failed["outcome"] is None
    assert "fnord" in failed["error"]
    assert result.code == 6
    assert "1 of" in result.err
    assert "--resume" in result.err
    again = harness(
        "run", "--resume", "latest", "--retry-errors", "-M", f"api_key={KEY}", "-q",
        "--out", tmp_path,
    )  # fmt: skip
    assert again.code == 0, again.err
    latest = {r["key"]: r for r in records(tmp_path)}
    assert not [r for r in latest.values() if r["status"] == "error"]


def test_a_run_that_goes_on_asks_no_failed_trial_again_unless_it_is_told_to(
    server, httpserver, tmp_path
):
    server.law = "perfect"
    server.then(refused("no such parameter: fnord"))
    assert run(httpserver, tmp_path).code == 6
    before = records(tmp_path)
    calls = len(httpserver.log)
    again = harness(
        "run", "--resume", "latest", "-M", f"api_key={KEY}", "-q", "--out", tmp_path
    )  # fmt: skip
    assert again.code == 6
    assert len(httpserver.log) == calls
    assert records(tmp_path) == before


def test_a_passing_fault_is_tried_again_and_counted(server, httpserver, tmp_path):
    server.law = "perfect"
    server.then(server_error(), server_error())
    assert run(httpserver, tmp_path).code == 0
    assert sum(r["attempts"] - 1 for r in records(tmp_path)) == 2


def test_a_wrong_key_stops_the_model_at_once(server, httpserver, tmp_path):
    server.then(*[refused("Incorrect API key provided", 401) for _ in range(100)])
    result = run(httpserver, tmp_path)
    assert result.code == 6
    assert "was given up: auth" in result.err
    assert len(records(tmp_path)) < 10


def test_the_key_is_written_nowhere(server, httpserver, tmp_path):
    server.law = "perfect"
    server.then(refused(f"bad request with key {KEY}"))
    result = run(httpserver, tmp_path)
    texts = [path.read_text() for path in the_run(tmp_path).iterdir()]
    assert not [text for text in [*texts, result.out, result.err] if KEY in text]
