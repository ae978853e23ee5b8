from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from harness.analysis.calibration.compactions import SimulatedCompaction
from tests.support.command import harness

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a model that fades from 40 % of the window on, whole and compacted."""
    folder = tmp_path_factory.mktemp("results")
    run = folder / "20260102T030405Z_simulated_0001"
    run.mkdir()
    truth = SimulatedCompaction(recall=lambda fill: 0.97 - max(fill - 0.4, 0), seeds=8)
    lines = (json.dumps(row, separators=(",", ":")) for row in truth.records().to_dicts())
    (run / "records.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (run / "run.json").write_text('{"schema": 1}', encoding="utf-8")
    return folder


def test_the_advice_ends_with_a_threshold_and_the_table_points_at_it(results: Path) -> None:
    found = harness("advise", "latest", "--out", results)
    assert found.code == 0, found.err
    threshold = found.out.split("→ Compact at ")[1].split(" ")[0]
    (row,) = [line for line in found.out.splitlines() if "◄" in line]
    assert row.split()[0] == threshold
    assert max(map(len, found.out.splitlines())) <= 80


def test_the_same_stands_in_files_and_in_the_report(results: Path, tmp_path: Path) -> None:
    said, page = tmp_path / "advice.json", tmp_path / "report.html"
    found = harness("advise", "latest", "--out", results, "-o", said, "-o", tmp_path / "a.md")
    assert found.code == 0, found.err
    (advice,) = json.loads(said.read_text(encoding="utf-8"))
    assert advice["reason"] is None
    assert "| **" not in (tmp_path / "a.md").read_text(encoding="utf-8")
    found = harness("report", "latest", "--out", results, "-o", page)
    assert found.code == 0, found.err
    words = page.read_text(encoding="utf-8")
    assert "Where to compact?" in words
    assert advice["advice"] in words
    found = harness("report", "latest", "--out", results)
    assert "where to compact?" in found.out


def test_what_cannot_be_judged_is_said_in_a_line(results: Path, tmp_path: Path) -> None:
    for options, words in (
        (("--survival", "most"), "--survival most: expected a share such as 0.6"),
        (("--thresholds", "9k"), "threshold 9,000 was not measured"),
        (("--thresholds", "2k,many"), "'many' is no number of tokens"),
        (("-o", tmp_path / "a.pdf"), "no advice ends in '.pdf'"),
    ):
        found = harness("advise", "latest", "--out", results, *options)
        assert found.code == 4
        assert words in found.err
