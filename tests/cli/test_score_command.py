"""`harness score`: stored replies are graded again, and nothing is called."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.support.command import SCENARIOS, harness, the_run

MODELS = "reference/fading?onset=0.3,reference/window?tokens=2000"
TIMES = ("run_id", "started_at", "latency_s")
"""Two sessions that ask the same may be given each other's answer, which may have taken longer."""


def records(folder):
    found = (json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines())
    return {record["key"]: record for record in found}


def latest(out, before):
    (new,) = {path.parent for path in out.glob("*/run.json")} - {before}
    return new


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A scenario that a test may change, and a run of it."""
    place = tmp_path_factory.mktemp("score")
    scenario = shutil.copy(SCENARIOS / "brand-voice.yaml", place / "voice.yaml")
    result = harness(
        "run", scenario, "-m", MODELS, "-w", "4k,max", "--seeds", 2, "-q", "--out", place / "out",
        "-M", "api_key=sk-secret-of-mine",
    )  # fmt: skip
    assert result.code == 0, result.err
    return scenario, the_run(place / "out")


@pytest.fixture
def copied(finished, tmp_path):
    """Its folder and scenario, for one test alone."""
    scenario, folder = finished
    own = tmp_path / "out" / folder.name
    shutil.copytree(folder, own)
    config = json.loads((own / "run.json").read_text())
    config["scenarios"][0]["path"] = shutil.copy(scenario, tmp_path / "voice.yaml").as_posix()
    (own / "run.json").write_text(json.dumps(config))
    return tmp_path / "voice.yaml", own


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_scenario_that_did_not_change_gives_the_same_records_but_for_their_times(copied):
    _, folder = copied
    result = harness("score", folder.name, "--out", folder.parent)
    assert result.code == 0, result.err
    before, now = records(folder), records(latest(folder.parent, folder))
    assert f"{len(before)} trials of {folder.name} graded again, without a call: all as before" in (
        result.out
    )
    for field in TIMES:
        for record in (*before.values(), *now.values()):
            del record[field]
    assert now == before


def test_another_scorer_grades_the_same_replies_otherwise_and_the_run_stays_as_it_is(copied):
    path, folder = copied
    kept = (folder / "records.jsonl").read_bytes()
    change(path, "  - id: sentence-length\n", "  - id: sentence-length\n    score: exact\n")
    result = harness("score", folder.name, "--out", folder.parent)
    assert result.code == 0, result.err
    now = [r for r in records(latest(folder.parent, folder)).values() if r["arm"] == "main"]
    graded = [r for r in now if r["fact"] == "sentence-length" and r["reply"] is not None]
    was = [r for r in records(folder).values() if r["fact"] == "sentence-length"]
    assert any(r["score"] == 1 for r in was)
    # the reference models quote whole sentences, which are not the value alone
    assert {r["score"] for r in graded} == {0.0}
    assert "otherwise than before" in result.out
    assert "recalled (1) -> " in result.out
    assert all("brand-voice: sentence-length@" in line for line in result.out.splitlines()[1:11])
    assert (folder / "records.jsonl").read_bytes() == kept


def test_what_the_server_dropped_and_what_was_metered_is_as_it_was(copied):
    _, folder = copied
    harness("score", folder.name, "-q", "--out", folder.parent)
    now = records(latest(folder.parent, folder)).values()
    cut = [r for r in now if r["server_truncated"]]
    assert cut
    assert {r["outcome"] for r in cut if not r["score"]} >= {"server_truncated"}
    assert {r["usage_source"] for r in now if r["reply"] is not None} == {"provider"}


def test_a_question_that_changed_has_no_reply_and_nothing_is_left_behind(copied):
    path, folder = copied
    change(path, "How should the brand voice sound", "In a word, how should the brand voice sound")
    change(path, "What does the founder want", "In a word, what does the founder want")
    result = harness("score", folder.name, "--out", folder.parent)
    assert result.code == 4
    assert f"{folder.name} holds no reply of reference/" in result.err
    assert "what is said or asked has changed since, and only its grading may" in result.err
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_run_that_is_not_whole_is_to_be_gone_on_with_first(copied):
    _, folder = copied
    lines = (folder / "records.jsonl").read_text().splitlines(keepends=True)
    (folder / "records.jsonl").write_text("".join(lines[:7]))
    result = harness("score", folder.name, "--out", folder.parent)
    assert result.code == 4
    assert f"holds 7 of its {len(lines)} trials; go on with it first" in result.err
    assert f"harness run --resume {folder.name}" in result.err


def test_a_call_that_failed_stays_a_failure(copied):
    _, folder = copied
    lines = (folder / "records.jsonl").read_text().splitlines()
    last = json.loads(lines[-1])
    last |= {
        "reply": None, "score": None, "outcome": None, "status": "error", "prompt_tokens": None,
        "error": "timeout: no answer within 120 s", "usage_source": None, "attempts": 6,
    }  # fmt: skip
    (folder / "records.jsonl").write_text("\n".join([*lines[:-1], json.dumps(last)]) + "\n")
    assert harness("score", folder.name, "-q", "--out", folder.parent).code == 0
    now = records(latest(folder.parent, folder))[last["key"]]
    assert (now["status"], now["error"], now["attempts"]) == ("error", last["error"], 6)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--adaptive", "--max-probes", 32), "is adaptive: its scores chose what was asked"),
        (("--replies", "live", "--fills", 4), "the model wrote a part of its sessions"),
    ],
)
def test_replies_that_records_do_not_hold_are_refused(tmp_path, options, reason):
    harness(
        "run", SCENARIOS / "brand-voice.yaml", "-m", "reference/perfect", "-w", "4k", "--seeds", 1,
        *options, "-q", "--out", tmp_path,
    )  # fmt: skip
    result = harness("score", "latest", "--out", tmp_path)
    assert result.code == 4
    assert reason in result.err
    assert "answers that were paid for come from the cache" in result.err
