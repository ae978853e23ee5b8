from __future__ import annotations

import asyncio
import json

import pytest

from harness.core.errors import UsageError
from harness.core.study import Study
from harness.runs.run import arun, plan, run
from harness.scenarios import load_all
from tests.support.command import SCENARIOS, the_run

VOICE = load_all([SCENARIOS / "brand-voice.yaml"])
OTHER = "reference/refuse?limit=8000&ratio=1.4"


def study(*models, **changed):
    return Study(scenarios=VOICE, models=models, **{"windows": ("8k",), "seeds": 2} | changed)


def records(folder):
    return [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def aimed(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    result = run(study(OTHER, "reference/perfect"), out=out)
    assert result.complete
    return records(result.folder)


def test_a_server_that_counts_more_than_we_do_is_aimed_at_right_and_never_overshot(aimed):
    own = [r for r in aimed if r["model"] == OTHER]
    assert {r["status"] for r in own} == {"ok"}
    long = [r for r in own if r["arm"] == "main" and r["fill_requested"] > 0.1]
    assert len(long) > 50
    for record in long:
        assert record["fill"] == pytest.approx(record["fill_requested"], abs=0.015)
        assert record["prompt_tokens"] <= 8000


def test_models_are_asked_at_the_same_fills_whatever_they_count(aimed):
    asked = {
        model: {(r["probe"], r["seed"], r["fill_requested"]) for r in aimed if r["model"] == model}
        for model in (OTHER, "reference/perfect")
    }
    shared = asked[OTHER] & asked["reference/perfect"]
    assert len(shared) > 0.9 * len(asked[OTHER])


def test_a_run_that_goes_on_aims_as_it_began(tmp_path):
    whole = run(study(OTHER), out=tmp_path / "a")
    expected = {r["key"] for r in records(whole.folder)}
    kept = (whole.folder / "records.jsonl").read_text().splitlines(keepends=True)
    for left in (3, len(kept) // 2):
        (whole.folder / "records.jsonl").write_text("".join(kept[:left]))
        again = run(study(OTHER), out=tmp_path / "a", resume=whole.folder)
        assert again.complete
        found = [r["key"] for r in records(whole.folder)]
        assert len(found) == len(set(found))
        assert set(found) == expected


def test_interrupted_before_anything_is_settled_it_learns_the_same(tmp_path):
    first = run(study(OTHER), out=tmp_path)
    path = the_run(tmp_path) / "records.jsonl"
    expected = {r["key"] for r in records(first.folder)}
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:2]))
    (first.folder / "ledger.json").unlink()
    assert run(study(OTHER), out=tmp_path, resume=first.folder).complete
    assert {r["key"] for r in records(first.folder)} == expected


@pytest.mark.parametrize(
    ("model", "policy", "what"),
    [
        ("reference/window?tokens=4000&ratio=1.3", "send_all", "server_truncated"),
        ("reference/perfect?ratio=1.3", "drop_oldest?tokens=3000", "evicted"),
    ],
)
def test_a_session_that_is_not_read_whole_is_as_full_as_the_provider_would_count_it(
    tmp_path, model, policy, what
):
    result = run(study(model, policies=(policy,)), out=tmp_path)
    cut = [r for r in records(result.folder) if r["outcome"] == what]
    assert len(cut) > 5
    for record in cut:
        assert record["prompt_tokens"] < 1.28 * record["session_tokens"]
        assert record["fill"] == pytest.approx(1.3 * record["session_tokens"] / 8000, rel=0.01)


async def test_a_study_runs_where_an_event_loop_is_running(tmp_path):
    small = study("reference/perfect", seeds=1, windows=("2k",))
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    beside = asyncio.create_task(tick())
    found = await arun(small, out=tmp_path)
    beside.cancel()
    assert found.complete
    assert len(records(found.folder)) == len(plan(small).trials)
    assert ticks > 5, "the loop is free while the run goes on"


async def test_run_under_a_running_event_loop_says_what_to_use_instead(tmp_path):
    with pytest.raises(UsageError, match=r"use 'await harness\.arun\(\.\.\.\)' there"):
        run(study("reference/perfect"), out=tmp_path)
    assert not list(tmp_path.iterdir())
