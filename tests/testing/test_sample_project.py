"""The sample project: passes under prompt v1, fails under v2 in words for a reviewer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from tests.support.command import ROOT, harness
from tests.support.openai_server import OpenAIServer
from tests.support.pytest_inside import SAMPLE, inside, plugin, sample

V2 = ("--harness-system-prompt", "prompts/v2.txt")


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """No way to any model, unless a test opens one."""
    for name in ("OPENAI_API_KEY", "OPENAI_API_BASE", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def served(httpserver, monkeypatch):
    """The model of the sample project behind HTTP; it counts what it is asked."""
    server = OpenAIServer(httpserver, law="tests.support.obedient:Obedient")
    monkeypatch.setenv("OPENAI_API_BASE", server.api_base)
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    return server


def in_workers(pytester, *args):
    """Real pytest in a process of its own, with two workers."""
    return subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-m", "pytest", *plugin(), "-p", "no:asyncio", "-n", "2", *args],
        cwd=pytester.path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_passes_under_the_first_prompt_offline(pytester):
    sample(pytester)
    done = inside(pytester)
    done.assert_outcomes(passed=2)
    done.stdout.fnmatch_lines(
        [
            "*= harness =*",
            "passed desk?openai/desk-1-2k?  100.0 % of   44",
            "0 calls made, cost $0*",
        ]
    )


def test_under_the_second_it_fails_with_lines_answers_and_reasons(pytester):
    sample(pytester)
    done = inside(pytester, *V2, "--junitxml", "out.xml", "recall")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        [
            "recall/desk.scenario.yaml:20: expect: recall_at_least: 0.95, but recall is 25.0 % *",
            "under openai/desk-1, window 2,000 tokens",
            "33 probes missed (abstained 33), of the questions *",
            "  recall/desk.scenario.yaml:10: apprentice, seed *, 60 % full, said at *",
            "    expected '*'",
            "    came     \"I don't know*",
            "    abstained: the model said that it does not know",
            "  ... and 27 more",
            "what was sent: harness show */harness/*_desk_* --messages",
        ]
    )
    text = done.stdout.str()
    assert "Traceback" not in text
    assert {name for name in ("delivery", "apprentice", "paint") if f": {name}, seed" in text} == {
        "delivery", "apprentice", "paint",
    }  # fmt: skip
    case = ET.parse(pytester.path / "out.xml").find(".//testcase")  # noqa: S314 -- just written
    told = {one.get("name"): one.get("value") for one in case.iter("property")}
    assert (told["harness_recall"], told["harness_probes"]) == ("0.250000", "44")
    assert told["harness_missed"] == "abstained 33"


def test_what_was_sent_can_be_shown(pytester):
    sample(pytester)
    done = inside(pytester, *V2, "recall")
    # where $CI is set, pytest's summary says the whole message a second time
    line = next(text for text in done.stdout.lines if text.startswith("what was sent: "))
    _, run, key, messages = line.removeprefix("what was sent: harness ").split()
    shown = harness("show", run, key, messages)
    first = json.loads(shown.out.splitlines()[0])
    assert "last 8 messages" in first["content"]


def test_a_test_in_python_says_what_matters_to_it(pytester):
    sample(pytester)
    done = inside(pytester, *V2, "test_desk.py")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*AssertionError: *desk/0*I don't know*"])


def once_each(runs, served):
    """The calls of the one run, of which no trial was asked twice."""
    (records,) = runs.glob("*/records.jsonl")
    trials = [json.loads(line) for line in records.read_text().splitlines()]
    assert len({trial["key"] for trial in trials}) == len(trials) == len(served.requests)
    return len(trials)


def test_live_every_trial_is_called_once(pytester, served):
    folder = sample(pytester)
    second = (folder / "recall/desk.scenario.yaml").read_text().replace("name: desk", "name: two")
    (folder / "recall/two.scenario.yaml").write_text(second)
    args = ("--harness-live", "--harness-window", "1k,2k", "--harness-seeds", "2")
    done = inside(pytester, *args, "--harness-out", "runs", "recall")
    done.assert_outcomes(passed=4)
    calls = once_each(folder / "runs", served)
    assert f"{calls} calls made" in done.stdout.str()


def test_two_workers_say_the_same_and_call_once(pytester, served):
    folder = sample(pytester)
    done = in_workers(pytester, *V2, "--harness-live", "--harness-out", "runs")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 failed" in done.stdout
    assert "but recall is 25.0 % (13–43) of 44 probes in 6 sessions" in done.stdout
    assert "failed desk[openai/desk-1-2k]   25.0 % of   44" in done.stdout
    assert f"{once_each(folder / 'runs', served)} calls made" in done.stdout


def test_recording_again_gives_the_same_bytes(served, tmp_path):
    cassette = tmp_path / "desk.jsonl"
    variants = [f"--variant=v{i}={SAMPLE / 'prompts' / f'v{i}.txt'}" for i in (1, 2)]
    done = harness(
        "run", SAMPLE / "recall/desk.scenario.yaml", "-m", "openai/desk-1", "-w", "2k",
        "--seeds", "6", *variants, "--cassette", cassette, "--record", "--out", tmp_path, "-q",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert cassette.read_bytes() == (SAMPLE / "cassettes/desk.jsonl").read_bytes()
    assert len(served.requests) == len(cassette.read_text().splitlines()) - 1
