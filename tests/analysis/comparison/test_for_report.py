from __future__ import annotations

from harness.analysis.comparison.for_report import against
from harness.analysis.records import from_records
from harness.analysis.summary.build import summarise
from tests.support.records import simulated_run


def run_of(day: int, recall: float, model: str = "reference/fading?onset=0.6") -> list:
    return simulated_run(
        lambda fill: 0.97 if fill < 0.5 else recall,
        run_id=f"202601{day:02d}T030405Z_demo_{day:04d}",
        started_at=f"2026-01-{day:02d}T03:04:05+00:00",
        model=model,
    )


def test_runs_are_kept_apart_in_the_order_of_their_dates_or_pooled() -> None:
    frame = from_records([*run_of(9, 0.4), *run_of(2, 0.9)])
    apart, pooled = summarise(frame, apart=True), summarise(frame)
    assert [group.started[:10] for group in apart.groups] == ["2026-01-02", "2026-01-09"]
    assert [group.run for group in pooled.groups] == [None]
    assert sum(group.n_probes for group in apart.groups) == pooled.groups[0].n_probes


def test_the_newest_run_is_compared_with_the_three_before_it() -> None:
    days = [(1, 0.9), (3, 0.9), (5, 0.9), (7, 0.9), (9, 0.3)]
    frame = from_records([record for day, recall in days for record in run_of(day, recall)])
    (table,) = against(summarise(frame, apart=True), frame)
    assert table.found is not None
    assert [side.run[-4:] for side in table.found.sides] == ["0003", "0005", "0007", "0009"]
    comparisons = [match.comparison for match in table.found.matches]
    assert [one.b for one in comparisons] == ["run 0009"] * 3
    assert [one.a for one in comparisons] == ["run 0003", "run 0005", "run 0007"]
    assert all(one.effect is not None and one.effect < -0.2 for one in comparisons)
    assert {one.n_comparisons for one in comparisons} == {3}


def test_the_models_of_the_newest_run_are_compared_in_pairs() -> None:
    frame = from_records([*run_of(2, 0.9, "a"), *run_of(2, 0.3, "b"), *run_of(2, 0.9, "c")])
    (table,) = against(summarise(frame, apart=True), frame)
    assert (table.title, table.run) == ("Models against each other", "20260102T030405Z_demo_0002")
    assert table.found is not None
    assert len(table.found.matches) == 3


def test_an_onset_that_the_summary_knows_is_not_estimated_again() -> None:
    frame = from_records([*run_of(2, 0.9, "a"), *run_of(2, 0.3, "b")])
    summary = summarise(frame, apart=True)
    (table,) = against(summary, frame)
    assert table.found is not None
    (match,) = table.found.matches
    assert match.onset_a is summary.groups[0].onset
    assert match.onset_b is summary.groups[1].onset


def test_runs_that_share_nothing_say_why_there_is_no_comparison() -> None:
    other = simulated_run(
        lambda _: 0.9, run_id="20260109T030405Z_demo_0009", window_limit=32768,
        started_at="2026-01-09T03:04:05+00:00",
    )  # fmt: skip
    frame = from_records([*run_of(2, 0.9), *other])
    (table,) = against(summarise(frame, apart=True), frame)
    assert table.found is None
    assert table.missing is not None
    assert table.missing.startswith("Nothing to compare")


def test_one_run_of_one_model_has_nothing_to_compare() -> None:
    frame = from_records(run_of(2, 0.9))
    assert against(summarise(frame), frame) == ()
