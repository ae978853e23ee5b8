from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.analysis.records import from_records
from harness.analysis.summary.build import summarise
from harness.reports.first_table import FirstRow, explained, first_rows
from tests.support.records import make_record, missed, simulated_run

if TYPE_CHECKING:
    from harness.core.record import Record


def row(*records: Record, **asked: Any) -> FirstRow:
    (found,) = first_rows(summarise(from_records(records), **asked))
    return found


def test_a_row_tells_where_forgetting_begins_in_tokens_and_in_per_cent() -> None:
    found = row(*simulated_run(lambda x: 1.0 if x < 0.6 else 0.4, seeds=12))
    assert found.verdict == "found"
    assert found.onset_percent.removesuffix(" %").isdecimal()
    assert found.onset_tokens.endswith("k")
    assert "–" in found.interval_percent
    assert "–" in found.interval_tokens


def test_a_row_sets_recall_near_the_ceiling_beside_recall_at_the_start() -> None:
    full = [make_record(fill=0.9, session=str(n)) for n in range(3)]
    found = row(make_record(fill=0.01), *full, missed(fill=0.95), missed(fill=0.5))
    assert (found.nearly_empty, found.near_full) == ("100 %", "75 %")


def test_what_was_not_asked_near_an_end_is_a_dash() -> None:
    found = row(make_record(fill=0.5))
    assert (found.nearly_empty, found.near_full) == ("–", "–")


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        ({"outcome": "evicted", "in_view": False}, "app"),
        ({"outcome": "lost_in_memory", "in_view": False}, "memory"),
        ({"outcome": "server_truncated", "server_truncated": True}, "server"),
        ({"outcome": "abstained", "server_truncated": True}, "server"),
        ({"outcome": "abstained"}, "model"),
    ],
)
def test_a_row_says_whose_loss_it_was(lost: dict[str, Any], expected: str) -> None:
    assert row(make_record(), missed(session="b", **lost)).lost_by == expected


def test_a_row_says_how_much_of_it_whoever_lost_most_has_lost() -> None:
    lost = [missed(outcome="server_truncated", session=str(i)) for i in range(9)]
    assert row(*lost, missed(session="m")).lost_by == "server 90 %"


def test_cost_and_latency_that_nobody_knows_are_not_zero() -> None:
    assert row(make_record(cost_usd=None)).cost == "unknown"
    assert row(make_record(cost_usd=0.0)).cost == "$0"
    assert row(make_record(cost_usd=0.001234)).cost == "$0.0012"
    assert row(make_record(latency_s=None)).latency == "–"
    assert row(make_record(latency_s=0.25)).latency == "250 ms"


def test_rows_that_would_look_alike_are_told_apart_by_what_differs() -> None:
    records = [make_record(model="m", memory="rag", layout="grid"), make_record(model="m", key="k")]
    rows = first_rows(summarise(from_records(records)))
    assert [found.told_apart for found in rows] == ["none, growing", "rag, grid"]


def test_a_name_that_was_given_is_what_the_model_is_called() -> None:
    found = row(make_record(model="openai/a-long-name"), names={"openai/a-long-name": "short"})
    assert found.model == "short"


def test_what_the_columns_mean_is_said_with_the_numbers_of_this_report() -> None:
    words = explained(summarise(from_records([make_record(fill=0.01), make_record()])))
    assert "from 85 % of it on" in words
    assert "5 points below its own plateau" in words
