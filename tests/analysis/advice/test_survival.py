"""KeptFacts is read back from records that tell only what records tell."""

from __future__ import annotations

import polars as pl
import pytest

from harness.analysis.advice.survival import (
    Passage,
    compacted,
    draws,
    fact_passages,
    session_effect,
    survival,
)
from harness.analysis.calibration.compactions import SimulatedCompaction


def flat(fill):
    del fill
    return 1.0


def measured(**truth):
    rows = SimulatedCompaction(recall=flat, **truth).records()
    found = fact_passages(compacted(rows))
    return survival("p", found, draws(found, 256), level=0.95)


@pytest.mark.parametrize(("first", "later"), [(0.3, 0.8), (0.9, 0.5)])
def test_a_stated_loss_a_round_is_read_back_within_its_interval(first, later):
    found = measured(first=first, later=later, at=0.2, seeds=20, facts=10, checkpoints=8)
    assert found.first_lo <= first <= found.first_hi
    assert found.later_lo <= later <= found.later_hi
    assert found.first_hi - found.first_lo < 0.25


def test_a_summary_that_several_checkpoints_see_counts_once():
    few = measured(at=0.45, seeds=6, checkpoints=6)
    many = measured(at=0.45, seeds=6, checkpoints=24)
    assert many.n_first <= few.n_first * 1.35


def test_records_that_tell_their_rounds_are_taken_at_their_word():
    rows = SimulatedCompaction(recall=flat, seeds=1, facts=1, at=0.2).records()
    told = rows.with_columns(
        rounds=pl.when(pl.col("compactions") > 0).then(pl.col("compactions")),
        rounds_kept=pl.when(pl.col("compactions") > 0).then(pl.col("compactions").clip(0, 2)),
    )
    found = fact_passages(compacted(told))
    assert [(one.before, one.after, one.held) for one in found] == [
        (0, 1, True),
        (1, 2, True),
        (2, 3, False),
    ]


def test_with_one_round_only_later_rounds_are_as_the_first():
    found = measured(first=0.5, at=0.6, seeds=12)
    assert found.n_later == 0
    assert (found.later, found.later_lo) == (found.first, found.first_lo)


def test_facts_that_all_survive_leave_room_for_a_loss_that_was_not_seen():
    found = measured(first=1.0, later=1.0, seeds=6)
    assert found.first_lo < 1.0 < found.first_hi + 0.01


def test_facts_that_share_the_luck_of_their_session_tell_less():
    def found(held):
        return [
            Passage(session=str(s), before=0, after=1, held=held(s, i))
            for s in range(10)
            for i in range(10)
        ]

    assert session_effect(found(lambda s, i: (s + i) % 2 == 0)) == 1.0
    assert session_effect(found(lambda s, _: s % 2 == 0)) == 4.0
