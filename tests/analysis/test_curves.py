from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.curves import (
    heatmap,
    model_rows,
    outcomes_by_fill,
    recall_curve,
    wilson,
)
from harness.analysis.records import from_records
from tests.support.records import failed, make_record, missed, simulated_run


def test_wilson_agrees_with_scipy() -> None:
    from scipy.stats import binomtest

    pairs = [(0, 5), (1, 7), (3, 3), (40, 100), (999, 1000)]
    low, high = wilson(pl.Series([k for k, _ in pairs]), pl.Series([n for _, n in pairs]))
    for i, (k, n) in enumerate(pairs):
        theirs = binomtest(k, n).proportion_ci(method="wilson")
        assert low[i] == pytest.approx(theirs.low, abs=1e-12)
        assert high[i] == pytest.approx(theirs.high, abs=1e-12)


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_wilson_holds_the_proportion_and_stays_inside_the_unit(n: int, share: float) -> None:
    low, high = wilson(pl.Series([share * n]), pl.Series([n]))
    assert 0 <= low[0] <= share + 1e-12
    assert share - 1e-12 <= high[0] <= 1


def test_fills_fall_into_the_control_zone_steps_of_a_tenth_and_beyond() -> None:
    fills = [0.0, 0.05, 0.0501, 0.1, 0.1001, 0.2, 0.95, 1.0, 1.0001, 1.7, *(0.3 + i / 100 for i in range(9))]  # fmt: skip  # noqa: E501
    frame = from_records(make_record(fill=fill, fill_requested=fill) for fill in fills)
    rows = recall_curve(frame, "fill").to_dicts()
    found = {(row["from"], row["to"]): row["n"] for row in rows}
    assert found[0.0, 0.05] == 2
    assert found[0.05, 0.1] == 2
    assert found[0.1, 0.2] == 2
    assert found[0.9, 1.0] == 2
    assert found[1.0, None] == 2


def test_few_checkpoints_are_points_of_their_own() -> None:
    frame = from_records(
        make_record(
            seed=seed, fill_requested=asked, fill=asked + 0.001 * seed, key=f"{seed}{asked}"
        )
        for seed in range(3)
        for asked in (0.01, 0.25, 0.5, 1.0)
    )
    rows = recall_curve(frame, "fill").to_dicts()
    assert [(row["from"], row["to"]) for row in rows] == [
        (0.0, 0.05),
        (0.25, 0.252),
        (0.5, 0.502),
        (1.0, 1.002),
    ]
    assert rows[1]["at"] == pytest.approx(0.251)


def test_checkpoints_that_were_missed_widely_are_binned_by_what_was_measured() -> None:
    frame = from_records(
        make_record(seed=i, fill_requested=0.5, fill=fill, key=str(i))
        for i, fill in enumerate((0.31, 0.52, 0.68))
    )
    rows = recall_curve(frame, "fill").to_dicts()
    assert [(row["from"], row["to"]) for row in rows] == [(0.3, 0.4), (0.5, 0.6), (0.6, 0.7)]


def test_one_model_with_many_fills_does_not_blur_the_checkpoints_of_another() -> None:
    few = [make_record(fill_requested=fill, fill=fill) for fill in (0.25, 0.5)]
    alone = recall_curve(from_records(few), "fill")
    both = recall_curve(from_records([*few, *simulated_run(model="other")]), "fill")
    assert both.filter(pl.col("model") != "other").equals(alone)


def test_positions_are_fifths_and_both_ends_belong_to_one() -> None:
    places = (0.0, 0.19, 0.2, 0.4, 0.6, 0.8, 1.0)
    frame = from_records(make_record(position=place, key=str(place)) for place in places)
    rows = recall_curve(frame, "position").to_dicts()
    assert [(row["from"], row["to"], row["n"]) for row in rows] == [
        (0.0, 0.2, 2), (0.2, 0.4, 1), (0.4, 0.6, 1), (0.6, 0.8, 1), (0.8, 1.0, 2),
    ]  # fmt: skip


def test_gaps_are_octaves() -> None:
    gaps = (0, 255, 256, 511, 512, 2**24, 2**26)
    frame = from_records(make_record(gap_tokens=gap, key=str(gap)) for gap in gaps)
    rows = recall_curve(frame, "gap_tokens").to_dicts()
    assert [(row["from"], row["to"], row["n"]) for row in rows] == [
        (0, 256, 2), (256, 512, 2), (512, 1024, 1), (2**24, None, 2),
    ]  # fmt: skip


def test_what_was_not_measured_is_left_out_and_never_a_zero() -> None:
    frame = from_records([make_record(), failed(session="brand-voice/1")])
    row = recall_curve(frame, "fill").row(0, named=True)
    assert (row["n"], row["sessions"], row["recall"]) == (1, 1, 1.0)


def test_a_bin_without_probes_has_no_row_and_nothing_is_nan() -> None:
    frame = from_records([failed(), *simulated_run(seeds=2)])
    for axis in ("fill", "position", "gap_tokens"):
        table = recall_curve(frame, axis)
        numbers = table.select("at", "recall", "lo", "hi").to_numpy().ravel()
        assert not any(math.isnan(x) for x in numbers)
    assert recall_curve(from_records([failed()]), "fill").is_empty()


