from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.draws import Draws
from harness.sessions.fillers.closers import Closers, _banks, remarks
from harness.sessions.tokens import TokenCounter

LENGTHS = range(4, 81)


@pytest.fixture(scope="module")
def counter():
    return TokenCounter()


@pytest.fixture(scope="module")
def closers(counter):
    return Closers(counter.count_text)


@pytest.mark.parametrize("tokens", LENGTHS)
def test_every_length_has_sixty_turns_that_share_no_text(closers, counter, tokens):
    used: set[str] = set()
    draws = Draws("closers", tokens)
    for _ in range(60):
        turn = closers.pair(tokens, draws, used)
        assert turn is not None
        assert counter.count_text(turn.user) + counter.count_text(turn.assistant) == tokens
    assert len(used) == 120


@given(tokens=st.sampled_from(LENGTHS), seed=st.integers())
def test_equal_draws_give_equal_turns_and_used_texts_are_left_alone(closers, tokens, seed):
    first = closers.pair(tokens, Draws(seed), set())
    used: set[str] = set()
    assert first == closers.pair(tokens, Draws(seed), used)
    again = closers.pair(tokens, Draws(seed), used)
    assert first is not None
    assert again is not None
    assert {first.user, first.assistant}.isdisjoint({again.user, again.assistant})


@pytest.mark.parametrize("tokens", [-1, 0, 1, 500])
def test_a_length_that_no_turn_has_gives_none(closers, tokens):
    assert closers.pair(tokens, Draws("x"), set()) is None


def test_nothing_is_given_when_everything_is_used(closers):
    used = {*remarks("user"), *remarks("assistant")}
    assert closers.pair(40, Draws("x"), used) is None


def test_the_bank_is_large_and_counted_once(counter):
    assert min(len(remarks("user")), len(remarks("assistant"))) > 2_000
    fresh = TokenCounter()
    Closers(fresh.count_text)
    hits = _banks.cache_info().hits
    Closers(fresh.count_text)
    assert _banks.cache_info().hits == hits + 1
