"""The working session against one that is lived through token by token."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.advice.cost import calls, usd
from harness.analysis.advice.model import Shape
from harness.analysis.advice.working_session import course, is_useful, survivals
from harness.models.catalog import Price


def shape(**changes):
    usual = {
        "session_tokens": 20_000,
        "turn_tokens": 100,
        "half_life_tokens": None,
        "summary_tokens": 400,
        "kept_share": 0.25,
    }
    return Shape(**(usual | changes))


def lived(session: Shape, threshold: float, step: int = 10):
    """Prompt and rounds of every fact, step by step: no formula."""
    prompt, rounds, seen = 0.0, [], []
    for _ in range(0, session.session_tokens, step):
        if prompt >= threshold:
            kept = session.kept_share * threshold
            behind = round(kept / step)
            rounds = [one + 1 for one in rounds[: len(rounds) - behind]] + rounds[-behind:] * bool(
                behind
            )
            prompt = session.summary_tokens + kept
        rounds.append(0)
        prompt += step
        seen.append((prompt, list(rounds)))
    return seen


@pytest.mark.parametrize("kept", [0.0, 0.25])
def test_prompts_and_rounds_are_those_of_a_session_lived_through_step_by_step(kept):
    session = shape(kept_share=kept)
    found = course(session, 3_000)
    seen = lived(session, 3_000)
    assert found.prompt_tokens.mean() == pytest.approx(np.mean([p for p, _ in seen]), rel=0.02)
    survived = survivals(np.array([0.6]), np.array([0.9]), found.rounds.shape[1])[0]
    real = np.mean([np.mean([survived[one] for one in rounds]) for _, rounds in seen])
    assert (found.rounds @ survived).mean() == pytest.approx(real, abs=0.01)


def test_questions_about_the_recent_past_meet_fewer_compactions():
    even = course(shape(), 2_000)
    recent = course(shape(half_life_tokens=500), 2_000)
    assert recent.rounds[:, 0].mean() > 2 * even.rounds[:, 0].mean()


@given(
    threshold=st.integers(1_000, 30_000),
    kept=st.floats(0, 0.7),
    half_life=st.none() | st.integers(1, 50_000),
)
def test_every_question_went_through_some_number_of_rounds(threshold, kept, half_life):
    session = shape(kept_share=kept, half_life_tokens=half_life)
    if not is_useful(session, threshold):
        return
    found = course(session, threshold)
    assert found.rounds.min() >= -1e-12
    assert found.rounds.sum(axis=1) == pytest.approx(1.0)
    assert found.prompt_tokens.max() <= threshold + 1e-6


def test_a_session_shorter_than_its_threshold_is_never_compacted():
    found = course(shape(session_tokens=2_000), 2_500)
    assert len(found.compacted_at) == 0
    assert found.rounds == pytest.approx(np.ones((300, 1)))


def test_the_calls_of_a_session_are_one_a_turn_and_one_a_summary():
    session = shape(session_tokens=3_000, turn_tokens=1_000, kept_share=0.0)
    found = list(calls(course(session, 2_000), session, model="m", writer="m"))
    assert [(one.prompt_tokens, one.cached_tokens) for one in found] == [
        (1_000, 0),
        (2_000, 1_000),
        (2_000, 2_000),  # the summary is written of what the cache holds
        (1_400, 0),  # and what stands behind it has never been seen
    ]
    assert [one.completion_tokens for one in found] == [0, 0, 400, 0]


def test_cached_tokens_cost_what_the_list_says_and_an_unknown_price_is_unknown():
    session = shape(session_tokens=2_000, turn_tokens=1_000)
    every = list(calls(course(session, 5_000), session, model="m", writer="m"))
    price = Price(input_per_token=1.0, cached_input_per_token=0.1, output_per_token=5.0)
    known = Price(
        input_per_token=1.0,
        cached_input_per_token=0.1,
        output_per_token=5.0,
        cache_from_tokens=500,
    )
    assert usd(every, lambda *_: known) == pytest.approx(1_000 + 1_000 + 0.1 * 1_000)
    assert usd(every, lambda *_: price) == pytest.approx(3_000)  # too short for that cache
    assert usd(every, lambda *_: None) is None
    assert usd(every, None) is None
