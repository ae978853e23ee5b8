from __future__ import annotations

import json
import textwrap

from tests.support.command import harness, the_run

SCENARIO = """\
schema: 1
name: own
facts:
  - id: door
    say: "The code for the side door of the office is {value}."
    values: {generate: code}
    ask: "What is the code for the side door of the office? Reply with the code only."
    score: OWN
fills: [0.04, 0.5]
"""


def test_a_scorer_of_ones_own_that_fails_ends_in_records_however_it_is_named(tmp_path, monkeypatch):
    package = tmp_path / "own_scorers.py"
    package.write_text(
        textwrap.dedent(
            """
            from dataclasses import dataclass


            @dataclass(frozen=True)
            class Failing:
                def score(self, probe, reply, /):
                    raise ZeroDivisionError("no points")
            """
        )
    )
    about = tmp_path / "own_scorers-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: own-scorers\nVersion: 1\n")
    (about / "entry_points.txt").write_text(
        "[session_harness.scorer]\nfailing = own_scorers:Failing\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("failing", "own_scorers:Failing"):
        path = tmp_path / "own.yaml"
        path.write_text(SCENARIO.replace("OWN", f"'{name}'"))
        out = tmp_path / name.replace(":", "-")
        done = harness(
            "run", path, "-m", "reference/perfect", "-w", "2k", "--seeds", 1, "--no-controls",
            "-q", "--out", out,
        )  # fmt: skip
        assert done.code == 6, done.err
        lines = (the_run(out) / "records.jsonl").read_text("utf-8").splitlines()
        records = [json.loads(line) for line in lines]
        assert len(records) == 2
        assert {r["score"] for r in records} == {None}
        assert all("ZeroDivisionError: no points" in r["error"] for r in records)
        assert all(r["reply"] for r in records), "the reply was paid for, and is kept"
