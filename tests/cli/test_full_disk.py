"""Where there is no room: the old file stands, the exit code is 6, and the line goes on."""

from __future__ import annotations

import resource
from contextlib import contextmanager

import pytest

from tests.support.command import SCENARIOS, harness


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("room")
    done = harness(
        "run", SCENARIOS / "needle.yaml", "-m", "reference/perfect", "-w", "2k", "--seeds", 2,
        "--fills", "0.2", "-q", "--out", folder / "results",
    )  # fmt: skip
    assert done.code == 0, done.err
    (made,) = (folder / "results").iterdir()
    return made


@contextmanager
def no_file_larger_than(size):
    """As on a disk with so much room: the system refuses what goes beyond."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("suffix", ["md", "json", "csv", "html", "txt", "parquet", "svg"])
def test_a_report_without_room_leaves_the_old_one(run, tmp_path, suffix):
    output = tmp_path / f"report.{suffix}"
    output.write_text("old")
    with no_file_larger_than(100):
        done = harness("report", run, "-o", output)
    assert done.code == 6, done.err
    assert "Traceback" not in done.err
    assert f"{output}: File too large; what stood there still stands; make room" in done.err
    assert f"go on with: harness report {run} -o {output}" in done.err
    assert output.read_text() == "old"


@pytest.mark.parametrize("form", ["inspect", "eee", "hf", "promptfoo"])
def test_an_export_without_room_leaves_nothing_in_the_way_of_the_next(run, tmp_path, form):
    with no_file_larger_than(1_000):
        done = harness("export", run, "--to", form, "-o", tmp_path / "there")
    assert done.code == 6, done.err
    assert "Traceback" not in done.err
    assert f"go on with: harness export {run} --to {form}" in done.err
    again = harness("export", run, "--to", form, "-o", tmp_path / "there")
    assert again.code == 0, again.err


def test_a_table_that_is_read_again_without_room_leaves_the_old_one(tmp_path):
    table, output = tmp_path / "table.csv", tmp_path / "again.json"
    table.write_text("model,length,score\n" + "".join(f"m,{n}000,9{9 - n}\n" for n in range(1, 8)))
    output.write_text("old")
    with no_file_larger_than(100):
        done = harness("reread", table, "-o", output)
    assert done.code == 6, done.err
    assert f"{output}: File too large; what stood there still stands" in done.err
    assert output.read_text() == "old"


def test_grading_again_without_room_goes_on_with_itself_and_asks_no_model(run, tmp_path):
    with no_file_larger_than(20_000):
        done = harness("score", run, "--out", tmp_path)
    assert done.code == 6, done.err
    assert f"make room, then go on with: harness score {run}" in done.err
    assert "--resume" not in done.err


def test_a_check_says_no_verdict_that_it_cannot_keep(run, tmp_path):
    blessed = harness("baseline", "bless", run.name, "good", "--out", run.parent)
    assert blessed.code == 0, blessed.err
    output = tmp_path / "check.json"
    with no_file_larger_than(100):
        done = harness(
            "check", run.name, "--baseline", "good", "--out", run.parent, "-o", output,
            "-M", "api_key=hunter22-canary",
        )  # fmt: skip
    assert done.code == 6, done.err
    assert done.out == ""
    assert "-M api_key=..." in done.err
    assert "hunter22" not in done.err


def test_a_run_without_room_goes_on_where_it_was(tmp_path):
    given = ("-m", "reference/perfect", "-w", "2k", "--seeds", 2, "--fills", "0.2", "-q")
    with no_file_larger_than(20_000):
        done = harness("run", SCENARIOS / "needle.yaml", *given, "--out", tmp_path)
    assert done.code == 6, done.err
    assert "Traceback" not in done.err
    assert "go on with: harness run --resume" in done.err


def test_a_run_that_could_not_begin_is_begun_again(tmp_path):
    given = ("-m", "reference/perfect", "-w", "2k", "--seeds", 2, "--fills", "0.2", "-q")
    with no_file_larger_than(100):
        done = harness("run", SCENARIOS / "needle.yaml", *given, "--out", tmp_path)
    assert done.code == 6, done.err
    assert "go on with: harness run " in done.err
    assert "--resume" not in done.err
