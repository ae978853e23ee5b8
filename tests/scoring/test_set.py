from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.probe import Probe
from harness.core.scenario import Value
from harness.scoring.set_ import Set

CITIES = ("Oslo", "Lima", "Quito")


@pytest.fixture
def cities(probe):
    return probe(*CITIES, kind="set", planted=["Friday"], decoys=["Rome", "Bern"], stale=["Bonn"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Oslo, Lima and Quito", 1.0),
        ("- Oslo\n- Lima\n- Quito", 1.0),
        ("1. Oslo\n2. Lima\n3. Quito", 1.0),
        ("Oslo, Oslo, Lima, Quito", 1.0),
        ("Oslo and Lima", 0.8),
        ("Oslo", 0.5),
        ("Oslo, Lima, Quito and Rome", 6 / 7),
        ("Oslo, Lima, Quito on Friday, not Bonn", 6 / 7),
        ("Oslo, Lima, but not Quito", 0.8),
        ("Rome", 0.0),
        ("", 0.0),
    ],
)
def test_the_score_is_f1(cities, text, value):
    assert Set().score(cities, text).value == pytest.approx(value)


def test_the_reason_counts(cities):
    assert Set().score(cities, "Oslo and Rome").why == "The reply names 1 of 3, and 1 wrong."


def test_made_up_values_lower_the_precision(probe):
    codes = probe("JK-2101", "ZT-3001", kind="set", shape=r"[A-Z]{2}-[2-4]\d{3}")
    assert Set().score(codes, "JK-2101, ZT-3001, QX-2222").value == pytest.approx(0.8)


@given(st.permutations(CITIES), st.lists(st.sampled_from(("Rome", "Bern")), unique=True))
def test_order_is_irrelevant_and_wrong_items_always_cost(named, wrong):
    scores = set()
    for expected in permutations(CITIES):
        probe = Probe(
            fact="f",
            kind="set",
            question="Which?",
            expected=tuple(Value(text) for text in expected),
            decoys=(Value("Rome"), Value("Bern")),
        )
        scores.add(Set().score(probe, ", ".join([*named, *wrong])).value)
    assert scores == {6 / (6 + len(wrong))}


def test_without_a_value_there_is_nothing_to_measure(probe):
    assert Set().score(probe(kind="set"), "Oslo").value is None
