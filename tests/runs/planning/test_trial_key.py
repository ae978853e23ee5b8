from __future__ import annotations

import pytest

from harness.core.session import Blueprint, PlannedCut
from harness.core.window import Window
from harness.models.options import affecting_answer
from harness.runs.planning.trial_key import Keys

BASE = {
    "material": "m",
    "blueprint": Blueprint(
        scenario="s",
        seed=0,
        arm="main",
        says=(),
        cuts=(PlannedCut(tokens=10, ask=("a",), fill_requested=0.1),),
    ),
    "window": Window(100, 10),
    "policy": "send_all",
    "memory": "none",
    "model": "reference/perfect",
    "options": {"temperature": "0"},
}


def key(cut=0, fact="a", repeat=0, **changed):
    return Keys(**BASE | changed).key(cut=cut, fact=fact, repeat=repeat)


@pytest.mark.parametrize(
    "changed",
    [
        {"material": "n"},
        {"window": Window(101, 10)},
        {"window": Window(100, 11)},
        {"window": Window(100, 10, ratio=1.3)},
        {"policy": "refuse"},
        {"memory": "facts"},
        {"model": "reference/swap"},
        {"options": {"temperature": "1"}},
        {"options": {"temperature": "0", "api_base": "http://x"}},
        {"cut": 1},
        {"fact": "b"},
        {"repeat": 1},
    ],
)
def test_whatever_can_change_the_answer_changes_the_key(changed):
    assert key(**changed) != key()


@pytest.mark.parametrize("name", ["api_key", "timeout", "max_attempts", "aws_session_token"])
def test_what_cannot_change_the_answer_does_not_change_the_key(name):
    assert key(options={"temperature": "0", name: "1"}) == key()


def test_secrets_never_get_near_a_key():
    assert affecting_answer({"api_key": "sk-1", "max_tokens": "5"}) == {"max_tokens": 5}
