from __future__ import annotations

import pytest

from harness.analysis.records import from_records
from harness.analysis.summary import groups
from harness.analysis.summary.build import summarise
from tests.support.records import simulated_run


@pytest.mark.parametrize("apart", [True, False])
def test_groups_that_are_worked_out_one_by_one_say_what_they_say_together(apart, monkeypatch):
    records = [
        record
        for number, model in enumerate(("a", "b", "c"))
        for record in simulated_run(seeds=5 + number, each=16, model=model, memory=f"m{number % 2}")
    ]
    frame = from_records(records)
    together = summarise(frame, apart=apart)
    assert len(together.groups) == 3
    monkeypatch.setattr(groups, "_ROWS_AT_ONCE", 100)
    assert summarise(frame, apart=apart) == together
