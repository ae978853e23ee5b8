"""Baseline files."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from harness.core.errors import FileError, IncompleteError, UsageError
from harness.gate.baseline import bless, folder_of, names, read_baseline, written
from tests.support.snapshots import snapshot


def flaky(_scenario, seed, probe, repeat):
    return float((seed + probe + repeat) % 7 > 0)


def test_what_is_read_is_what_was_blessed(tmp_path):
    kept = snapshot(flaky, repeats=5, scenarios=("small", "other"), options={"temperature": 0.2})
    bless(kept, tmp_path)
    found = read_baseline("main", tmp_path)
    assert found.rows.equals(kept.rows)
    assert replace(found, rows=kept.rows, planned=kept.planned) == kept
    assert names(tmp_path) == ["main"]


def test_a_file_has_a_line_a_trial_and_is_the_same_bytes_again():
    kept = snapshot(flaky, repeats=2, seeds=3, probes=4)
    lines = list(written(kept))
    assert list(written(replace(kept, rows=kept.rows.reverse().sort("seed", "probe")))) != lines
    assert lines == list(written(snapshot(flaky, repeats=2, seeds=3, probes=4)))
    trials = [json.loads(line) for line in lines if "scores" in line]
    assert len(trials) == 12
    assert trials[0] == {
        "seed": 0, "session": "small/0", "session_number": 1, "question_id": "fact-0",
        "probe": "fact-0@trunk:0", "probe_kind": "recall", "counts": "recall",
        "fill_requested": 0.04, "trunk": "t0",
        "sent": "s0-0", "fill": 0.04, "scores": [0.0, 1.0], "outcomes": ["abstained", "recalled"],
    }  # fmt: skip


def test_a_run_that_is_not_whole_is_no_baseline(tmp_path):
    errors = snapshot(lambda _s, seed, *_: None if seed == 0 else 1.0, seeds=3, probes=4)
    with pytest.raises(IncompleteError, match="4 answers ended in an error"):
        bless(errors, tmp_path)
    missing = replace(snapshot(), missing=50)
    with pytest.raises(IncompleteError, match="50 of 190 trials were never sent"):
        bless(missing, tmp_path)
    assert names(tmp_path) == []


def test_a_name_that_is_a_path_is_refused(tmp_path):
    with pytest.raises(UsageError, match="main' is no name for a baseline"):
        bless(snapshot(name="../main"), tmp_path)


def test_an_unknown_baseline_is_told_with_the_nearest(tmp_path):
    with pytest.raises(UsageError, match="unknown baseline 'main': there are none in"):
        read_baseline("main", tmp_path)
    bless(snapshot(), tmp_path)
    with pytest.raises(UsageError, match="unknown baseline 'mian': did you mean 'main'"):
        read_baseline("mian", tmp_path)


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (1, '{"baseline":"main","schema":7}', "schema 7; this version reads baselines of schema 2"),
        (1, '{"baseline":"main","schema":2}', "main.jsonl:1: not a line of a baseline: 'run'"),
        (2, "{", "main.jsonl:2: not JSON"),
        (2, "[]", "main.jsonl:2: not a line of a baseline: expected a JSON object"),
        (4, '{"group":{}}', "main.jsonl:4: not a line of a baseline: 'scenario'"),
        (5, '{"seed":1}', "main.jsonl:5: not a line of a baseline: 'scores'"),
        (5, '{"scores":[1],"outcomes":[]}', "main.jsonl:5: .*as many outcomes as scores"),
        (
            5,
            '{"seed":"x","fill":0,"scores":[],"outcomes":[]}',
            "5: .* 'seed' is 'x', expected a whole",
        ),
        (
            5,
            f'{{"seed":1{"0" * 400},"fill":0,"scores":[],"outcomes":[]}}',
            "'seed' is 1000.* out of",
        ),
    ],
)
def test_a_damaged_line_is_told_with_its_place(tmp_path, line, text, message):
    path = bless(snapshot(seeds=1, probes=4), tmp_path)
    lines = path.read_text().splitlines()
    lines[line - 1] = text
    path.write_text("\n".join(lines))
    with pytest.raises(UsageError, match=message):
        read_baseline("main", tmp_path)


def test_a_file_without_trials_or_of_other_bytes_is_refused(tmp_path):
    path = bless(snapshot(seeds=1, probes=4), tmp_path)
    path.write_text("\n".join(path.read_text().splitlines()[:3]))
    with pytest.raises(FileError, match="a baseline without trials"):
        read_baseline("main", tmp_path)
    path.write_bytes(b"\xff")
    with pytest.raises(FileError, match="not UTF-8 text"):
        read_baseline("main", tmp_path)
    assert folder_of(tmp_path) == path.parent
