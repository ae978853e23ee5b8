"""The line that goes on with a run works as it is printed."""

from __future__ import annotations

import os
import shlex

import pytest

from tests.support.command import harness, the_run
from tests.support.openai_server import OpenAIServer, refused

KEY = "sk-of-a-resumed-run"


@pytest.fixture
def server(httpserver):
    server = OpenAIServer(httpserver)
    server.law = "perfect"
    server.then(refused("no such parameter: fnord"))
    return server


def broken_off(server, folder, *more):
    """A run with an error in it, and the line that it ends with."""
    result = harness(
        "run", "needle", "-m", "openai/mine", "-w", "2k", "--seeds", 1, "--fills", "0.5",
        "--no-controls", "-q", "-M", f"api_base={server.api_base}", *more, cwd=folder,
    )  # fmt: skip
    assert result.code == 6, result.err
    line = result.err.rpartition("Go on with: ")[2].strip()
    return shlex.split(os.path.expandvars(line)), line


@pytest.mark.parametrize("key", ["none", KEY])
def test_the_line_goes_on_as_it_is_printed(server, tmp_path, monkeypatch, key):
    monkeypatch.setenv("KEY_OF_MINE", KEY)
    words, line = broken_off(
        server, tmp_path, "-M", f"api_key={key}", "--rpm", 5000, "--max-connections", 2,
        "--out", "my results",
    )  # fmt: skip
    assert KEY not in line
    assert "--rpm 5000" in line
    assert "--max-connections 2" in line
    again = harness(*words[1:], cwd=tmp_path)
    assert again.code == 0, again.err
    assert the_run(tmp_path / "my results")


def test_a_secret_that_nothing_names_is_left_for_its_owner_to_fill_in(server, tmp_path):
    _, line = broken_off(server, tmp_path, "-M", "api_key=sk-typed-by-hand")
    assert "-M api_key=..." in line
    assert "typed-by-hand" not in line


def test_a_run_with_nothing_to_repeat_has_a_short_line(tmp_path):
    result = harness(
        "run", "needle", "-m", "reference/perfect", "-w", "2k", "--seeds", 1, "--fills", "0.2,0.9",
        "--budget-tokens", 2500, "--no-controls", "-q", cwd=tmp_path,
    )  # fmt: skip
    assert result.code == 6
    run = the_run(tmp_path / "results").name
    assert result.err.strip().endswith(f"harness run --resume {run} --quiet")
