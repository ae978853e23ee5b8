"""Ctrl-C in a real process, against a slow server."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading

import pytest

from tests.support.command import ROOT, SCENARIOS, harness, the_run
from tests.support.openai_server import OpenAIServer


@pytest.fixture
def server(httpserver):
    server = OpenAIServer(httpserver)
    yield server
    server.closing.set()


def started(server, out, *, delay_s):
    """The command under way, with calls in flight that take so long."""
    args = (
        "run", SCENARIOS / "spec-review.yaml", "-m", "openai/served", "-w", "3k", "--seeds", 2,
        "--fills", 6, "-M", f"api_base={server.api_base}", "-M", "api_key=none", "-q",
        "--max-connections", 4, "--out", out,
    )  # fmt: skip
    process = subprocess.Popen(  # noqa: S603 -- our own interpreter
        [sys.executable, "-m", "harness", *map(str, args)],
        cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    asked(server, process, 4)
    server.delay_s = delay_s
    asked(server, process, len(server.requests) + 1)
    return process


def asked(server, process, calls):
    """Wait until the server was asked so many times."""
    for _ in range(12_000):
        if len(server.requests) >= calls or process.poll() is not None:
            return
        threading.Event().wait(0.005)
    raise AssertionError("the run did not begin")


def records(out):
    return [json.loads(line) for line in (the_run(out) / "records.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_once_finishes_what_is_in_flight_and_says_how_to_go_on(server, tmp_path, number):
    process = started(server, tmp_path, delay_s=0.7)
    sent = len(server.requests)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2, err
    lines = err.strip().splitlines()
    assert lines[0] == "stopping when the calls in flight are answered; again to stop now"
    assert lines[1].startswith("interrupted; go on with: harness run --resume ")
    assert len(lines) == 2, err
    assert out == ""
    found = records(tmp_path)
    assert len(found) == len(server.requests) <= sent + 4
    assert {record["status"] for record in found} == {"ok"}
    server.delay_s = 0.0
    keys = {record["key"] for record in found}
    rest = harness("run", "--resume", "latest", "--out", tmp_path, "-q", "-M", "api_key=none")
    assert rest.code == 0, rest.err
    assert (
        len(server.requests) == len(records(tmp_path)) == len({r["key"] for r in records(tmp_path)})
    )
    assert keys < {record["key"] for record in records(tmp_path)}


def test_twice_stops_at_once_without_a_traceback(server, tmp_path):
    process = started(server, tmp_path, delay_s=40.0)
    process.send_signal(signal.SIGINT)
    threading.Event().wait(0.3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "interrupted; go on with: harness run --resume " in err
    assert "Traceback" not in err
    assert "never awaited" not in err
    assert len(err.strip().splitlines()) == 2, err
    assert len(records(tmp_path)) < len(server.requests)
