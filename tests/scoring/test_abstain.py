from __future__ import annotations

import pytest

from harness.scoring.abstain import Abstain


@pytest.mark.parametrize(
    ("text", "value", "why"),
    [
        ("You never told me.", 1.0, "The reply says that it is not known."),
        ("Rex.", 0.0, "The reply does not say that it is not known."),
        ("", 0.0, "The reply does not say that it is not known."),
        ("I can't help with that.", 0.0, "The reply does not say that it is not known."),
    ],
)
def test_the_right_answer_is_that_it_was_never_said(probe, text, value, why):
    score = Abstain().score(probe(kind="abstain"), text)
    assert (score.value, score.why) == (value, why)


def test_where_a_value_is_expected_naming_it_is_no_abstention(tone):
    assert Abstain().score(tone, "I'm not sure. Was it dry?").value == 0.0
    assert Abstain().score(tone, "I'm not sure.").value == 1.0