def test_a_partly_named_set_counts_as_a_fraction() -> None:
    frame = from_records(
        [
            missed(probe_kind="set", score=2 / 3, session="a"),
            make_record(probe_kind="set", session="b"),
        ]
    )
    row = recall_curve(frame, "fill").row(0, named=True)
    assert row["recall"] == pytest.approx(5 / 6, abs=1e-8)
    assert row["sessions"] == 2


@pytest.mark.parametrize("name", ["model", "window_limit", "policy", "memory", "layout"])
def test_what_differs_in_a_setting_is_never_pooled(name: str) -> None:
    other = {"window_limit": 32768, "layout": "grid"}.get(name, "other")
    frame = from_records([make_record(), missed(**{name: other})])
    assert recall_curve(frame, "fill")["recall"].sort().to_list() == [0.0, 1.0]


def test_controls_and_questions_about_what_was_never_said_are_no_recall() -> None:
    frame = from_records(
        [
            make_record(),
            missed(arm="closed_book"),
            missed(probe_kind="abstain", score=1.0, key="abstain"),
        ]
    )
    assert recall_curve(frame, "fill")["n"].to_list() == [1]


def test_scenarios_are_kept_apart_on_request() -> None:
    frame = from_records([make_record(), missed(scenario="other")])
    by = ("model", "scenario")
    rows = recall_curve(frame, "fill", by=by).to_dicts()
    assert [(row["scenario"], row["recall"]) for row in rows] == [("brand-voice", 1), ("other", 0)]


def test_the_heatmap_has_n_in_every_cell() -> None:
    frame = from_records(simulated_run())
    cells = heatmap(frame)
    assert cells["n"].sum() == frame.height
    assert cells["n"].min() > 0
    assert set(cells["position_to"].unique()) == {0.2, 0.4, 0.6, 0.8, 1.0}


def test_outcomes_of_a_bin_share_what_was_measured_and_failures_stand_apart() -> None:
    frame = from_records(
        [make_record(), missed(session="b"), missed(session="c", outcome="stale"), failed()]
    )
    rows = outcomes_by_fill(frame).to_dicts()
    assert [(row["name"], row["n"], row["share"]) for row in rows] == [
        ("error", 1, None),
        ("abstained", 1, pytest.approx(1 / 3)),
        ("recalled", 1, pytest.approx(1 / 3)),
        ("stale", 1, pytest.approx(1 / 3)),
    ]


def test_the_models_own_rows_are_those_whose_fact_it_was_shown() -> None:
    frame = from_records(
        [
            make_record(session="seen"),
            make_record(session="no usage", server_truncated=None),
            missed(session="evicted", in_view=False, outcome="evicted"),
            missed(session="cut", server_truncated=True, outcome="server_truncated"),
            failed(session="failed"),
            make_record(session="unknown", in_view=None),
        ]
    )
    assert model_rows(frame).collect()["session"].to_list() == ["seen", "no usage"]


WINDOWS = {8_000: "a", 32_000: "b", 200_000: "c"}


def test_windows_that_are_looked_at_together_have_the_bins_that_each_has_alone() -> None:
    places = [
        (window, n * 37 % 101 / 70, n * 17 % 29 / 28) for n in range(40) for window in WINDOWS
    ]
    frame = from_records(
        make_record(
            key=f"{n:032x}", window_limit=window, model=WINDOWS[window], fill=fill,
            fill_requested=fill, position=place, score=float(n % 3 > 0),
        )
        for n, (window, fill, place) in enumerate(places)
    )  # fmt: skip
    for table in (lambda some: recall_curve(some, "fill"), heatmap, outcomes_by_fill):
        each = [table(part) for part in frame.partition_by("window_limit")]
        assert table(frame).equals(pl.concat(each).sort("model", maintain_order=True))


@pytest.mark.parametrize("axis", ["fill", "position", "gap_tokens"])
def test_groups_that_are_numbers_have_the_curves_of_groups_that_are_names(axis) -> None:
    run = from_records(simulated_run(seeds=4, each=30))
    frame = run.with_columns(pl.col("seed").cast(pl.String).alias("name"))
    by_name = recall_curve(frame, axis, by=("name",))
    by_number = recall_curve(frame.with_columns(pl.col("seed") - 2), axis, by=("seed",))
    assert by_number.drop("seed").equals(by_name.drop("name"))
    assert by_number["seed"].unique().sort().to_list() == [-2, -1, 0, 1]


def test_a_map_of_groups_that_are_numbers_is_that_of_groups_that_are_names() -> None:
    run = from_records(simulated_run(seeds=4, each=30))
    frame = run.with_columns(pl.col("seed").cast(pl.String).alias("name"))
    assert (
        heatmap(frame, by=("seed",)).drop("seed").equals(heatmap(frame, by=("name",)).drop("name"))
    )
