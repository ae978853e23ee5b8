from __future__ import annotations

from harness.analysis.records import from_records
from harness.analysis.summary.build import summarise
from harness.reports.format import width
from harness.reports.sections.sparklines import COLUMNS, spark, sparks
from harness.reports.terminal import terminal
from tests.support.records import make_record, simulated_run


def test_a_small_curve_falls_where_recall_falls_and_marks_the_onset() -> None:
    group = summarise(from_records(simulated_run(seeds=30))).groups[0]
    letters = spark(group)
    assert len(letters) == COLUMNS
    at = letters.index("│")
    assert group.onset.onset is not None
    assert abs(at / COLUMNS - group.onset.onset) <= 1 / COLUMNS
    assert set(letters[:at]) <= set("▇█")
    assert set(letters[at + 4 : -2]) <= set("▃▄▅▆")


def test_where_nothing_was_probed_there_is_no_letter() -> None:
    records = [make_record(fill=fill, fill_requested=fill) for fill in (0.4, 0.5)]
    letters = spark(summarise(from_records(records)).groups[0])
    assert letters[:14].isspace()
    assert letters[23:].isspace()
    assert letters[17:20] == "███"


def test_past_the_ceiling_the_scale_goes_on() -> None:
    groups = summarise(from_records(simulated_run(fill=1.5, fill_requested=1.5))).groups
    heading, line = sparks(groups, ["a"])
    assert heading.endswith("150 %")
    assert width(line) <= 80


def test_the_terminal_shows_runs_apart_with_their_curves() -> None:
    later = {"run_id": "20260109T030405Z_demo_0009", "started_at": "2026-01-09T03:04:05+00:00"}
    frame = from_records([*simulated_run(), *simulated_run(lambda _: 0.9, **later)])
    report = terminal(summarise(frame, apart=True))
    assert "run 20260109T030405Z_demo_0009" in report
    head = report.partition("next:")[0]
    assert "2026-01-02 0001" in head
    assert "2026-01-09 0009" in head
    assert max(map(width, report.splitlines())) <= 80
