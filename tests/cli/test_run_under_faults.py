"""A run against a server that fails a quarter of its calls is as good as any other."""

from __future__ import annotations

import json

import pytest

from tests.support.command import harness, the_run
from tests.support.fault_server import ALL, FaultServer, over_the_rate

SCENARIO = """\
schema: 1
name: short
facts:
  - id: venue
    say: "For the record: the summer party takes place at the {value}."
    values: {generate: word}
    ask: "At which place does the summer party take place? Answer with the place only."
fills: 12
"""
CELL = ("session", "probe", "repeat")
SAME = (*CELL, "reply", "score", "outcome", "status", "prompt_tokens", "finish_reason", "error")


def run(server, folder, *more, seeds=30, code=0):
    scenario = folder / "short.yaml"
    scenario.write_text(SCENARIO)
    out = folder / f"port-{server.port}"
    result = harness(
        "run", scenario, "-m", "openai/served", "-w", "1k", "--seeds", seeds, "--repeats", 3,
        "--no-controls", "-q",
        "-M", f"api_base={server.api_base}", "-M", "api_key=none", "-M", "max_tokens=32",
        "-M", "max_wait_s=0.05", "-M", "max_attempts=12", "--out", out, *more,
    )  # fmt: skip
    assert result.code == code, result.err
    return records(out), result


def records(out):
    text = (the_run(out) / "records.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def answers(records):
    """What does not depend on when and how often was asked, cell by cell."""
    return sorted([str(record[name]) for name in SAME] for record in records)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    with FaultServer() as server:
        return run(server, tmp_path_factory.mktemp("sound"))[0]


def test_a_quarter_of_faults_changes_no_answer_and_loses_no_trial(sound, tmp_path):
    rpm = 12_000
    with FaultServer(faults=ALL, stall_s=0.6) as server:
        found, _ = run(server, tmp_path, "--timeout", 0.3, "--rpm", rpm, "--max-connections", 32)
    assert len(found) > 900
    keys = [record["key"] for record in found]
    assert len(set(keys)) == len(keys)
    assert answers(found) == answers(sound)
    assert {record["status"] for record in found} == {"ok"}
    # every fault was met, and every call is accounted for
    assert set(server.given) == {*ALL.__dataclass_fields__, "answered"}
    assert sum(record["attempts"] for record in found) >= len(server.arrivals)
    assert over_the_rate(server.arrivals, rpm / 60) <= rpm / 60 + 5


def test_a_dead_provider_is_told_once_and_the_others_go_on(tmp_path):
    scenario = tmp_path / "short.yaml"
    scenario.write_text(SCENARIO)
    result = harness(
        "run", scenario, "-m", "openai/a,openai/b,reference/perfect", "-w", "1k", "--seeds", 6,
        "--no-controls", "-q", "-M", "api_base=http://127.0.0.1:9/v1", "-M", "max_wait_s=0.05",
        "--give-up-after", 0.5, "--out", tmp_path,
    )  # fmt: skip
    assert result.code == 6
    assert result.err.count("were given up") == 1
    assert "openai/a and openai/b were given up: no answer for" in result.err
    assert "the last with connection" in result.err
    found = records(tmp_path)
    alive = [record for record in found if record["model"] == "reference/perfect"]
    assert len(alive) > 50
    assert {record["status"] for record in alive} == {"ok"}
    assert len(found) - len(alive) < 40
    assert "ended in an error (" in result.err
    assert " connection)" in result.err


@pytest.mark.parametrize("option", ["--rpm", "--tpm", "--timeout", "--give-up-after"])
def test_a_limit_that_is_none_is_refused(tmp_path, option):
    result = harness("run", "-m", "reference/perfect", option, 0, "--out", tmp_path)
    assert result.code == 4
    assert f"Invalid value for '{option}'" in result.err
    assert not list(tmp_path.iterdir())


def test_limits_are_read_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_RPM", "none")
    result = harness("run", "-m", "reference/perfect", "--out", tmp_path)
    assert "'none' is not a valid float" in result.err
    monkeypatch.setenv("HARNESS_RPM", "6000")
    monkeypatch.setenv("HARNESS_TPM", "60000000")
    monkeypatch.setenv("HARNESS_TIMEOUT", "20")
    monkeypatch.setenv("HARNESS_GIVE_UP_AFTER", "5")
    with FaultServer() as server:
        run(server, tmp_path, seeds=1)
        (config,) = tmp_path.glob("*/*/run.json")
    assert json.loads(config.read_text())["sent"]["openai/served"]["timeout"] == 20


def test_what_was_never_asked_stays_visible_in_every_later_report(tmp_path):
    scenario = tmp_path / "short.yaml"
    scenario.write_text(SCENARIO)
    result = harness(
        "run", scenario, "-m", "openai/a,reference/perfect", "-w", "1k", "--seeds", 3,
        "--no-controls", "-q", "-M", "api_base=http://127.0.0.1:9/v1", "-M", "max_wait_s=0.05",
        "--give-up-after", 0.2, "--out", tmp_path,
    )  # fmt: skip
    assert result.code == 6
    told = " ".join(harness("report", "latest", "--out", tmp_path).out.split())
    assert "Not asked: " in told
    assert "were never asked: openai/a was given up: no answer for" in told
    output = tmp_path / "report.md"
    harness("report", "latest", "--out", tmp_path, "-o", output)
    assert "were never asked: openai/a was given up" in output.read_text(encoding="utf-8")
