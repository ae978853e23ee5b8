from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from harness.core.record import FIELDS
from tests.support.command import ROOT, SCENARIOS, harness, the_run

VOICE = SCENARIOS / "brand-voice.yaml"
TIMES = ("run_id", "started_at", "latency_s")


def records(folder):
    return [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]


def timeless(folder):
    return {r["key"]: {k: v for k, v in r.items() if k not in TIMES} for r in records(folder)}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Three models, three windows."""
    out = tmp_path_factory.mktemp("study")
    models = "reference/perfect,reference/window?tokens=2000,reference/fading?onset=0.5&limit=8000"
    result = harness(
        "run", VOICE, "-m", models, "-w", "4k,8k,max", "--seeds", 5, "--fills", 6, "--out", out
    )
    assert result.code == 0, result.err
    return the_run(out), result


def test_a_run_leaves_one_record_for_each_planned_trial_with_every_field(study):
    folder, _ = study
    config = json.loads((folder / "run.json").read_text())
    found = records(folder)
    assert len({r["key"] for r in found}) == len(found) == config["trials"]
    for record in found:
        assert tuple(record) == FIELDS
        assert record["status"] == "ok"
        assert record["score"] is not None
        assert record["outcome"] is not None
        assert record["run_id"] == folder.name
    assert {r["window_limit"] for r in found} == {4000, 8000, 8192}


def test_the_report_at_the_end_says_who_forgets_where(study):
    _, result = study
    assert "reference/perfect" in result.out
    assert "no drop of 5 points or more" in result.out
    assert "server_truncated" in result.out


def test_fill_is_the_providers_count_over_the_window(study):
    folder, _ = study
    for record in records(folder):
        if record["model"] == "reference/perfect":
            assert record["usage_source"] == "provider"
            assert record["fill"] == pytest.approx(
                record["prompt_tokens"] / record["window_limit"], abs=1e-6
            )
            assert record["prompt_tokens"] == record["view_tokens"]


def test_controls_know_nothing_without_the_fact_and_all_of_it_without_filler(study):
    folder, _ = study
    for record in records(folder):
        if record["model"] != "reference/perfect" or record["arm"] == "main":
            continue
        assert record["score"] == 1.0
        expected = "recalled" if record["arm"] == "needle_only" else "abstained"
        assert record["outcome"] == expected


def test_what_the_server_dropped_is_not_called_forgetting(study):
    folder, _ = study
    missed = [
        r
        for r in records(folder)
        if r["model"] == "reference/window?tokens=2000" and not r["score"]
    ]
    assert missed
    assert {r["outcome"] for r in missed} == {"server_truncated"}
    assert all(r["server_truncated"] and r["in_view"] for r in missed)


def test_show_gives_back_exactly_what_was_sent(study):
    folder, _ = study
    # The longest of a model that reads all: three models have a trial of this length, and the one
    # whose server cuts at 2,000 tokens meters what it kept.
    read_whole = [r for r in records(folder) if r["model"] == "reference/perfect"]
    record = max(read_whole, key=lambda r: r["view_tokens"])
    shown = harness("show", folder, record["key"][:12])
    assert json.loads(shown.out) == record
    lines = harness("show", folder, record["key"], "--messages").out.splitlines()
    sent = [json.loads(line) for line in lines]
    assert sent[0]["role"] == "system"
    assert sent[-1] == {"role": "user", "content": record["question"]}
    from harness.core.messages import Message
    from harness.sessions.tokens import TokenCounter

    counted = TokenCounter().count(Message(m["role"], m["content"]) for m in sent)
    assert counted == record["view_tokens"] == record["prompt_tokens"]


def test_the_same_command_twice_gives_the_same_records_but_for_times(tmp_path):
    runs = []
    for name in ("a", "b"):
        out = tmp_path / name
        result = harness(
            "run", VOICE, "-m", "reference/fading?onset=0.3", "-w", "4k", "--seeds", 2,
            "--fills", 5, "--out", out, "-q",
        )  # fmt: skip
        assert result.code == 0
        runs.append(timeless(the_run(out)))
    assert runs[0] == runs[1]


def test_evicted_by_our_policy_is_never_forgotten_by_the_model(tmp_path):
    result = harness(
        "run", VOICE, "-m", "reference/perfect", "-w", "8k", "--seeds", 2, "--fills", "0.04,0.5,1",
        "--policy", "drop_oldest?tokens=4000", "--out", tmp_path,
    )  # fmt: skip
    assert result.code == 0
    main = [r for r in records(the_run(tmp_path)) if r["arm"] == "main"]
    lost = [r for r in main if r["in_view"] is False]
    assert lost
    assert {r["outcome"] for r in lost} == {"evicted"}
    assert {r["outcome"] for r in main if r["in_view"]} == {"recalled"}
    assert max(r["prompt_tokens"] for r in main) <= 4000
    assert max(r["fill"] for r in main) > 0.9
    assert "by the model 0, by the application or server" in " ".join(result.out.split())


def test_past_the_ceiling_a_refusal_has_no_score(tmp_path):
    result = harness(
        "run", VOICE, "-m", "reference/refuse?limit=2000", "-w", "2k", "--seeds", 2,
        "--fills", "0.1,0.5,1.5", "--out", tmp_path,
    )  # fmt: skip
    assert result.code == 0
    over = [r for r in records(the_run(tmp_path)) if r["status"] == "overflow"]
    assert over
    for record in over:
        assert record["fill"] > 1
        assert record["score"] is None
        assert record["outcome"] == "refused"
        assert "2000" in record["error"]


def test_a_policy_that_refuses_sends_nothing(tmp_path):
    harness(
        "run", VOICE, "-m", "reference/perfect", "-w", "2k", "--seeds", 1, "--fills", "0.5,1.5",
        "--policy", "refuse", "--out", tmp_path, "-q",
    )  # fmt: skip
    folder = the_run(tmp_path)
    over = [r for r in records(folder) if r["status"] == "overflow"]
    assert over
    assert all(r["prompt_tokens"] is None and r["attempts"] == 0 for r in over)
    shown = harness("show", folder, over[0]["key"], "--messages")
    assert shown.code == 4
    assert "nothing was sent" in shown.err


def test_a_tokenizer_that_is_not_ours_is_measured_and_no_usage_is_said(tmp_path):
    harness(
        "run", VOICE, "-m", "reference/perfect?ratio=1.3,reference/perfect?usage=none", "-w", "4k",
        "--seeds", 1, "--fills", "0.04,0.5", "--out", tmp_path, "-q",
    )  # fmt: skip
    for record in records(the_run(tmp_path)):
        if record["arm"] != "main":
            continue
        if "ratio" in record["model"]:
            assert record["prompt_tokens"] == pytest.approx(1.3 * record["view_tokens"], abs=1)
            assert record["fill"] == pytest.approx(record["prompt_tokens"] / 4000, abs=1e-6)
            assert record["server_truncated"] is False
        else:
            assert record["usage_source"] == "local"
            assert record["server_truncated"] is None


@pytest.mark.parametrize("kills", [1, 3])
def test_killed_in_the_middle_and_resumed_is_as_if_nothing_had_happened(tmp_path, kills):
    args = [
        "run", str(VOICE), "-m", "reference/fading?onset=0.4", "-w", "8k", "--seeds", "4",
        "--fills", "8", "-q", "--out",
    ]  # fmt: skip
    assert harness(*args, tmp_path / "whole").code == 0
    whole = timeless(the_run(tmp_path / "whole"))
    out = tmp_path / "killed"
    for attempt in range(kills):
        command = [sys.executable, "-m", "harness", *args, str(out)]
        if attempt:
            command = [*command[:3], "run", "--resume", "latest", "-q", "--out", str(out)]
        _kill_after(command, out, grown=40)
    before = timeless(the_run(out))
    assert 0 < len(before) < len(whole)
    with (the_run(out) / "records.jsonl").open("a") as file:
        file.write('{"key": "torn')
    assert harness("run", "--resume", "latest", "-q", "--out", out).code == 0
    after = records(the_run(out))
    assert len(after) == len({r["key"] for r in after}) == len(whole)
    assert timeless(the_run(out)) == whole


def _kill_after(command, out, *, grown):
    """Start the command and kill it once it has written so many records more."""

    def written():
        return sum(len(f.read_bytes().splitlines()) for f in out.glob("*/records.jsonl"))

    start = written() if out.exists() else 0
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        deadline = time.monotonic() + 60
        while written() < start + grown:
            assert time.monotonic() < deadline
            assert process.poll() is None, "the run was over before it could be killed"
            time.sleep(0.002)  # noqa: TID251 -- waits for another process
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def test_a_resumed_run_is_the_same_study_or_none(tmp_path):
    args = ("-m", "reference/perfect", "-w", "2k", "--seeds", 1, "--fills", "0.2,0.5")
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(VOICE.read_text())
    out = tmp_path / "out"
    assert harness("run", scenario, *args, "--out", out, "-q").code == 0
    refused = harness("run", "--resume", "latest", "--seeds", 3, "--out", out)
    assert refused.code == 4
    assert "--seeds cannot change in a run that is resumed" in refused.err
    refused = harness("run", scenario, "--resume", "latest", "--out", out)
    assert "scenario paths cannot change" in refused.err
    scenario.write_text(VOICE.read_text().replace("copywriter", "poet"))
    refused = harness("run", "--resume", "latest", "--out", out)
    assert refused.code == 4
    assert "scenario 'brand-voice' has changed since" in refused.err
    refused = harness("run", "--resume", "nothing", "--out", out)
    assert "unknown run 'nothing'" in refused.err
    refused = harness("run", scenario, *args, "--retry-errors", "--out", out)
    assert "--retry-errors goes with --resume" in refused.err


def test_a_large_study_can_be_split_by_seeds(tmp_path):
    args = ("-m", "reference/perfect", "-w", "2k", "--fills", "0.5", "--no-controls", "-q")
    for first in (0, 2):
        out = tmp_path / str(first)
        part = harness("run", VOICE, *args, "--seeds", 2, "--first-seed", first, "--out", out)
        assert part.code == 0, part.err
    whole = harness("run", VOICE, *args, "--seeds", 4, "--out", tmp_path / "whole")
    assert whole.code == 0, whole.err
    parts = {r["key"] for first in ("0", "2") for r in records(the_run(tmp_path / first))}
    assert parts == {r["key"] for r in records(the_run(tmp_path / "whole"))}
    changed = harness("run", "--resume", "latest", "--first-seed", 1, "--out", tmp_path / "0")
    assert "--first-seed cannot change in a run that is resumed" in changed.err
