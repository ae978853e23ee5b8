from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from harness.core.draws import Draws, digest, names_digest, unit


def test_equal_names_draw_equal_values_and_other_names_do_not():
    assert [Draws("a", 1).below(10**6) for _ in range(3)] == [Draws("a", 1).below(10**6)] * 3
    assert Draws("a", 1).below(10**9) != Draws("a", 2).below(10**9)
    assert Draws("a", 1).below(10**9) != Draws("a", "1").below(10**9)


def test_a_child_stream_does_not_move_its_parent():
    parent = Draws("a")
    first = Draws("a").uniform()
    parent.child("b").uniform()
    assert parent.uniform() == first


def test_draws_are_the_same_in_a_process_with_another_hash_seed():
    code = "from harness.core.draws import Draws, digest, unit;"
    code += "print(Draws('x', 3).shuffled(list(range(9))), digest({'é': [1.5, None]}), unit('q'))"
    outputs = {
        subprocess.run(  # noqa: S603 -- our own interpreter
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(outputs) == 1


@given(st.lists(st.integers(), max_size=30), st.integers())
def test_a_shuffle_keeps_every_item(items, seed):
    assert sorted(Draws(seed).shuffled(items)) == sorted(items)


@given(st.integers(1, 10**6), st.text())
def test_draws_stay_in_their_range(n, name):
    draws = Draws(name)
    assert 0 <= draws.below(n) < n
    assert 0.0 <= unit(name, n) < 1.0
    assert 2.0 <= draws.uniform(2.0, 3.0) < 3.0


@given(st.dictionaries(st.text(max_size=4), st.integers(), max_size=5))
def test_a_digest_does_not_depend_on_the_order_of_keys(data):
    assert digest(dict(sorted(data.items()))) == digest(dict(reversed(list(data.items()))))


NAMES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@given(st.lists(NAMES | st.lists(NAMES, max_size=2), max_size=5))
def test_the_digest_of_names_is_that_of_the_list_of_them(names):
    assert names_digest(*names) == digest(names)
