"""A run on a cluster is as good as a run here, even if a worker dies in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command import ROOT, harness, the_run
from tests.support.fault_server import FaultServer

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
TIMES = ("run_id", "started_at", "latency_s", "attempts")
AT_ONCE = 8


def command(server, folder, out, *more):
    (folder / "short.yaml").write_text(SCENARIO)
    return [
        "run", folder / "short.yaml", "-m", "openai/served", "-w", "1k", "--seeds", 20, "-q",
        "-M", f"api_base={server.api_base}", "-M", "api_key=none", "-M", "max_tokens=32",
        "--max-connections", AT_ONCE, "--no-cache", "--out", folder / out, *more,
    ]  # fmt: skip


def records(out):
    found = {}
    for line in (the_run(out) / "records.jsonl").read_text().splitlines():
        record = json.loads(line)
        assert record["key"] not in found, "no trial has two records"
        found[record["key"]] = {k: v for k, v in record.items() if k not in TIMES}
    return found


def workers():
    """Processes that a Ray cluster of this machine calls so."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"ray::Worker" in path.read_bytes():
                yield int(path.parent.name)
        except OSError:
            continue  # it has ended meanwhile


def test_a_worker_that_dies_loses_and_doubles_nothing(tmp_path):
    pytest.importorskip("ray")
    with FaultServer(delay_s=0.1) as server:
        args = command(server, tmp_path, "cluster", "--executor", "ray", "--workers", 2)
        line = [sys.executable, "-m", "harness", *map(str, args)]
        run = subprocess.Popen(  # noqa: S603 -- our own command
            line, cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 120
        while len(server.arrivals) < 100 and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)  # noqa: TID251 -- another process is waited for
        victim = next(workers())
        os.kill(victim, signal.SIGKILL)
        _, err = run.communicate(timeout=180)
        assert run.returncode == 0, err
        asked = len(server.arrivals)
        assert harness(*command(server, tmp_path, "here")).code == 0
    here, there = records(tmp_path / "here"), records(tmp_path / "cluster")
    assert there == here
    assert asked >= len(here)
    # what was asked twice is what the dead worker had in flight and had not sent back
    assert asked - len(here) <= 4 * AT_ONCE
    shown = harness(
        "show", "latest", next(iter(there)), "--messages", "--out", tmp_path / "cluster"
    )
    assert shown.code == 0, shown.err


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--executor", "rai"], "unknown executor 'rai': "),
        (["--workers", "4"], "--workers goes with --executor ray"),
        (["--ray-address", "auto"], "--ray-address goes with --executor ray"),
        (
            ["--executor", "ray", "--workers", "99"],
            "16 connections cannot be divided between 99 workers",
        ),
        (["--executor", "ray", "--adaptive"], "--adaptive asks batch after batch from here"),
        (
            ["--executor", "ray", "--cassette", "c.jsonl", "--record"],
            "a cassette is kept by one process: leave out --executor ray",
        ),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path, option, message):
    (tmp_path / "short.yaml").write_text(SCENARIO)
    result = harness(
        "run", "short.yaml", "-m", "reference/perfect", "-w", "1k", *option, cwd=tmp_path
    )
    assert result.code == 4
    assert message in result.err
    assert not list(tmp_path.glob("results/*/records.jsonl"))
