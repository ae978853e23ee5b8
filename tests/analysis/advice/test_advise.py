"""Advice on models whose best threshold is known; benchmarks/advise.py has the studies in full."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from harness.analysis.advice.advise import advise, check_advice
from harness.analysis.advice.options import AdviceOptions
from harness.analysis.advice.working_session import course, survivals
from harness.analysis.calibration.compactions import SimulatedCompaction
from harness.core.errors import UsageError
from harness.models.catalog import Price

if TYPE_CHECKING:
    from harness.analysis.advice.model import Shape


def step(fill):
    return 0.97 if fill < 0.6 else 0.37


def flat(fill):
    del fill
    return 0.96


TRUTH = SimulatedCompaction(recall=step, first=0.6, later=0.9, seeds=10, checkpoints=8)


@pytest.fixture(scope="module")
def records() -> pl.DataFrame:
    """A run of a model that loses much at 60 % of the window."""
    return TRUTH.records()


@pytest.fixture(scope="module")
def told(records):
    """What is advised on it."""
    price = Price(input_per_token=1e-6, cached_input_per_token=1e-7, output_per_token=5e-6)
    (found,) = advise(records, price=lambda *_: price)
    return found


def true_recall(truth: SimulatedCompaction, shape: Shape, threshold: float) -> float:
    found = course(shape, threshold)
    read = np.array([truth.recall(fill) for fill in found.prompt_tokens / truth.window])
    kept = survivals(np.array([truth.first]), np.array([truth.later]), found.rounds.shape[1])
    return float(((kept @ found.rounds.T) * read).mean())


def test_the_advice_costs_less_than_a_twentieth_of_the_best_recall(told):
    best = max(true_recall(TRUTH, told.shape, one) for one in range(1_000, 7_700, 100))
    assert true_recall(TRUTH, told.shape, told.threshold_tokens) > 0.95 * best


def test_the_true_recall_of_each_threshold_lies_in_its_interval(told):
    outside = [
        one.threshold_tokens
        for one in told.choices
        if not one.lo <= true_recall(TRUTH, told.shape, one.threshold_tokens) <= one.hi
    ]
    assert len(outside) <= 1


def test_the_best_lies_between_its_ends_and_costs_least_regret(told):
    assert told.threshold_lo <= told.threshold_tokens <= told.threshold_hi
    least = min(told.choices, key=lambda one: one.regret)
    assert least.regret <= 0.02
    assert told.advice.startswith(f"Compact at {told.threshold_tokens:,} tokens")


def test_later_thresholds_compact_less_and_read_more(told):
    rounds = [one.compactions for one in told.choices]
    assert rounds == sorted(rounds, reverse=True)
    assert told.choices[-1].mean_prompt_tokens > told.choices[0].mean_prompt_tokens


def test_costs_are_those_of_the_price_list_and_unknown_where_it_has_none(told, records):
    assert all(one.cost_usd > 0 for one in told.choices)
    (found,) = advise(records, AdviceOptions(thresholds=(2_000, 4_000)))
    assert [one.cost_usd for one in found.choices] == [None, None]
    assert [one.threshold_tokens for one in found.choices] == [2_000, 4_000]


def test_the_same_records_in_another_order_say_the_same(told, records):
    price = Price(input_per_token=1e-6, cached_input_per_token=1e-7, output_per_token=5e-6)
    (again,) = advise(records.sample(fraction=1.0, shuffle=True, seed=3), price=lambda *_: price)
    assert again == told


def test_a_flat_curve_tells_of_no_threshold():
    (found,) = advise(dataclasses.replace(TRUTH, recall=flat, seeds=8).records())
    assert (found.reason, found.threshold_tokens) == ("flat", None)
    assert found.advice.startswith("cannot tell: the curve is flat")


def test_a_compaction_that_loses_nothing_is_worth_doing_early():
    (found,) = advise(
        TRUTH.records().filter(pl.col("policy") == "send_all"),
        AdviceOptions(survival=(1.0, 1.0), thresholds=(2_000, 4_000, 7_000)),
    )
    assert found.thrifty_tokens == 2_000
    assert found.survival.n_first == 0


def test_too_few_sessions_tell_nothing(records):
    few = records.filter(pl.col("seed") < 3)
    (found,) = advise(few)
    assert found.reason == "insufficient"
    assert "only 3 sessions" in found.advice
    assert found.choices == ()


def test_no_threshold_beyond_what_was_measured_is_judged(records):
    with pytest.raises(UsageError, match=r"threshold 9,000 was not measured: .* 7,750 tokens"):
        advise(records, AdviceOptions(thresholds=(9_000,)))
    with pytest.raises(UsageError, match="threshold 600 leaves no room to grow"):
        advise(records, AdviceOptions(thresholds=(600,)))


def test_a_run_without_whole_sessions_or_without_compaction_is_told_what_to_run(records):
    with pytest.raises(UsageError, match=r"was sent whole.*--policy send_all,summarise"):
        check_advice(records.filter(pl.col("policy") != "send_all"), AdviceOptions())
    with pytest.raises(UsageError, match=r"was compacted.*--survival 0.6"):
        check_advice(records.filter(pl.col("policy") == "send_all"), AdviceOptions())
    check_advice(records, AdviceOptions())


def test_what_nobody_can_read_is_advised_on_only_where_its_survival_is_told(records):
    sealed = records.with_columns(opaque=pl.col("compactions") > 0)
    assert advise(sealed) == ()
    with pytest.raises(UsageError, match="nobody can read what the provider's compaction kept"):
        check_advice(sealed, AdviceOptions())
    check_advice(sealed, AdviceOptions(survival=(0.6, 0.6)))


def test_what_cannot_be_meant_is_refused():
    with pytest.raises(UsageError, match=r"survival is 1\.5, expected a share"):
        AdviceOptions(survival=(1.5, 1.0))
    with pytest.raises(UsageError, match="turn_tokens is 0, expected"):
        AdviceOptions(turn_tokens=0)
    with pytest.raises(UsageError, match="kept_share is 1, expected"):
        AdviceOptions(kept_share=1.0)
