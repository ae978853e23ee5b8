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
    study = {
        "schema": 1, "scenarios": [], "models": ["simulated"], "windows": ["8k"],
        "policies": ["send_all"], "seeds": 8, "options": {}, "telling": {}, "adaptive": None,
    }  # fmt: skip
    (run / "run.json").write_text(json.dumps(study), encoding="utf-8")
    return folder


def test_the_advice_is_the_same_in_every_form_and_in_the_report(
    results: Path, tmp_path: Path
) -> None:
    forms = [tmp_path / f"advice.{suffix}" for suffix in ("txt", "md", "json")]
    found = harness(
        "advise", "latest", "--out", results, *(x for form in forms for x in ("-o", form))
    )
    assert found.code == 0, found.err
    text, markdown, data = (form.read_text(encoding="utf-8") for form in forms)
    (advice,) = json.loads(data)
    assert advice["reason"] is None
    assert " ".join(advice["advice"].split()) in " ".join(text.split())
    (row,) = [line for line in text.splitlines() if "◄" in line]
    assert row.split()[0] == f"{advice['threshold_tokens']:,}"
    assert max(map(len, text.splitlines())) <= 80
    assert markdown.count("◄") == 1
    page, report = tmp_path / "report.html", tmp_path / "report.txt"
    found = harness("report", "latest", "--out", results, "-o", page, "-o", report)
    assert found.code == 0, found.err
    words = page.read_text(encoding="utf-8")
    assert "Where to compact?" in words
    assert advice["advice"] in words
    assert "where to compact?" in report.read_text(encoding="utf-8")


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
