from __future__ import annotations

import json
import shutil

import pytest

from harness.adaptive.goal import SearchGoal
from harness.adaptive.run import run_adaptive
from harness.core.errors import UsageError
from harness.core.scenario import Fills
from harness.core.study import Study
from harness.scenarios import load_all
from tests.support.command import ROOT, SCENARIOS, harness

VOICE = load_all([SCENARIOS / "brand-voice.yaml"])


def study(**changed):
    base = {"models": ("reference/perfect",), "windows": ("4k",), "seeds": 6}
    return Study(scenarios=VOICE, **base | changed)


def records(folder):
    return [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]


def goal(batches):
    return SearchGoal(batch_size=8, max_probes=8 * batches)


def test_batches_are_asked_one_after_the_other_and_the_records_say_why(tmp_path):
    result, (ended,) = run_adaptive(study(), goal(batches=2), out=tmp_path)
    assert (ended.reason, ended.enough) == (
        "16 probes were asked and the aim is not reached",
        False,
    )
    main = [r for r in records(result.folder) if r["arm"] == "main"]
    assert [r["batch"] for r in main].count(1) == [r["batch"] for r in main].count(2) == 8
    assert all(r["batch_why"] for r in main)
    assert {r["layout"] for r in main} == {"growing"}
    assert {r["score"] for r in main} == {1.0}
    assert {r["session"] for r in main} <= {f"brand-voice/{seed}" for seed in range(6)}
    assert max(r["fill_requested"] for r in main) <= 0.968, "room is left for the answer"
    assert result.complete


def test_fill_and_position_are_those_that_were_chosen(tmp_path):
    result, _ = run_adaptive(study(), goal(batches=1), out=tmp_path)
    (line,) = (result.folder / "batches.jsonl").read_text().splitlines()
    chosen = json.loads(line)["choices"]
    main = [r for r in records(result.folder) if r["arm"] == "main"]
    for choice in chosen:
        (record,) = [r for r in main if r["fill_requested"] == choice["fill"]]
        assert record["session"] == f"brand-voice/{choice['seed']}"
        assert record["batch_why"] == choice["why"]
        if choice["fill"] > 0.1:
            assert record["fill"] == pytest.approx(choice["fill"], abs=0.01)
            assert record["position"] == pytest.approx(choice["position"], abs=0.12)


def test_an_interrupted_search_goes_on_as_if_nothing_had_happened(tmp_path):
    whole, _ = run_adaptive(study(), goal(batches=3), out=tmp_path / "a")
    folder = tmp_path / "b" / whole.folder.name
    shutil.copytree(whole.folder, folder)
    batches = (folder / "batches.jsonl").read_text().splitlines(keepends=True)
    (folder / "batches.jsonl").write_text("".join(batches[:2]))
    lines = (folder / "records.jsonl").read_text().splitlines(keepends=True)
    before = [line for line in lines if json.loads(line)["batch"] < 3]
    (folder / "records.jsonl").write_text("".join(before[:-5]))
    resumed, _ = run_adaptive(study(), goal(batches=3), out=tmp_path / "b", resume=folder)
    times = {"run_id", "started_at", "latency_s"}

    def timeless(run):
        return {r["key"]: {k: v for k, v in r.items() if k not in times} for r in records(run)}

    assert (folder / "batches.jsonl").read_text() == "".join(batches)
    assert timeless(resumed.folder) == timeless(whole.folder)


@pytest.mark.parametrize(
    ("aim", "says"),
    [
        (SearchGoal(batch_size=8, max_probes=8), "8 probes were asked and the aim is not reached"),
        (SearchGoal(batch_size=8, budget_tokens=1), "the budget of 1 tokens is spent"),
    ],
)
def test_a_search_that_runs_out_says_so(tmp_path, aim, says):
    _, (ended,) = run_adaptive(study(), aim, out=tmp_path)
    assert not ended.enough
    assert says in ended.reason


@pytest.mark.parametrize(
    ("changed", "aim", "says"),
    [
        ({"fills": Fills(count=5)}, SearchGoal(), "leave out --fills and --positions"),
        ({}, SearchGoal(half_width=3.0), "--half-width 3: expected a fraction such as 0.03"),
        ({"windows": ("150",)}, SearchGoal(), "is too small for scenario"),
        ({"seeds": 5000}, SearchGoal(), "5000 seeds"),
    ],
)
def test_what_cannot_be_searched_is_refused_before_anything_is_sent(tmp_path, changed, aim, says):
    with pytest.raises(UsageError, match=says):
        run_adaptive(study(**changed), aim, out=tmp_path)
    assert not list(tmp_path.glob("*"))


def test_a_script_cannot_be_searched(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(
        "schema: 1\nname: s\nfacts:\n  - id: a\n    say: 'The hall is {value}.'\n"
        "    values: {generate: word}\n    ask: 'Which hall is it?'\n"
        "script:\n  - plant: a\n  - filler: 1\n  - probe: a\n"
    )
    with pytest.raises(UsageError, match="is a script, whose facts stand where it says"):
        run_adaptive(
            Study(scenarios=load_all([file]), models=("reference/perfect",), windows=("4k",)),
            SearchGoal(),
            out=tmp_path / "out",
        )


def test_the_command_finds_a_step_and_stops(tmp_path):
    result = harness(
        "run", SCENARIOS / "brand-voice.yaml", "-m", "reference/step?onset=0.5&drop=0.7&limit=4000",
        "-w", "4k", "--adaptive", "--half-width", 0.08, "--out", tmp_path, cwd=ROOT,
    )  # fmt: skip
    assert result.code == 0, result.err
    assert "stopped: reference/step" in result.out
    assert "forgetting begins at" in result.out
    listed = harness("ls", "--out", tmp_path).out
    assert "adaptive" in listed
    again = harness("run", "--resume", "latest", "-q", "--out", tmp_path)
    assert again.code == 0
    assert "stopped: reference/step" in again.out
