"""A run on a cluster is as good as a run here, even if a worker dies in the middle.

One run on a real cluster serves all of this file; what else befalls workers is told of without one
in tests/runs/executors/test_ray_cluster.py.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.chains import write_chain
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
fills: [0.04, 0.9]
"""
TIMES = {
    "run_id", "started_at", "latency_s", "attempts", "memory_write_s", "memory_read_s",
}  # fmt: skip
AT_ONCE = 8
SEEDS = 3


def command(server, folder, out, *more):
    (folder / "short.yaml").write_text(SCENARIO)
    chain = write_chain(folder)
    return [
        "run", folder / "short.yaml", chain, "-m", "openai/served", "-w", "2k", "--seeds", SEEDS,
        "--memory", "none,facts", "-M", f"api_base={server.api_base}", "-M", "api_key=none",
        "-M", "max_tokens=128", "--max-connections", AT_ONCE, "-q", "--out", folder / out, *more,
    ]  # fmt: skip


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def by_key(found):
    keyed = {one["key"]: one for one in found}
    assert len(keyed) == len(found), "nothing stands twice"
    return keyed


def records(folder):
    return {
        key: {name: value for name, value in record.items() if name not in TIMES}
        for key, record in by_key(lines(folder / "records.jsonl")).items()
    }


def memories(folder):
    return {path.name: path.read_text() for path in (folder / "memories").iterdir()}


def below(pid):
    """The processes that a process started, and those that these did."""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            yield child
            yield from below(child)


def workers(run):
    """Processes of the cluster that a run has started, while they have something to do."""
    for pid in below(run.pid):
        if b"ray::Worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
            yield pid


@pytest.fixture(scope="module")
def server():
    with FaultServer(delay_s=0.05) as served:
        yield served


@pytest.fixture(scope="module")
def killed(server, tmp_path_factory):
    """A run of a memory study whose worker was killed once notes had come in; and what it said."""
    if find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    folder = tmp_path_factory.mktemp("killed")
    more = ("--executor", "ray", "--workers", 2, "--cache", folder / "cache")
    args = map(str, command(server, folder, "cluster", *more))
    run = subprocess.Popen(  # noqa: S603 -- our own command
        [sys.executable, "-m", "harness", *args], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 200
    while run.poll() is None and time.monotonic() < deadline:
        noted = [path.read_text() for path in folder.glob("cluster/*/writings.jsonl")]
        if "".join(noted).count("\n") > 1:
            os.kill(next(workers(run)), signal.SIGKILL)
            break
        time.sleep(0.02)  # noqa: TID251 -- another process is waited for
    _, err = run.communicate(timeout=250)
    assert run.returncode == 0, err
    return the_run(folder / "cluster"), err, len(server.arrivals)


@pytest.fixture(scope="module")
def here(server, killed, tmp_path_factory):
    """The same run in one process."""
    del killed  # which counts the calls of the server
    folder = tmp_path_factory.mktemp("here")
    result = harness(*command(server, folder, "here", "--no-cache"))
    assert result.code == 0, result.err
    return the_run(folder / "here")


def test_a_memory_study_whose_worker_dies_equals_a_run_here(killed, here):
    folder, _, _ = killed
    assert records(folder) == records(here)
    assert memories(folder) == memories(here)
    written = by_key(lines(folder / "writings.jsonl"))
    assert written == by_key(lines(here / "writings.jsonl"))
    assert len(written) == 2 * SEEDS, "each of the first two sessions of a chain"


def test_a_worker_that_dies_has_few_calls_paid_twice(killed):
    folder, _, asked = killed
    told = len(lines(folder / "records.jsonl")) + len(lines(folder / "writings.jsonl"))
    # what was asked twice is what the dead worker had in flight and had not sent back
    assert 0 < asked - told <= 4 * AT_ONCE


def test_what_was_sent_on_a_cluster_is_shown(killed):
    folder, _, _ = killed
    for record in lines(folder / "records.jsonl")[:: 8 * SEEDS]:
        shown = harness("show", folder, record["key"], "--messages")
        assert shown.code == 0, shown.err


def test_workers_leave_the_cache_alone_and_say_so_once(killed):
    _, err, _ = killed
    assert err.count("the cache of answers is kept by one process: workers ask anew") == 1


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
        (
            ["--executor", "ray", "--adaptive", "--workers", "99"],
            "16 connections cannot be divided between 99 workers",
        ),
        (
            ["--executor", "ray", "--cassette", "c.jsonl", "--record"],
            "a cassette is kept by one process: leave out --executor ray to record or replay it",
        ),
        (
            ["--executor", "ray", "--budget-tokens", "1000", "--adaptive"],
            "a budget is kept by one process: leave out --executor ray, or leave out the budget",
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
