"""At which fills a session is probed, in short and in long windows."""

from __future__ import annotations

import itertools
import math

import pytest

from harness.core.draws import Draws
from harness.core.near_empty import near_empty_fill
from harness.core.scenario import Fills
from harness.core.window import Window
from harness.sessions.layouts.fills import fills_of


def fills(limit: int, count: int = 12, facts_tokens: int = 0, seed: int = 1) -> tuple[float, ...]:
    return fills_of(Fills(count=count), Window(limit, 128), Draws("test", seed), facts_tokens)


@pytest.mark.parametrize("limit", [4_000, 8_000, 20_000])
def test_short_windows_have_a_quarter_of_their_checkpoints_in_the_first_twentieth(limit):
    found = fills(limit)
    assert len(found) == 12
    assert sum(fill <= 0.05 for fill in found) == 3


@pytest.mark.parametrize("limit", [32_000, 128_000, 1_000_000])
def test_long_windows_have_a_checkpoint_in_every_octave(limit):
    found, empty = fills(limit), near_empty_fill(limit)
    octaves = math.ceil(math.log2(1 / empty))
    top = Window(limit, 128).top
    edges = [empty * (top / empty) ** (i / octaves) for i in range(octaves + 1)]
    for low, high in itertools.pairwise(edges):
        assert sum(low < fill <= high + 1e-6 for fill in found) >= 1
    assert 8 + octaves <= sum(fill > empty for fill in found) <= 9 + octaves
    assert sum(fill <= empty for fill in found) == round((12 + octaves) / 4)


@pytest.mark.parametrize(
    ("limit", "count"), [(32_000, 12), (128_000, 12), (128_000, 6), (10**6, 6)]
)
def test_a_long_window_costs_no_more_than_a_tenth_over_even_checkpoints(limit, count):
    low = round(count / 4)
    even = sum(0.05 + 0.95 * (i + 0.5) / (count - low) for i in range(count - low))
    controls = sum(0.05 * (i + 0.5) / low for i in range(low))
    cost = sum(sum(fills(limit, count, seed=seed)) for seed in range(20)) / 20
    assert cost <= 1.1 * (even + controls)


def test_facts_that_take_more_push_the_octaves_up():
    assert min(fill for fill in fills(128_000, facts_tokens=2_000) if fill > 2_500 / 128_000)
    few = [fill for fill in fills(128_000, facts_tokens=2_000) if fill <= 2_500 / 128_000]
    assert len(few) == round((12 + 6) / 4)


def test_fills_that_were_asked_for_are_left_as_they_are():
    asked = Fills(exact=(0.5, 0.01, 0.9))
    assert fills_of(asked, Window(128_000, 128), Draws("test", 1)) == (0.01, 0.5, 0.9)
