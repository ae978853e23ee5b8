"""How far a run is, read from the lines that another process writes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from harness.reports.live.progress import RunReader
from harness.runs.folder import make_parts
from harness.runs.folder.writer import Store
from tests.support.records import make_record

if TYPE_CHECKING:
    from pathlib import Path

BEGAN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def line(i: int, *, seconds: float, status: str = "ok", model: str = "m") -> str:
    began = (BEGAN + timedelta(seconds=seconds)).isoformat()
    told = {"key": f"k{i}", "model": model, "status": status, "started_at": began}
    return json.dumps(told | {"latency_s": 0.0}) + "\n"


def write(folder: Path, *lines: str, planned: int | None = None) -> RunReader:
    config = {
        "schema": 1, "scenarios": [], "models": ["m"], "windows": ["8k"], "policies": ["send_all"],
        "seeds": 1, "options": {}, "telling": {}, "adaptive": None, "trials": planned,
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "records.jsonl").write_text("".join(lines), encoding="utf-8")
    return RunReader(folder)


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def test_the_time_to_go_is_what_is_left_at_the_pace_of_late(tmp_path: Path) -> None:
    reader = write(tmp_path, *(line(i, seconds=2 * i) for i in range(11)), planned=41)
    found = reader.read(after(21))
    assert (found.done, found.planned, found.state) == (11, 41, "running")
    assert found.per_minute == pytest.approx(30)
    assert found.eta_s == pytest.approx(60)


def test_a_break_of_an_hour_does_not_slow_the_pace(tmp_path: Path) -> None:
    late = [line(20 + i, seconds=3600 + i) for i in range(5)]
    reader = write(tmp_path, line(0, seconds=0), *late, planned=16)
    assert reader.read(after(3605)).eta_s == pytest.approx(10)


def test_lines_that_come_later_are_read_on_and_a_torn_one_waits(tmp_path: Path) -> None:
    reader = write(tmp_path, line(0, seconds=0), planned=3)
    whole = line(1, seconds=1, model="other", status="error")
    with (tmp_path / "records.jsonl").open("a", encoding="utf-8") as file:
        file.write(whole[:20])
        file.flush()
        assert reader.read(after(1)).done == 1
        file.write(whole[20:])
    found = reader.read(after(2))
    assert (found.done, found.errors, found.models) == (2, 1, {"m": 1, "other": 1})


def test_a_trial_that_was_run_again_counts_once_with_its_last_status(tmp_path: Path) -> None:
    reader = write(tmp_path, line(0, seconds=0, status="error"), line(0, seconds=9), planned=2)
    found = reader.read(after(10))
    assert (found.done, found.errors) == (1, 0)


def test_records_that_are_replaced_when_a_run_ends_are_read_anew(tmp_path: Path) -> None:
    reader = write(tmp_path, *(line(i, seconds=i) for i in range(3)), planned=3)
    assert reader.read(after(3)).state == "complete"
    beside = tmp_path / "beside"
    beside.write_text("".join(line(i, seconds=i) for i in (0, 1)), encoding="utf-8")
    beside.replace(tmp_path / "records.jsonl")
    assert reader.read(after(3)).done == 2


def test_silence_is_told_and_promises_no_end(tmp_path: Path) -> None:
    reader = write(tmp_path, *(line(i, seconds=i) for i in range(5)), planned=90)
    found = reader.read(after(4 + 300))
    assert (found.state, found.eta_s, found.quiet_s) == ("quiet", None, 300)


def test_a_run_whose_length_nobody_knows_has_no_end_to_tell(tmp_path: Path) -> None:
    reader = write(tmp_path, *(line(i, seconds=i) for i in range(5)))
    found = reader.read(after(5))
    assert (found.planned, found.eta_s, found.state) == (None, None, "running")


def test_before_the_first_record_nothing_is_told(tmp_path: Path) -> None:
    found = RunReader(tmp_path).read(BEGAN)
    assert (found.done, found.per_minute, found.eta_s) == (0, None, None)


def test_a_damaged_line_is_passed_over(tmp_path: Path) -> None:
    reader = write(tmp_path, "{}\n", "no json\n", line(1, seconds=1), planned=2)
    assert reader.read(after(1)).done == 1


def test_lines_that_have_moved_into_a_part_are_still_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_parts, "PART_RECORDS", 4)
    reader = write(tmp_path, planned=10)

    def append(first: int, last: int) -> None:
        with Store(tmp_path) as store:
            for i in range(first, last):
                began = after(i).isoformat()
                store.append(make_record(key=f"k{i}", started_at=began, latency_s=0.0))

    for last in (3, 5, 9):
        append(reader.read(after(10)).done, last)
        found = reader.read(after(10))
        assert (found.done, found.models) == (last, {make_record().model: last})
    assert found.per_minute == pytest.approx(60)
    (tmp_path / "records.jsonl").unlink()
    assert RunReader(tmp_path).read(after(10)).done == 8
