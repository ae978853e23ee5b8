from __future__ import annotations

import json
import os
import subprocess
import sys
from asyncio import Runner

import pytest

from harness.analysis.calibration.run import calibration_scenario
from harness.core.study import Study
from harness.runs.folder.reader import lines
from harness.runs.in_memory import run_in_memory
from harness.runs.progress import NoProgress
from harness.runs.run import run
from harness.sessions.materials import Workshop
from tests.support.command import Result, harness

LAWS = "step?onset=0.5,window,perfect,lapse?rate=0.9"


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    if not os.environ.get("HARNESS_TEST_CALIBRATION"):
        pytest.skip("takes minutes on a busy machine: HARNESS_TEST_CALIBRATION=1, or make bench")
    out = tmp_path_factory.mktemp("calibration")
    files = [out / f"weights.{suffix}" for suffix in ("json", "md", "svg", "png")]
    outputs = [part for file in files for part in ("-o", file)]
    # A process of its own: calibration keeps one event loop over many studies.
    command = [sys.executable, "-m", "harness", "calibrate", "--laws", LAWS, "--n", "1"]
    done = subprocess.run(  # noqa: S603 -- our own command
        [*command, "--seeds", "8", *map(str, outputs)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return Result(done.returncode, done.stdout, done.stderr), *files


def test_truth_stands_beside_the_estimate(done):
    result, *_ = done
    rows = {line.split()[0]: line for line in result.out.splitlines() if line}
    assert " 50.0 % " in rows["step?onset=0.5"]
    assert " none " in rows["perfect"]
    assert " floor " in rows["lapse?rate=0.9"]
    assert "1 study of each law: 8 sessions" in result.out
    assert "first of ten levels" in result.out


def test_the_instrument_finds_what_is_there_and_nothing_else(done):
    _, file, *_ = done
    laws = {law["law"].partition("?")[0]: law for law in json.loads(file.read_text())["laws"]}
    step, window = laws["reference/step"], laws["reference/window"]
    assert step["truth"] == pytest.approx(0.5)
    assert 0.6 < window["truth"] < 0.7
    assert step["line"]["coverage"] == window["line"]["coverage"] == 1.0
    assert step["line"]["found"] == 1.0
    assert step["line"]["median"] == pytest.approx(0.5, abs=0.1)
    assert laws["reference/perfect"]["line"]["false"] == 0
    assert laws["reference/lapse"]["line"]["false"] == 0
    assert laws["reference/lapse"]["field"]["false"] == 1


def test_the_table_and_the_picture_go_to_files(done):
    _, _, table, svg, png = done
    assert "| step?onset=0.5 | 50.0 % |" in table.read_text(encoding="utf-8")
    assert "true onset" in svg.read_text(encoding="utf-8")
    assert "fill of the window (%)" in svg.read_text(encoding="utf-8")
    assert png.read_bytes().startswith(b"\x89PNG")


def test_nothing_but_the_table_goes_to_stdout(done):
    result, *files = done
    assert all(str(file) in result.err for file in files)
    assert not any(str(file) in result.out for file in files)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "table.xlsx"], "no calibration ends in '.xlsx'; known: .json, .md, .png, .svg"),
        (["-o", "nowhere/at/all.md"], "the folder 'nowhere/at' does not exist; make it first"),
        (["-w", "max"], "-w max: the laws have no window of their own here; give tokens"),
        (["-w", "eight"], "window 'eight': expected tokens"),
        (["-w", "150"], "is too small for scenario 'calibration'"),
        (["--laws", "amnesia"], "amnesia"),
        (["--n", "0"], "--n"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(arguments, message):
    result = harness("calibrate", *arguments)
    assert result.code == 4
    assert message in result.err
    assert "Traceback" not in result.err


def test_a_window_without_room_for_the_plateau_is_said_after_one_study():
    result = harness("calibrate", "--laws", "perfect", "--n", 500, "--seeds", 1, "-w", "1k")
    assert result.code == 4
    assert "needs facts asked in the nearly empty window; use a larger -w" in result.err


def test_a_run_in_memory_is_the_run_on_disk(tmp_path):
    study = Study(
        scenarios=(calibration_scenario("grid"),),
        models=("reference/fading?onset=0.3&limit=4000",), windows=("4000",),
        seeds=1, positions=(0.5,), controls=False,
    )  # fmt: skip
    with Runner() as runner:
        kept = run_in_memory(study, Workshop(), NoProgress(), runner)
    folder = run(study, out=tmp_path).folder
    stored = list(lines(folder / "records.jsonl"))
    facts = ("key", "fill", "position", "prompt_tokens", "reply", "score", "outcome")
    assert sorted(tuple(getattr(r, f) for f in facts) for r in kept) == sorted(
        tuple(r[f] for f in facts) for r in stored
    )
    assert len(kept) == 8


def test_a_run_on_disk_notes_its_first_seed(tmp_path):
    study = Study(
        scenarios=(calibration_scenario("grid"),), models=("reference/perfect",), windows=("4000",),
        seeds=1, first_seed=3, positions=(0.5,), controls=False,
    )  # fmt: skip
    folder = run(study, out=tmp_path).folder
    assert json.loads((folder / "run.json").read_text())["first_seed"] == 3
