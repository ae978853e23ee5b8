from __future__ import annotations

import pytest

from harness.runs.planning import trial_keys
from harness.runs.planning.trial_keys import TrialKeys, UnitFlags


def key(n):
    return f"{n:032x}"


@pytest.fixture(params=[32, 1 << 20], ids=["on disk", "in memory"])
def keys(request, monkeypatch):
    """Of two models, whose seeds pass by one after the other."""
    monkeypatch.setattr(trial_keys, "_MOST_BYTES", request.param)
    keys = TrialKeys(["b", "a"])
    for unit in range(3):
        for place, model in enumerate(["b", "a"]):
            keys.add(model, "main", unit, [key(100 * unit + 10 * place)])
            keys.add(model, "bare", unit, [key(100 * unit + 10 * place + n) for n in (1, 2)])
    return keys


def test_keys_are_given_back_in_the_order_in_which_trials_are_sent(keys):
    b = [1, 2, 101, 102, 201, 202, 0, 100, 200]
    assert list(keys) == [key(n) for n in b] + [key(n + 10) for n in b]
    assert list(keys.of_model("a")) == [key(n + 10) for n in b]
    assert (len(keys), keys.count("a")) == (18, 9)


def test_keys_can_be_read_twice_at_a_time(keys):
    pairs = list(zip(keys.of_model("a"), keys.of_model("a"), strict=True))
    assert all(one == other for one, other in pairs)


def test_what_is_left_is_counted_and_its_seeds_are_known(keys):
    done = {key(n) for n in (1, 2, 101)}
    left, units = keys.left("b", "bare", done)
    assert left == 3
    assert [unit in units for unit in range(4)] == [False, True, True, False]
    assert keys.left("a", "bare", done)[0] == 6
    assert keys.left("b", "opening", done)[0] == 0


def test_flags_are_a_set_of_numbers():
    flags = UnitFlags()
    for number in (0, 9, 800):
        flags.add(number)
    assert [number for number in range(2000) if number in flags] == [0, 9, 800]
