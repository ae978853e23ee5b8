"""A run on a cluster is as good as a run here, even if a worker dies in the middle."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.chains import write_chain
from tests.support.command import ROOT, SCENARIOS, harness, the_run
from tests.support.fault_server import FaultServer

SCENARIO = """\
schema: 1
name: short
facts:
  - id: venue
    say: "For the record: the summer party takes place at the {value}."
    values: {generate: word}
    ask: "At which place does the summer party take place? Answer with the place only."
fills: [0.04, 0.3, 0.6, 0.9]
"""
TIMES = {
    "run_id", "started_at", "latency_s", "attempts", "memory_write_s", "memory_read_s",
}  # fmt: skip
AT_ONCE = 8
SEEDS = 6


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


def workers(cluster):
    """Processes of a cluster that have something to do."""
    for pid in below(cluster.pid):
        if b"ray::Worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
            yield pid


@dataclass(frozen=True)
class RayCluster:
    """A cluster of this machine, for all runs of this file; nobody else has its token."""

    pid: int
    address: str
    env: dict[str, str] = field(repr=False)

    def start(self, *args):
        """The command in a process of its own, its trials on the cluster."""
        more = ("--executor", "ray", "--ray-address", self.address)
        line = [sys.executable, "-m", "harness", *map(str, (*args, *more))]
        return subprocess.Popen(  # noqa: S603 -- our own command
            line, cwd=ROOT, env=self.env, stderr=subprocess.PIPE, text=True
        )


@pytest.fixture(scope="module")
def cluster():
    if find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    env = {**os.environ, **token, "PYTHONPATH": str(ROOT)}
    line = [
        Path(sys.executable).with_name("ray"), "start", "--head", "--block", f"--port={port}",
        "--num-cpus=2", "--include-dashboard=false", "--disable-usage-stats",
    ]  # fmt: skip
    with subprocess.Popen(  # noqa: S603 -- of our own environment
        line, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as head:
        said = iter(head.stdout.readline, "")
        assert any("Ray runtime started" in one for one in said)
        yield RayCluster(head.pid, f"127.0.0.1:{port}", env)
        head.terminate()


@pytest.fixture(scope="module")
def server():
    with FaultServer(delay_s=0.03) as served:
        yield served


@pytest.fixture(scope="module")
def killed(server, cluster, tmp_path_factory):
    """A run of a memory study whose worker was killed once notes had come in; and what it said."""
    folder = tmp_path_factory.mktemp("killed")
    more = ("--workers", 2, "--cache", folder / "cache")
    run = cluster.start(*command(server, folder, "cluster", *more))
    deadline = time.monotonic() + 200
    while run.poll() is None and time.monotonic() < deadline:
        noted = [path.read_text() for path in folder.glob("cluster/*/writings.jsonl")]
        if "".join(noted).count("\n") > 1:
            os.kill(next(workers(cluster)), signal.SIGKILL)
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


def test_a_run_that_was_begun_here_goes_on_there_and_pays_for_no_note_twice(
    server, cluster, here, tmp_path
):
    folder = tmp_path / "there" / here.name
    shutil.copytree(here, folder)
    begun = (here / "records.jsonl").read_text().splitlines(keepends=True)
    kept = [line for line in begun if json.loads(line)["session_number"] == 1]
    (folder / "records.jsonl").write_text("".join(kept))
    before = len(server.arrivals)
    more = ("--workers", 1, "--max-connections", AT_ONCE, "--no-cache", "-q", "-M", "api_key=none")
    run = cluster.start("run", "--resume", folder, "--out", folder.parent, *more)
    _, err = run.communicate(timeout=250)
    assert run.returncode == 0, err
    assert records(folder) == records(here)
    assert len(server.arrivals) - before == len(begun) - len(kept)
    assert (folder / "writings.jsonl").read_text() == (here / "writings.jsonl").read_text()


def test_an_adaptive_run_asks_there_what_it_asks_here(cluster, tmp_path):
    args = (
        "run", SCENARIOS / "brand-voice.yaml", "-m", "reference/lapse?rate=0.3", "-w", "2k", "-q",
        "--adaptive", "--batch-size", 8, "--max-probes", 24, "--out",
    )  # fmt: skip
    harness(*args, tmp_path / "here")
    cluster.start(*args, tmp_path / "there", "--workers", 1).communicate(timeout=250)
    here, there = the_run(tmp_path / "here"), the_run(tmp_path / "there")
    assert records(there) == records(here)
    batches = (here / "batches.jsonl").read_text()
    assert (there / "batches.jsonl").read_text() == batches
    assert batches.count("\n") == 3


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
