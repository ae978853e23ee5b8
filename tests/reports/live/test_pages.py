"""When the page of a run that goes on is made again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.core.record import to_json
from harness.reports.live.pages import Pages
from tests.support.records import make_record

if TYPE_CHECKING:
    from pathlib import Path


def grow(folder: Path, *fills: float) -> None:
    with (folder / "records.jsonl").open("a", encoding="utf-8") as file:
        for fill in fills:
            record = make_record(fill=fill, key=f"{fill:.3f}", session=f"s/{fill}")
            file.write(json.dumps(to_json(record)) + "\n")


def test_the_page_is_made_anew_when_records_came_and_its_time_has_come(tmp_path: Path) -> None:
    now, work = [0.0], [0.0]

    def spent() -> float:
        work[0] += 1.5  # each page takes one and a half seconds
        return work[0]

    pages = Pages(clock=lambda: now[0], spent=spent)
    (tmp_path / "records.jsonl").touch()
    assert "Waiting for the first record" in pages.text([tmp_path])
    now[0] = 100.0
    grow(tmp_path, 0.1, 0.5)
    first = pages.text([tmp_path])
    assert "2 records of 1 run" in first
    grow(tmp_path, 0.9)
    now[0] = 103.0
    assert pages.text([tmp_path]) == first
    before = pages.version([tmp_path])
    now[0] = 106.5
    assert pages.version([tmp_path]) != before
    assert "3 records of 1 run" in pages.text([tmp_path])
    again = pages.text([tmp_path])
    now[0] = 500.0
    assert pages.text([tmp_path]) is again, "nothing has changed"
