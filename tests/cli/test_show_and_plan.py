"""One record as a conversation, and the time that a plan will take."""

from __future__ import annotations

import json

import pytest

from tests.support.command import harness, the_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shown")
    result = harness(
        "run", "needle", "-m", "reference/window?tokens=1200", "-w", "2k", "--seeds", 1, "--fills",
        "0.4,0.95", "-q", cwd=folder,
    )  # fmt: skip
    assert result.code == 0, result.err
    return folder


def records(folder):
    lines = (the_run(folder / "results") / "records.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_record_is_a_conversation_to_be_read(run):
    record = next(r for r in records(run) if r["arm"] == "main" and r["outcome"] == "recalled")
    told = harness("show", "latest", record["key"][:12], "--transcript", cwd=run).out
    words = " ".join(told.split())
    assert record["question"] in words
    assert f"expected: {record['expected'][0]}" in words
    assert "recalled:" in words
    said = told.partition("◄ said here")[2].partition("\n\n")[0]
    assert record["expected"][0] in " ".join(said.split())
    assert "message" in told.partition("...")[2]
    assert words.index("◄ the question") < words.index("the reply")


def test_elsewhere_than_in_a_terminal_a_record_is_json_unless_said(run):
    key = records(run)[0]["key"]
    assert json.loads(harness("show", "latest", key, cwd=run).out)["key"] == key
    assert json.loads(harness("show", "latest", key, "--json", cwd=run).out)["key"] == key


def test_a_plan_says_the_time_by_the_rate_of_a_run_of_before(run):
    name = the_run(run / "results").name
    again = harness(
        "plan", "needle", "-m", "reference/window?tokens=1200,reference/perfect", "-w", "2k",
        "--seeds", 1, cwd=run,
    )  # fmt: skip
    assert again.code == 0, again.err
    assert f"s, at the rate of {name}." in again.out
    assert "Time unknown: no run in results/ has asked reference/perfect yet" in again.out
