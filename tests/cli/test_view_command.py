"""`harness view`, begun and ended as its user does."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
import urllib.request
from typing import TYPE_CHECKING

from harness.core.record import to_json
from tests.support.command import harness
from tests.support.records import make_record

if TYPE_CHECKING:
    from pathlib import Path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def run_folder(out: Path, name: str) -> Path:
    folder = out / name
    folder.mkdir(parents=True)
    config = {
        "schema": 1, "scenarios": [], "models": ["m"], "windows": ["8k"], "policies": ["send_all"],
        "seeds": 1, "options": {}, "telling": {}, "adaptive": None, "trials": 1,
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(config), encoding="utf-8")
    line = json.dumps(to_json(make_record()))
    (folder / "records.jsonl").write_text(f"{line}\n", encoding="utf-8")
    return folder


def test_it_shows_the_newest_run_says_where_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    run_folder(tmp_path, "20260101T000000Z_old_000001")
    run_folder(tmp_path, "20260102T000000Z_new_000002")
    port, seen = free_port(), []

    def look() -> None:
        deadline = time.monotonic() + 60
        while not seen and time.monotonic() < deadline:
            try:
                address = f"http://127.0.0.1:{port}/progress"
                with urllib.request.urlopen(address, timeout=10) as answer:
                    seen.append(json.load(answer))
            except OSError:
                time.sleep(0.05)  # noqa: TID251 - a thread that waits for the server
        os.kill(os.getpid(), signal.SIGINT)

    browser = threading.Thread(target=look)
    browser.start()
    result = harness("view", "--port", port, "--out", tmp_path)
    browser.join()
    assert (result.code, result.out) == (0, f"http://127.0.0.1:{port}/\n")
    assert [run["run"] for run in seen[0]["runs"]] == ["20260102T000000Z_new_000002"]


def test_a_port_that_is_taken_is_told_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = harness("view", "--port", port, "--out", tmp_path)
    assert result.code == 4
    assert f"cannot listen on 127.0.0.1:{port}" in result.err
    assert "give another --port, or 0" in result.err


def test_an_unknown_run_is_named_before_anything_is_served(tmp_path: Path) -> None:
    result = harness("view", "nowhere", "--port", 0, "--out", tmp_path)
    assert result.code == 4
    assert "unknown run 'nowhere'" in result.err
