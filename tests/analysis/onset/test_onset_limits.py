"""When it cannot be told: the verdict says so, and the sentence says what is missing."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from harness.analysis.calibration.simulated_laws import LAWS, SimulatedLaw
from harness.analysis.onset import estimate_onset, simulate
from harness.analysis.onset.cells import gather
from harness.analysis.onset.monotone import _blocks, _covariance
from harness.analysis.onset.rows import scored

DIP = SimulatedLaw(
    name="dip", probability=lambda x, p: np.where((x > 0.3) & (x < 0.6), 0.3, 0.95) + 0 * p
)


def study(sessions: int, fills: tuple[float, ...] = (0.02, 0.5, 1.0)) -> list[dict[str, object]]:
    return [{"session": s, "fill": f, "score": 1.0} for s in range(sessions) for f in fills]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "cannot tell: no probes; at least 5 sessions are needed (5 more seeds)"),
        (
            [{"session": 1, "fill": None, "score": None}] * 12,
            "cannot tell: none of 12 rows has a score; "  # noqa: ISC004 - one sentence
            "at least 5 sessions are needed (5 more seeds)",
        ),
        (
            study(1),
            "cannot tell: only one session; at least 5 are needed (4 more seeds)",
        ),
        (
            study(4),
            "cannot tell: only 4 sessions; at least 5 are needed (1 more seed)",
        ),
        (
            study(9, (0.01, 0.04)),
            "cannot tell: no probe past 5 % of the window: "  # noqa: ISC004 - one sentence
            "more seeds would not help, more fills would (--fills 12)",
        ),
        (
            study(9, (0.7,)),
            "cannot tell: all probes at about one fill (70 %): "  # noqa: ISC004 - one sentence
            "more seeds would not help, more fills would (--fills 12)",
        ),
        (
            study(3, (0.7,)),
            "cannot tell: all probes at about one fill (70 %): "  # noqa: ISC004 - one sentence
            "more seeds would not help, more fills would (--fills 12); "
            "only 3 sessions; at least 5 are needed (2 more seeds)",
        ),
    ],
)
def test_what_is_missing_is_said_and_no_number_is_given(rows, message):
    found = estimate_onset(rows)
    assert found.message == message
    assert found.verdict == "insufficient"
    assert (found.detected, found.onset, found.lo, found.hi) == (False, None, None, None)
    assert found.posterior is None


def test_five_sessions_are_enough_to_say_how_many_would_do():
    found = estimate_onset(study(5))
    assert (found.verdict, found.lo, found.hi) == ("cannot_tell", 0.05, None)
    assert found.message == (
        "cannot tell whether a drop of 5 points or more lies before 100 % of the window: the "
        f"smallest drop this run could see is {100 * found.smallest_drop:.1f} points; about "
        f"{found.seeds_needed} seeds would do (it had 5 sessions)"
    )


def test_all_wrong_and_all_right_are_answers():
    wrong = [{**row, "score": 0.0} for row in study(9)]
    assert estimate_onset(wrong).verdict == "floor"
    assert estimate_onset(study(9)).plateau > 0.9


def test_a_recovery_after_a_fall_withholds_the_onset():
    found = estimate_onset(simulate(DIP, np.random.default_rng(1)))
    assert (found.verdict, found.monotone, found.onset) == ("insufficient", False, None)
    assert found.recovery_p < 0.01
    assert found.message.startswith("cannot tell: recall is not monotone: ")
    assert found.message.endswith("no confident onset from one dip")
    assert found.curve


def test_a_recovery_does_not_depend_on_the_names_of_sessions():
    rows = simulate(DIP, np.random.default_rng(2)).with_columns(
        score=0.07 + pl.col("score") * 0.83 * (1 - pl.col("position") / 9)
    )
    old = sorted(rows["session"].unique())
    spreads = []
    for shift in range(8):
        names = [(7 * i + shift) % 30 for i in range(30)]
        renamed = rows.with_columns(pl.col("session").replace_strict(old, names))
        cells = gather(scored(renamed)[0], control=0.05)
        block = _blocks(cells.n, 8, 1)
        mean = np.bincount(block, weights=cells.k) / np.bincount(block, weights=cells.n)
        spreads.append(_covariance(cells, block, mean))
    assert all(np.array_equal(spread, spreads[0]) for spread in spreads)


def test_a_dip_in_a_quarter_of_the_sessions_is_no_recovery():
    """With 2,400 independent probes it would be beyond doubt; with 40 sessions it is not."""
    rows = [
        {"session": s, "fill": f, "score": float(not (s < 10 and 0.3 < f < 0.6))}
        for s in range(40)
        for f in np.concatenate((np.linspace(0.01, 0.05, 15), np.linspace(0.06, 1, 45)))
    ]
    assert estimate_onset(rows).monotone
    alone = [{**row, "session": i} for i, row in enumerate(rows)]
    assert not estimate_onset(alone).monotone


@pytest.mark.parametrize("law", ["none", "step", "stairs", "middle"])
def test_a_monotone_law_is_not_called_otherwise(law):
    for seed in range(3):
        rows = simulate(LAWS[law], np.random.default_rng([9, seed]))
        assert estimate_onset(rows).monotone


@pytest.mark.parametrize(("low", "high"), [(1.224, 1.25), (0.612, 0.625), (0.9, 0.903), (1.0, 1.5)])
def test_fills_that_hardly_differ_are_no_reason_to_fall_over(low, high):
    fills = np.linspace(low, high, 6)
    rows = [{"session": n, "fill": fill, "score": float(n != 1)} for n, fill in enumerate(fills)]
    found = estimate_onset(rows)
    assert found.verdict in {"insufficient", "not_reached", "cannot_tell", "detected"}
    assert found.message
