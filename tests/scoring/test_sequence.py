"""The scorer `sequence`: all values, in their order."""

from __future__ import annotations

import pytest

from harness.core.probe import Probe
from harness.core.scenario import Value
from harness.scoring.sequence import Sequence

WELL, GLASS, VISIT = Value("well"), Value("greenhouse"), Value("inspection")
PROBE = Probe(
    question_id="q",
    kind="order?which=all",
    question="In which order were these mentioned: the greenhouse, the well, the inspection?",
    expected=(WELL, GLASS, VISIT),
)


@pytest.mark.parametrize(
    ("reply", "score"),
    [
        ("well, greenhouse, inspection", 1.0),
        ("1. The well\n2. The greenhouse\n3. The inspection", 1.0),
        ("Of greenhouse, well and inspection: well, then greenhouse, then inspection.", 1.0),
        ("greenhouse, well, inspection", 0.0),
        ("well, greenhouse", 0.0),
        ("I don't know.", 0.0),
    ],
)
def test_the_order_of_the_last_mentions_counts(reply, score):
    assert Sequence().score(PROBE, reply).value == score


def test_a_wrong_order_is_told():
    why = Sequence().score(PROBE, "inspection, well, greenhouse").why
    assert why == "The reply names them in another order: inspection, well, greenhouse."


def test_nothing_is_measured_where_nothing_is_expected():
    never = Probe(question_id="q", kind="order", question="?", expected=())
    assert Sequence().score(never, "well").value is None
