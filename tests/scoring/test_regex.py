from __future__ import annotations

import pytest

from harness.core.errors import UsageError
from harness.scoring import scorers
from harness.scoring.regex import Regex


@pytest.mark.parametrize(
    ("pattern", "text", "value"),
    [
        (r"\bdry\b", "It is Dry.", 1.0),
        (r"^{value}\.?$", "dry.", 1.0),
        (r"^{value}\.?$", "It is dry.", 0.0),
        (r"\bdr[yi]", "dry or tender", 0.0),
        (r"\bdry\b", "not dry", 0.0),
        (r"\bdry\b", "<think>dry</think>", 0.0),
    ],
)
def test_the_pattern_is_looked_for_in_the_reply(tone, pattern, text, value):
    assert Regex(pattern).score(tone, text).value == value


def test_capitals_may_be_made_to_count(tone):
    assert Regex("dry", ignore_case=False).score(tone, "Dry").value == 0.0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("dry", "The pattern is found in the reply."),
        ("no", "The pattern is not found in the reply."),
        ("not dry", "The reply denies 'dry'."),
        ("dry, tender", "The reply names 'tender', a value never said here."),
    ],
)
def test_the_reason_is_told(tone, text, why):
    assert Regex("dry").score(tone, text).why == why


def test_a_broken_pattern_is_refused():
    with pytest.raises(UsageError, match=r"'\(' is no regular expression: missing \)"):
        scorers.resolve("regex?pattern=%28")


def test_a_missing_pattern_is_refused():
    with pytest.raises(UsageError, match=r"scorer 'regex': .*pattern"):
        scorers.resolve("regex")


def test_without_a_value_there_is_nothing_to_measure(probe):
    assert Regex("a").score(probe(), "a").value is None
