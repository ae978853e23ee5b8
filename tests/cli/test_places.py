from __future__ import annotations

import pytest

from tests.support.command import SCENARIOS, harness


@pytest.fixture(autouse=True)
def spool(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_SPOOL", str(tmp_path / "spool"))


def test_results_may_live_in_any_place_that_fsspec_knows(tmp_path, monkeypatch):
    place = f"file://{tmp_path}/there"
    run = harness(
        "run", SCENARIOS / "needle.yaml", "-m", "reference/perfect", "-w", "2k", "--seeds", 1,
        "--fills", "0.2", "-q", "--out", place,
    )  # fmt: skip
    assert run.code == 0, run.err
    (folder,) = (tmp_path / "there").iterdir()
    assert (folder / "records.jsonl").read_text().endswith("\n")
    monkeypatch.setenv("HARNESS_SPOOL", str(tmp_path / "another machine"))
    assert folder.name in harness("ls", "--out", place).out
    assert "reference/perfect" in harness("report", "latest", "--out", place).out


def test_a_place_that_is_none_is_one_sentence():
    result = harness("ls", "--out", "bogus://y")
    assert result.code == 4
    assert result.err.startswith("harness: bogus://y: Protocol not known: bogus")
