"""How a provider counts, learnt from prompts that it counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.runs.meter.count_model import OURS, CountModel
from harness.runs.meter.fit import fit


def prompts(n=60, *, seed=0, longest=600, kinds=2):
    """Messages, and texts by kind, of prompts as openings have them."""
    rng = np.random.default_rng(seed)
    messages = rng.integers(2, 24, n).astype(float)
    texts = np.zeros((n, 4))
    texts[:, 0] = rng.integers(20, 200, n)
    for kind in range(1, kinds):
        texts[:, kind] = rng.integers(0, longest, n)
    return messages, texts


def counted(messages, texts, *, constant=3.0, per_message=4.0, ratios=(1.0,) * 4):
    return np.ceil(constant + per_message * messages + texts @ np.array(ratios))


def long_prompt(tokens=100_000):
    return np.array([tokens / 45]), np.array([[600.0, tokens * 0.91, 0.0, 0.0]])


def test_a_provider_that_counts_as_we_do_is_taken_to_count_exactly_so():
    messages, texts = prompts()
    model = fit(messages, texts, counted(messages, texts))
    assert (model.constant, model.per_message, model.ratios) == (3.0, 4.0, (1.0,))
    assert model.slack < 0.005


@pytest.mark.parametrize("ratio", [0.7, 1.3, 2.35])
def test_a_ratio_alone_is_found_to_the_token(ratio):
    messages, texts = prompts()
    local = counted(messages, texts)
    model = fit(messages, texts, np.ceil(np.round(ratio * local, 6)))
    at = long_prompt()
    assert model.predict(*at)[0] == pytest.approx(ratio * OURS.predict(*at)[0], rel=1e-3)


@pytest.mark.parametrize("constant", [30, 81, 200])
@pytest.mark.parametrize("per_message", [3, 5, 9])
def test_a_template_is_no_ratio_and_long_prompts_are_foretold_within_a_point(constant, per_message):
    messages, texts = prompts()
    own = {"constant": constant, "per_message": per_message, "ratios": (1.1, 1.05, 1, 1)}
    model = fit(messages, texts, counted(messages, texts, **own))
    at = long_prompt()
    assert model.predict(*at)[0] == pytest.approx(counted(*at, **own)[0], rel=0.01)


def test_facts_full_of_codes_do_not_raise_what_is_expected_of_their_filler():
    messages, texts = prompts()
    own = {"constant": 12, "per_message": 5, "ratios": (1.6, 0.9, 1, 1)}
    model = fit(messages, texts, counted(messages, texts, **own))
    at = long_prompt()
    assert model.predict(*at)[0] == pytest.approx(counted(*at, **own)[0], rel=0.01)


def test_prompts_that_were_counted_in_part_are_set_aside():
    messages, texts = prompts(n=80)
    full = counted(messages, texts, constant=70, ratios=(1.2, 1.1, 1, 1))
    some = full.copy()
    some[::4] = 25  # the rest of these was in a cache
    at = long_prompt()
    whole, part = fit(messages, texts, full), fit(messages, texts, some)
    assert part.predict(*at)[0] == pytest.approx(whole.predict(*at)[0], rel=0.01)


def test_counts_in_whole_hundreds_do_not_bend_the_line():
    messages, texts = prompts(n=200, longest=6000)
    own = {"constant": 40, "per_message": 5, "ratios": (1.2, 1.1, 1, 1)}
    rough = 100 * np.round(counted(messages, texts, **own) / 100)
    model = fit(messages, texts, rough, quantum=100)
    at = long_prompt(50_000)
    assert model.predict(*at)[0] == pytest.approx(counted(*at, **own)[0], rel=0.01)


def test_without_any_count_a_providers_token_is_one_of_ours():
    assert fit(np.array([]), np.zeros((0, 4)), np.array([])) == OURS


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.integers(1, 40), st.integers(1, 900), st.integers(0, 900), st.integers(1, 9000)
        ),
        min_size=1,
        max_size=25,
    )
)
def test_whatever_is_counted_no_part_of_it_is_negative_and_order_decides_nothing(rows):
    def learnt(some):
        messages, said, filler, count = (np.array(c, dtype=float) for c in zip(*some, strict=True))
        texts = np.column_stack([said, filler, 0 * said, 0 * said])
        return fit(messages, texts, count)

    model = learnt(rows)
    assert min(model.constant, model.per_message, *model.ratios) >= 0
    assert learnt(rows[::-1]).predict(*long_prompt())[0] == pytest.approx(
        model.predict(*long_prompt())[0], rel=1e-6
    )


@given(
    messages=st.integers(0, 10_000),
    kinds=st.just([]) | st.lists(st.integers(0, 1_000_000), min_size=4, max_size=4),
    ratios=st.sampled_from([(1.0,), (0.8123,), (2.35,), (1.1, 1.05, 1.0, 0.9)]),
    constant=st.floats(0, 200),
)
def test_one_prompt_is_foretold_to_the_bit_as_many_are(messages, kinds, ratios, constant):
    model = CountModel(constant=constant, per_message=4.3, ratios=ratios)
    row = np.array([kinds or (0.0,)], dtype=np.float64)
    assert model.of_one(messages, kinds) == model.predict(np.array([float(messages)]), row)[0]
