"""A run that is killed again and again, against a real server that remembers who asked for what."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import sys
import threading
from collections import Counter

import pytest

from harness.core.draws import digest
from harness.runs.folder.reader import sent_messages
from tests.support.command import SCENARIOS, the_run
from tests.support.openai_server import OpenAIServer

KILLS = 20 if os.environ.get("HARNESS_TEST_LONG") else 12
START = (
    "run", SCENARIOS / "spec-review.yaml", "-m", "openai/served", "-w", "3k", "--seeds", 3,
    "--fills", "0.05,0.2,0.4,0.6,0.75,0.9", "--no-controls", "--no-preflight",
)  # fmt: skip


def _command(said, *args):
    """What the process that will be killed does; what it says is kept for whoever wonders."""
    sys.argv = ["harness", *map(str, args)]
    sys.stderr = sys.stdout = said.open("a", encoding="utf-8")
    from harness.cli import main

    main()


@pytest.fixture(scope="module")
def processes():
    """Makes processes that have everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.warm"])
    return context


@pytest.fixture
def server(httpserver):
    server = OpenAIServer(httpserver)
    server.delay_s = 0.03
    return server


def prompts(bodies):
    return [digest([[m["role"], m["content"]] for m in body["messages"]]) for body in bodies]


def recorded(folder):
    """Prompts of the records, and the records."""
    path = folder / "records.jsonl"
    whole = [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    records = [json.loads(line) for line in whole]
    return [
        digest([[m.role, m.text] for m in sent_messages(folder, record)]) for record in records
    ], records


def test_killed_at_random_moments_each_trial_has_one_record_and_no_call_is_repeated(
    processes, server, tmp_path
):
    luck = random.Random(4)
    options = ("-M", f"api_base={server.api_base}", "-M", "api_key=none", "--max-connections", 4)
    where = ("--out", tmp_path, "-q", "--no-cache")
    said, killed_with_work_left = tmp_path / "said.txt", 0
    for kill in range(KILLS):
        args = START if not kill else ("run", "--resume", "latest")
        before = set(recorded(the_run(tmp_path))[0]) if kill else set()
        asked = len(server.requests)
        process = processes.Process(target=_command, args=(said, *args, *options, *where))
        process.start()
        _wait_for(lambda: len(server.requests) > asked or not process.is_alive())  # noqa: B023 -- called at once
        threading.Event().wait(luck.uniform(0.0, 0.25))
        killed_with_work_left += process.is_alive()
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        process.close()
        assert list(tmp_path.glob("*/run.json")), said.read_text()
        repeated = before & set(prompts(server.requests[asked:]))
        assert not repeated
        if luck.random() < 0.3:  # as after a power cut in the middle of a line
            with (the_run(tmp_path) / "records.jsonl").open("ab") as file:
                file.write(b'{"schema": 1, "key": "torn')
    assert killed_with_work_left >= KILLS - 2
    last = processes.Process(
        target=_command, args=(said, "run", "--resume", "latest", *options, *where)
    )
    asked = len(server.requests)
    before = set(recorded(the_run(tmp_path))[0])
    last.start()
    last.join(60)
    assert last.exitcode == 0
    assert not before & set(prompts(server.requests[asked:]))
    folder = the_run(tmp_path)
    sent, records = recorded(folder)
    assert len(set(sent)) == len(sent)  # else two trials ask the same, and neither is repeated
    keys = Counter(record["key"] for record in records)
    assert set(keys.values()) == {1}
    assert len(keys) == json.loads((folder / "run.json").read_text())["trials"]
    assert {record["status"] for record in records} == {"ok"}
    assert sum(record["attempts"] for record in records) == len(records)


def _wait_for(condition):
    for _ in range(4000):
        if condition():
            return
        threading.Event().wait(0.005)
    raise AssertionError("nothing happened for 20 s")
