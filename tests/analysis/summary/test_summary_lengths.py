from __future__ import annotations

import pytest

from harness.analysis.records import from_records
from harness.analysis.summary.build import summarise
from tests.support.records import make_record


def of(*records):
    return summarise(from_records(records)).groups[0].lengths


def a_call(n, local, provider, **changed):
    values = {
        "key": f"k{n}", "window_limit": 10_000, "fill_requested": local / 10_000,
        "fill": provider / 10_000, "session_tokens": local - 20, "view_tokens": local,
        "prompt_tokens": provider, "usage_source": "provider", "server_truncated": False,
    }  # fmt: skip
    return make_record(**values | changed)


def test_target_local_and_the_providers_count_stand_side_by_side():
    found = of(a_call(1, 2000, 2100), a_call(2, 1960, 2100), a_call(3, 8000, 8300))
    assert found.ratio == pytest.approx(1.05)
    assert found.worst_error == pytest.approx(0.03)
    low, high = found.by_fill
    assert (low.n, low.target_tokens, low.local_tokens, low.provider_tokens) == (
        2,
        1980,
        1960,
        2100,
    )
    assert (high.start, high.end, high.error) == (0.7, 0.8, 0.03)
    assert found.dropped_from is None


def test_from_where_on_the_server_drops_is_told():
    cut = {"server_truncated": True, "fill": 0.6}
    found = of(a_call(1, 2000, 2000), a_call(2, 6000, 4000, **cut), a_call(3, 9000, 4010, **cut))
    assert (found.n_truncated, found.dropped_from, found.kept) == (2, 6000, 4005)
    assert found.ratio == 1.0


def test_without_a_meter_there_is_no_ledger():
    found = of(a_call(1, 2000, 2000, usage_source="local"))
    assert (found.n, found.ratio, found.error, found.by_fill) == (0, None, None, ())


def test_nearly_empty_windows_are_no_measure_of_aim():
    found = of(a_call(1, 300, 900))
    assert found.error is None
    assert found.ratio == 3.0
