from __future__ import annotations

import json

import pytest

from tests.support.command import SCENARIOS, harness, the_run

NEEDLE = SCENARIOS / "needle.yaml"
STUDY = ("-m", "reference/fading?onset=0.4", "-w", "2k", "--seeds", 2, "--fills", "0.3,0.9", "-q")
TIMES = ("run_id", "started_at", "latency_s")
PAID = ("cost_usd", "attempts", "answered_by")


def records(folder, *without):
    lines = [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]
    return {r["key"]: {k: v for k, v in r.items() if k not in without} for r in lines}


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recording")
    cassette = folder / "c.jsonl"
    result = harness(
        "run", NEEDLE, *STUDY, "--out", folder / "out", "--cassette", cassette, "--record"
    )
    assert result.code == 0, result.err
    assert "answers" in result.err
    return cassette, the_run(folder / "out")


def test_a_replay_gives_the_records_of_the_recording_each_time_and_says_it_paid_nothing(
    recording, tmp_path
):
    cassette, recorded = recording
    found = []
    for name in ("a", "b"):
        result = harness(
            "run", NEEDLE, *STUDY, "--out", tmp_path / name, "--cassette", cassette, "--replay"
        )
        assert result.code == 0, result.err
        found.append(records(the_run(tmp_path / name), *TIMES))
    assert found[0] == found[1]
    assert records(the_run(tmp_path / "a"), *TIMES, *PAID) == records(recorded, *TIMES, *PAID)
    for record in found[0].values():
        assert (record["answered_by"], record["attempts"]) == ("cassette", 0)
        assert record["cost_usd"] == 0
    config = json.loads((the_run(tmp_path / "a") / "run.json").read_text())
    assert config["sent"]["reference/fading?onset=0.4"] == {"max_tokens": 128}


def test_a_stale_cassette_is_one_sentence_and_leaves_no_half_run(recording, tmp_path):
    cassette, _ = recording
    changed = tmp_path / "needle.yaml"
    changed.write_text(NEEDLE.read_text().replace("system: |", "system: |\n  Be kind."))
    result = harness(
        "run", changed, *STUDY, "--out", tmp_path / "out", "--cassette", cassette, "--replay"
    )
    assert result.code == 4
    assert "scenario 'needle', seed 0, question '" in result.err
    assert "the system prompt, which is " in result.err
    assert "has changed since it was recorded. Record again" in result.err
    assert result.err.count("\n") == 1
    assert list((tmp_path / "out").iterdir()) == []


def test_a_run_that_goes_on_with_a_cassette_keeps_all_of_it(recording, tmp_path):
    cassette = tmp_path / "c.jsonl"
    cassette.write_bytes(recording[0].read_bytes())
    out = tmp_path / "out"
    how = ("--out", out, "--cassette", cassette, "--record")
    assert harness("run", NEEDLE, *STUDY, *how).code == 0
    path = the_run(out) / "records.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-3]))
    result = harness("run", "--resume", "latest", "-q", *how)
    assert result.code == 0
    assert "0 of them new" in result.err
    assert "dropped" not in result.err
    assert cassette.read_bytes() == recording[0].read_bytes()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--record",), "--record goes with --cassette FILE"),
        (("--replay",), "--replay goes with --cassette FILE"),
        (("--cassette", "c.jsonl"), "say either --record"),
        (("--cassette", "c.jsonl", "--record", "--replay"), "say either --record"),
        (("--cassette", "c.jsonl", "--replay"), "there is no cassette c.jsonl; record it first"),
    ],
)
def test_options_that_do_not_go_together_are_one_sentence(tmp_path, args, message):
    result = harness("run", NEEDLE, *STUDY, *args, cwd=tmp_path)
    assert result.code == 4
    assert message in result.err
    assert list(tmp_path.iterdir()) == []


def test_an_adaptive_run_is_replayed_batch_by_batch(tmp_path):
    args = (
        "run", NEEDLE, "-m", "reference/step?onset=0.5", "-w", "2k", "--seeds", 4, "--adaptive",
        "--half-width", 0.2, "--max-probes", 32, "--batch-size", 16, "--cassette",
        tmp_path / "c.jsonl", "-q",
    )  # fmt: skip
    recorded = harness(*args, "--record", "--out", tmp_path / "a")
    replayed = harness(*args, "--replay", "--out", tmp_path / "b")
    assert recorded.code == replayed.code
    assert recorded.out == replayed.out
    a, b = (records(the_run(tmp_path / name), *TIMES, *PAID) for name in ("a", "b"))
    assert a == b


def test_the_cassette_is_an_option_of_the_api(recording, tmp_path):
    import harness as front

    study = front.Study(
        scenarios=front.load_all([NEEDLE]),
        models=("reference/fading?onset=0.4",),
        windows=("2k",),
        seeds=2,
        fills=front.Fills(exact=(0.3, 0.9)),
    )
    found = front.run(study, out=tmp_path, cassette=recording[0])
    assert found.complete
    assert records(found.folder, *TIMES, *PAID) == records(recording[1], *TIMES, *PAID)
    with pytest.raises(front.HarnessError, match="there is no cassette"):
        front.run(study, out=tmp_path, cassette=tmp_path / "none.jsonl")


def test_a_recording_that_cannot_begin_leaves_no_cassette(tmp_path):
    result = harness(
        "run", NEEDLE, "-m", "nobody/x", "-w", "2k", "--cassette", tmp_path / "new" / "c.jsonl",
        "--record", "--out", tmp_path / "out",
    )  # fmt: skip
    assert result.code == 4
    assert "names no provider" in result.err
    assert list(tmp_path.iterdir()) == []
