import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.runs.limits.congestion import FIRST, Congestion


def answer(congestion, times, *, latency_s=0.1, size=1000):
    for _ in range(times):
        congestion.answered(congestion.send(), latency_s=latency_s, size=size)


def test_the_start_is_slow_and_doubles_until_the_most():
    congestion = Congestion(64)
    assert congestion.limit == FIRST
    answer(congestion, 4)
    assert congestion.limit == 8
    answer(congestion, 100)
    assert congestion.limit == 64


def test_a_refusal_halves_and_what_was_under_way_then_does_not_cut_again():
    congestion = Congestion(64)
    answer(congestion, 100)
    under_way = [congestion.send() for _ in range(64)]
    for number in under_way:
        congestion.throttled(number)
    assert congestion.limit == 32
    congestion.throttled(congestion.send())
    assert congestion.limit == 16


def test_after_a_cut_the_limit_grows_by_one_for_each_full_round():
    congestion = Congestion(64)
    answer(congestion, 100)
    congestion.throttled(congestion.send())
    answer(congestion, 32)
    assert congestion.limit == pytest.approx(33, abs=0.1)


def test_answers_that_grow_slow_ease_the_load_and_long_prompts_are_no_slowness():
    congestion = Congestion(16)
    answer(congestion, 50, latency_s=0.2)
    answer(congestion, 50, latency_s=9.0, size=1_000_000)
    assert congestion.limit == 16
    answer(congestion, 50, latency_s=9.0)
    assert congestion.limit < 10


def test_one_call_is_always_allowed():
    congestion = Congestion(4)
    for _ in range(20):
        congestion.throttled(congestion.send())
    assert congestion.limit == 1


@given(
    st.integers(1, 300),
    st.lists(
        st.tuples(st.sampled_from(["answered", "throttled"]), st.floats(0, 100)), max_size=200
    ),
)
def test_the_limit_stays_between_one_and_the_most(most, events):
    congestion = Congestion(most)
    for event, latency_s in events:
        number = congestion.send()
        if event == "answered":
            congestion.answered(number, latency_s=latency_s, size=10)
        else:
            congestion.throttled(number)
        assert 1 <= congestion.limit <= most
