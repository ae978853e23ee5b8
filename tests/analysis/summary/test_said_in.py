from __future__ import annotations

import numpy as np
import pytest

from harness.analysis.records import from_records
from harness.analysis.summary.said_in import said_in_contrasts
from tests.support.records import make_record

FACTS = {"easy": 0.95, "middling": 0.7, "hard": 0.45}


def study(seed, *, worse=0.0, evicted=0.0, sessions=16):
    """Facts of three difficulties that seeds say by the user or in a tool's result."""
    rng = np.random.default_rng(seed)
    records = []
    for session in range(sessions):
        for number, (fact, recall) in enumerate(FACTS.items()):
            place = ("user", "tool_result")[(session + number) % 2]
            for probe in range(4):
                seen = not (place == "tool_result" and rng.random() < evicted)
                right = seen and rng.random() < recall - (place == "tool_result") * worse
                records.append(
                    make_record(
                        session=f"brand-voice/{session}", seed=session, fact=fact, question_id=fact,
                        key=f"{session}/{fact}/{probe}", score=float(right), said_in=place,
                        in_view=seen, outcome="recalled" if right else "fabricated",
                    )
                )  # fmt: skip
    return from_records(records)


def contrast(frame):
    (found,) = said_in_contrasts(frame)
    assert found.against == "user"
    return {row.said_in: row for row in found.rows}["tool_result"]


@pytest.mark.parametrize("worse", [0.0, 0.3])
def test_the_contrast_is_found_again_within_its_interval(worse):
    found = [contrast(study(seed, worse=worse)) for seed in range(20)]
    assert abs(np.mean([one.effect for one in found]) + worse) < 0.05
    assert np.mean([one.lo <= -worse <= one.hi for one in found]) >= 0.85
    told = np.mean([one.hi < 0 for one in found])
    assert told > 0.9 if worse else told < 0.2


def test_what_was_evicted_is_no_difference_of_the_models():
    row = contrast(study(1, evicted=0.5))
    assert row.sent < 0.65
    assert row.lo < 0 < row.hi


def test_where_nothing_varies_the_interval_still_has_a_width():
    frame = study(1).with_columns(score=1.0)
    row = contrast(frame)
    assert row.effect == 0.0
    assert row.lo < -0.02
    assert row.hi > 0.02


def test_too_few_sessions_have_no_contrast_and_one_place_no_table():
    assert contrast(study(1, sessions=4)).effect is None
    assert said_in_contrasts(study(1).filter(said_in="user")) == ()
