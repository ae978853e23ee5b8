from __future__ import annotations

import pytest

from harness.scoring.normalise import answer


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("dry", "dry"),
        ("<think>tender</think>dry", "dry"),
        ("<THINKING>\ntender\n</THINKING>\n\ndry", "dry"),
        ("tender</think>dry", "dry"),
        ("<think>tender", ""),
        ("a < b", "a < b"),
    ],
)
def test_thoughts_are_not_the_answer(reply, said):
    assert answer(reply) == said
