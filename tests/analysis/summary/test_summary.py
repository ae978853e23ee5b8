from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.analysis.records import from_records
from harness.analysis.summary.build import summarise
from harness.analysis.summary.shares import Count
from harness.core.errors import NothingSelectedError
from tests.support.records import failed, make_record, missed, simulated_run

if TYPE_CHECKING:
    from harness.analysis.summary.model import Summary
    from harness.core.record import Record


@cache
def run() -> tuple[Record, ...]:
    """A small run with everything in it."""
    return (
        *simulated_run(seeds=8, each=8),
        *simulated_run(lambda _: 0.9, seeds=6, each=8, model="other", window_limit=32768),
        *(missed(outcome="evicted", in_view=False, fill=0.95, repeat=i) for i in range(1, 5)),
        *(failed(session=f"brand-voice/{i}", fill=0.7) for i in range(3)),
        *(make_record(arm="needle_only", session=f"brand-voice/{i}") for i in range(3)),
        make_record(probe_kind="set", score=1 / 3, fact="set", outcome="fabricated"),
        missed(probe_kind="abstain", fact="never", score=1.0),
    )


@cache
def expected() -> Summary:
    return summarise(from_records(run()))


def test_no_records_say_what_makes_some() -> None:
    with pytest.raises(NothingSelectedError, match="no records to report; `harness run` makes"):
        summarise(from_records([]))


def test_groups_are_sorted_and_their_parts_add_up() -> None:
    summary = expected()
    keys = [(group.model, group.window_limit) for group in summary.groups]
    assert keys == sorted(keys)
    for group in summary.groups:
        lost = group.attribution
        parts = lost.recalled + lost.partial + lost.by_model + lost.by_application
        unscored = sum(count.n for count in lost.unscored)
        assert parts == group.n_probes == sum(point.share.n for point in group.by_fill)
        assert parts + unscored == lost.n
        assert sum(count.n for count in lost.causes) == lost.by_model + lost.by_application
        assert group.onset.n_probes == group.n_probes
        assert group.onset.n_excluded == unscored


def test_the_models_own_onset_leaves_out_what_it_was_not_shown() -> None:
    group = expected().groups[1]
    assert group.own_onset.n_probes == group.onset.n_probes - 4
    assert expected().groups[0].own_onset is expected().groups[0].onset


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
@given(st.randoms(use_true_random=False), st.lists(st.integers(0, 120), max_size=9))
def test_neither_order_nor_records_stored_twice_change_the_summary(
    random: object, twice: list[int]
) -> None:
    records = [*run(), *(run()[i] for i in twice)]
    random.shuffle(records)  # type: ignore[attr-defined]
    summary = summarise(from_records(records))
    assert summary.n_duplicates == len(twice)
    assert dataclasses.replace(summary, n_duplicates=0) == expected()


def test_a_trial_that_failed_and_was_run_again_counts_once() -> None:
    records = [
        failed(key="k", started_at="2026-01-02T03:05:00+00:00"),
        make_record(key="k", started_at="2026-01-02T03:04:00+00:00"),
        failed(key="k", started_at="2026-01-02T03:06:00+00:00"),
    ]
    summary = summarise(from_records(records))
    assert (summary.n_records, summary.n_duplicates) == (1, 2)
    assert summary.groups[0].attribution.recalled == 1


def test_the_same_trial_in_two_runs_counts_twice() -> None:
    summary = summarise(from_records([make_record(), make_record(run_id="other")]))
    assert (summary.n_records, summary.n_duplicates) == (2, 0)


def test_the_cost_is_unknown_when_one_price_is() -> None:
    known = summarise(from_records([make_record(), failed(session="b")])).groups[0].usage
    assert (known.cost_usd, known.n_cost_unknown) == (0.001, 0)
    unknown = summarise(from_records([make_record(), make_record(session="b", cost_usd=None)]))
    usage = unknown.groups[0].usage
    assert (usage.cost_usd, usage.n_cost_unknown) == (None, 1)


