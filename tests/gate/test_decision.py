"""The rule of the gate, in numbers."""

from __future__ import annotations

import numpy as np
import pytest

from harness.analysis.stats.session_mean import session_mean
from harness.core.errors import UsageError
from harness.gate.decision import (
    GateRule,
    fires,
    looks,
    one_sided,
    passes,
    sessions_to_plan,
    short_of,
    student,
)

RULE = GateRule()


@pytest.mark.parametrize("sessions", [6, 9, 10, 40])
def test_many_looks_at_once_are_the_single_looks(sessions):
    draws = np.random.default_rng(3)
    means = draws.normal(-0.02, 0.05, (12, sessions)).round(3)
    means[3] = 0.0  # all sessions agree
    found = looks(means, RULE, n_probes=10 * sessions)
    for row, values in enumerate(means):
        one = session_mean(values.tolist(), level=0.9, n_probes=10 * sessions)
        assert found.effect[row] == pytest.approx(one.effect)
        assert (found.lo[row], found.hi[row]) == pytest.approx((one.lo, one.hi))
        assert found.p_worse[row] == pytest.approx(one_sided(one.effect, one.p_value))


def test_too_few_sessions_for_an_interval_are_refused():
    with pytest.raises(UsageError, match="4 sessions; an interval at alpha"):
        looks(np.zeros((1, 4)), RULE, n_probes=40)


def test_a_drop_fires_only_when_it_is_sure_and_large_and_no_pass():
    assert fires(-0.06, -0.08, 0.001, RULE)
    assert not fires(-0.06, -0.13, 0.2, RULE), "not sure"
    assert not fires(-0.02, -0.06, 0.001, RULE), "smaller than 0.6 of the margin"
    assert fires(-0.03, -0.06, 0.001, RULE), "exactly 0.6 of the margin"
    assert not fires(-0.04, -0.049, 0.001, RULE), "a drop of the margin is excluded"
    assert passes(-0.049, 0.05)
    assert not passes(-0.05, 0.05)


def test_what_is_missing_is_what_a_drop_of_the_margin_takes():
    reach = student(0.05, 20) * 0.03
    short = short_of(0.0, -reach, reach, 20, RULE)
    assert short.drop == 0.05
    # (1.645 + 0.842)^2 * 20 * 0.03^2 / 0.05^2 sessions in all
    assert short.sessions == 45 - 20


def test_with_sessions_enough_the_missing_ones_tell_the_change_from_the_nearer_end():
    reach = student(0.05, 40) * 0.012
    short = short_of(-0.04, -0.04 - reach, -0.04 + reach, 40, RULE)
    assert short.drop == pytest.approx(0.04)
    inside = short_of(-0.02, -0.02 - 1.5 * reach, -0.02 + 1.5 * reach, 40, RULE)
    assert inside.drop == pytest.approx(0.03)
    assert inside.sessions >= 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margin": 5.0}, "margin is 5, expected a fraction between 0 and 1"),
        ({"power": 1.0}, "power is 1, expected"),
        ({"onset_margin": 0.0}, "onset_margin is 0, expected"),
        ({"alpha": 0.5}, "alpha is 0.5, expected a fraction below"),
    ],
)
def test_a_rule_that_is_none_is_refused(options, message):
    with pytest.raises(UsageError, match=message):
        GateRule(**options)


def test_more_sessions_are_planned_for_two_looks_than_for_one():
    from harness.analysis.stats.power import seeds_to_detect

    planned = sessions_to_plan(RULE, per_session=10, discordant=0.08)
    assert planned > seeds_to_detect(0.05, 10, discordant=0.08, power=0.8)
    assert planned == 41
    assert sessions_to_plan(GateRule(margin=0.5), per_session=10) >= 5
