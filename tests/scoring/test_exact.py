from __future__ import annotations

import pytest

from harness.scoring.exact import Exact


@pytest.mark.parametrize("text", ["dry", "Dry.", " **DRY**\n", "“dry”", "<think>hm</think> dry"])
def test_the_value_alone_is_exact(tone, text):
    assert Exact().score(tone, text).value == 1.0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "The reply does not name 'dry'."),
        ("The answer is dry.", "The reply says more than 'dry': 'the'."),
        ("dry dry", "The reply says 'dry' more than once."),
        ("not dry", "The reply denies 'dry'."),
        ("dry tender", "The reply names 'tender', a value never said here."),
    ],
)
def test_anything_more_is_not(tone, text, why):
    score = Exact().score(tone, text)
    assert (score.value, score.why) == (0.0, why)


def test_a_set_is_exact_in_any_order(probe):
    assert Exact().score(probe("Oslo", "Lima"), "Lima and Oslo").value == 1.0
    assert Exact().score(probe("Oslo", "Lima"), "- Lima\n- Oslo").value == 1.0
    assert Exact().score(probe("Oslo", "Lima"), "cities: Lima, Oslo").value == 0.0


def test_without_a_value_there_is_nothing_to_measure(probe):
    assert Exact().score(probe(), "dry").value is None
