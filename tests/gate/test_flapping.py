"""The gate against itself."""

from __future__ import annotations

import pytest

from harness.core.draws import unit
from harness.core.errors import UsageError
from harness.gate.decision import GateRule
from harness.gate.flapping import enough_repeats, flapping
from tests.support.snapshots import snapshot


def flaky(_scenario, seed, probe, repeat):
    return 1.0 if probe % 4 else float(unit(seed, probe, repeat) < 0.5)


def test_a_steady_model_never_flaps():
    found = flapping(snapshot(repeats=5), GateRule())
    assert (found.raw, found.fixed, found.one_look, found.confirmed, found.differ) == (0,) * 5


def test_a_flaky_model_trips_the_naive_gates_and_not_this_one():
    found = flapping(snapshot(flaky, repeats=5, seeds=40), GateRule())
    assert found.raw > 0.3
    assert found.confirmed <= found.one_look <= 0.05
    assert found.differ == pytest.approx(0.3 * (1 - 2 * 0.5**5), abs=0.05)
    assert (found.trials, found.sessions, found.nights) == (400, 40, 1000)


def test_two_repeats_are_one_look():
    assert flapping(snapshot(flaky, repeats=2), GateRule()).confirmed is None


def test_what_is_missing_is_asked_for():
    asked = []

    def again(wanted):
        asked.append((wanted.first_repeat, wanted.repeats))
        return snapshot(flaky, repeats=wanted.repeats)

    whole = enough_repeats(snapshot(flaky, repeats=2), again)
    assert (asked, whole.repeats) == ([(2, 3)], 5)
    assert enough_repeats(whole, again) is whole


def test_one_repeat_or_two_models_are_refused():
    with pytest.raises(UsageError, match="this run has one answer a trial: harness run --repeats"):
        flapping(snapshot(), GateRule())
    import polars as pl

    one, two = snapshot(repeats=2), snapshot(repeats=2, group={"window_limit": 1000})
    from dataclasses import replace

    with pytest.raises(UsageError, match="--a-a is about one window_limit at a time"):
        flapping(replace(one, rows=pl.concat([one.rows, two.rows])), GateRule())
    lost = snapshot(lambda *_: None, repeats=2)
    with pytest.raises(UsageError, match="no trial that was measured in each of its repeats"):
        flapping(lost, GateRule())