def test_nothing_answered_means_no_known_cost() -> None:
    group = summarise(from_records([failed()])).groups[0]
    assert group.usage.cost_usd is None
    assert (group.n_probes, group.n_sessions, group.max_fill) == (0, 0, None)
    assert group.onset.verdict == "insufficient"


def test_the_cached_share_is_of_calls_that_report_a_cache() -> None:
    records = [
        make_record(prompt_tokens=1000, cached_tokens=500),
        make_record(prompt_tokens=9000, cached_tokens=None, session="b", usage_source="local"),
    ]
    usage = summarise(from_records(records)).groups[0].usage
    assert usage.cached_share == 0.5
    assert usage.prompt_tokens == 10_000
    assert usage.sources == (Count(name="local", n=1), Count(name="provider", n=1))


def test_overflow_is_told_with_the_fill_where_it_begins() -> None:
    records = [make_record(), *(failed(status="overflow", fill=x) for x in (1.2, 1.05))]
    group = summarise(from_records(records)).groups[0]
    assert group.overflow_from == 1.05
    assert group.attribution.unscored == (Count(name="overflow", n=2),)


def test_a_fill_far_past_the_ceiling_does_not_stop_the_report() -> None:
    group = summarise(from_records([make_record(), missed(fill=3.5)])).groups[0]
    assert group.attribution.n == group.n_probes == 2
    assert group.max_fill == 3.5


def test_scenarios_with_few_probes_have_no_recall() -> None:
    records = [*simulated_run(seeds=2), make_record(scenario="tiny")]
    scenarios = summarise(from_records(records)).groups[0].scenarios
    assert [(item.scenario, item.n, item.share is None) for item in scenarios] == [
        ("brand-voice", 32, False),
        ("tiny", 1, True),
    ]


def test_a_loss_in_the_middle_is_told_of_facts_in_view_only() -> None:
    records = [
        (make_record if seed % 5 or position == 0.1 else missed)(
            session=f"s/{seed}", fill=fill, position=position, fact=f"{position}"
        )
        for seed in range(20)
        for fill in (0.2, 0.8)
        for position in (0.1, 0.5)
    ]
    unseen = [missed(session=f"s/{seed}", in_view=False, fact="gone") for seed in range(20)]
    group = summarise(from_records([*records, *unseen])).groups[0]
    found = group.lost_in_the_middle
    assert found.overall.effect == pytest.approx(0.2)
    assert found.high_fill.effect == pytest.approx(0.2)
    assert (found.overall.n_probes, found.overall.n_not_in_view) == (80, 20)
    assert group.gap_effect.n_probes == 80


def test_a_scenario_has_an_onset_of_its_own_where_there_is_enough_of_it() -> None:
    steps = simulated_run(seeds=16)
    flat = simulated_run(lambda _: 0.95, seeds=16)
    flat = [dataclasses.replace(r, scenario="flat", session=f"flat/{r.seed}") for r in flat]
    few = [dataclasses.replace(r, scenario="few", session=f"few/{r.seed}") for r in flat[:150]]
    (group,) = summarise(from_records([*steps, *flat, *few])).groups
    onsets = {item.scenario: item.onset for item in group.scenarios}
    assert onsets["few"] is None
    assert onsets["flat"] is not None
    assert onsets["flat"].verdict == "not_reached"
    assert onsets["brand-voice"] is not None
    assert onsets["brand-voice"].n_probes == 256
    assert onsets["brand-voice"].detected


def test_the_onset_of_an_only_scenario_is_that_of_its_group() -> None:
    (group,) = summarise(from_records(simulated_run(seeds=16))).groups
    assert group.scenarios[0].onset is group.onset


def test_a_known_law_is_found_again() -> None:
    group = summarise(from_records(simulated_run(seeds=40))).groups[0]
    assert group.onset.detected
    assert group.onset.lo is not None
    assert group.onset.hi is not None
    assert group.onset.lo <= 0.6 <= group.onset.hi
