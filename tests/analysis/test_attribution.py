from __future__ import annotations

import pytest

from harness.analysis.attribution import (
    BY_APPLICATION,
    BY_MODEL,
    abstentions,
    attribution,
    controls,
)
from harness.analysis.records import from_records
from tests.support.records import failed, make_record, missed


def test_every_miss_is_laid_at_somebodys_door_and_the_parts_add_up() -> None:
    records = [make_record(), missed(probe_kind="set", score=0.5, outcome="fabricated")]
    records += [missed(outcome=name, in_view=False) for name in BY_APPLICATION]
    records += [missed(outcome=name) for name in BY_MODEL]
    records += [failed(), failed(status="overflow"), failed(status="refused")]
    row = attribution(from_records(records)).row(0, named=True)
    assert row["n"] == len(records)
    assert (row["recalled"], row["partial"]) == (1, 1)
    assert (row["lost_by_application"], row["lost_by_model"]) == (3, 7)
    unscored = [row[f"unscored_{name}"] for name in ("ok", "overflow", "refused", "error")]
    assert unscored == [0, 1, 1, 1]
    parts = ("recalled", "partial", "lost_by_application", "lost_by_model")
    assert sum(row[name] for name in parts) + sum(unscored) == row["n"]


@pytest.mark.parametrize("unseen", [{"in_view": False}, {"server_truncated": True}])
def test_a_wrong_answer_to_a_cut_view_is_no_loss_of_the_model(
    unseen: dict[str, bool],
) -> None:
    row = attribution(from_records([missed(**unseen)])).row(0, named=True)
    assert (row["lost_by_application"], row["lost_by_model"]) == (1, 0)
    assert row["maybe_unseen"] == 1
    assert row["lost_by_server"] == ("server_truncated" in unseen)


def test_what_the_server_dropped_is_told_apart() -> None:
    lost = [missed(outcome=name, in_view=name == "server_truncated") for name in BY_APPLICATION]
    row = attribution(from_records(lost)).row(0, named=True)
    assert (row["lost_by_application"], row["lost_by_server"]) == (3, 1)


@pytest.mark.parametrize(("score", "column"), [(0.5, "partial"), (0.0, "lost_by_model")])
def test_an_incomplete_set_is_partial_or_a_loss_of_the_model(score: float, column: str) -> None:
    record = missed(probe_kind="set", score=score, outcome="incomplete")
    row = attribution(from_records([record])).row(0, named=True)
    assert row[column] == row["n"] == 1


def test_a_closed_book_that_names_the_value_is_a_leak() -> None:
    told = [make_record(arm="closed_book", score=0.0, session=str(i)) for i in range(2)]
    right = [missed(arm="closed_book", score=1.0, session=str(i)) for i in range(2, 10)]
    row = controls(from_records([*told, *right])).row(0, named=True)
    assert (row["n"], row["right"], row["named"], row["flag"]) == (10, 0.8, 2, "leak")


def test_a_guess_as_good_as_chance_is_no_leak() -> None:
    arm = [
        make_record(arm="fact_removed", score=0.0, session=str(i))
        if i < 3
        else missed(arm="fact_removed", score=0.0, outcome="fabricated", session=str(i))
        for i in range(12)
    ]
    assert controls(from_records(arm), floor=0.25)["flag"].to_list() == [None]
    assert controls(from_records(arm))["flag"].to_list() == ["leak"]


def test_a_control_without_leaks_has_no_flag() -> None:
    arm = [missed(arm="closed_book", score=1.0), failed(arm="closed_book")]
    row = controls(from_records(arm)).row(0, named=True)
    assert (row["n"], row["not_measured"], row["right"], row["flag"]) == (1, 1, 1.0, None)


def test_missing_something_without_any_filler_is_weak() -> None:
    arm = [make_record(arm="needle_only"), missed(arm="needle_only", session="b")]
    assert controls(from_records(arm))["flag"].to_list() == ["weak"]


def test_one_miss_of_many_without_filler_is_no_weakness() -> None:
    arm = [missed(arm="needle_only", session="0")]
    arm += [make_record(arm="needle_only", session=str(i)) for i in range(1, 72)]
    row = controls(from_records(arm)).row(0, named=True)
    assert (row["right"], row["flag"]) == (round(71 / 72, 9), None)
    assert controls(from_records(arm[:12]))["flag"].to_list() == [None]
    more = [missed(arm="needle_only", session=f"m{i}") for i in range(12)]
    assert controls(from_records(arm + more))["flag"].to_list() == ["weak"]


def test_a_control_that_was_never_answered_has_no_share() -> None:
    row = controls(from_records([failed(arm="needle_only")])).row(0, named=True)
    assert (row["n"], row["not_measured"], row["right"], row["flag"]) == (0, 1, None, None)


def test_abstentions_are_counted_apart() -> None:
    frame = from_records(
        [
            make_record(),
            missed(probe_kind="abstain", score=1.0, session="a"),
            make_record(probe_kind="abstain", score=0.0, outcome="fabricated", session="b"),
        ]
    )
    row = abstentions(frame).row(0, named=True)
    assert (row["n"], row["recall"]) == (2, 0.5)
