from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from harness.analysis.calibration.expected_recall import (
    Places,
    fact_places,
    law_of,
    plateau,
    true_onset,
)
from harness.analysis.calibration.results import CalibrationRow, Weight, line_of
from harness.analysis.calibration.run import (
    calibration_scenario,
    chosen_laws,
    default_laws,
    field_reading,
)
from harness.core.errors import UsageError
from harness.core.study import Study
from harness.models import known_limit
from harness.runs.planning.plan import make_plan
from harness.scenarios import draw_values
from harness.sessions.materials import Workshop

WINDOW = 8000


def even(fact=0, question=0):
    """Facts at positions evenly spread, at every fill."""
    rng = np.random.default_rng(1)
    fill = np.sort(np.concatenate([rng.uniform(0.01, 0.05, 400), rng.uniform(0.05, 1, 4000)]))
    return Places(
        window=WINDOW,
        fill=fill,
        offset=np.resize((np.arange(200) + 0.5) / 200, len(fill)),
        fact_tokens=np.full(len(fill), float(fact)),
        question_tokens=np.full(len(fill), float(question)),
    )


def onset(spec, **design):
    return true_onset(law_of(f"reference/{spec}"), even(**design))


def test_the_true_onset_of_a_step_is_its_edge():
    assert onset("step?limit=8000&onset=0.37") == pytest.approx(0.37)


def test_a_straight_fall_is_down_by_the_criterion_after_the_criterion_over_its_slope():
    assert onset("fading?limit=8000&onset=0.4&slope=1.5") == pytest.approx(
        0.4 + 0.05 / 1.5, abs=5e-4
    )


def test_a_logistic_fall_is_down_where_its_inverse_says():
    # (1 - floor) / (1 + exp((mid - x) / scale)) = 0.05
    truth = 0.7 - 0.06 * np.log(0.9 / 0.05 - 1)
    assert onset("logistic?limit=8000&mid=0.7&scale=0.06") == pytest.approx(truth, abs=1e-3)


def test_a_sliding_window_has_lost_a_twentieth_when_the_session_is_that_much_longer():
    assert onset("window?limit=8000&tokens=4800") == pytest.approx(0.6 / 0.95, abs=2e-3)


def test_the_length_of_fact_and_question_moves_the_onset_of_a_window():
    # read if x - p * (x - q - f) <= 0.6, so a twentieth is lost at x - 0.05 * (x - q - f) = 0.6
    truth = (0.6 - 0.05 * 400 / WINDOW) / 0.95
    assert onset("window?limit=8000&tokens=4800", fact=300, question=100) == pytest.approx(
        truth, abs=2e-3
    )


def test_a_lost_middle_is_averaged_over_the_positions():
    # the mean of 4 p (1 - p) over even positions is 2 / 3
    truth = 0.2 + 0.8 * 0.05 / (0.8 * 2 / 3)
    assert onset("middle?limit=8000&loss=0.8&onset=0.2") == pytest.approx(truth, abs=5e-3)


def test_a_law_counts_fill_by_its_own_limit():
    assert onset("step?limit=16000&onset=0.3") == pytest.approx(0.6)


def test_what_is_always_lost_alike_has_no_onset():
    assert onset("lapse?limit=8000&rate=0.3") is None
    assert onset("perfect") is None
    assert plateau(law_of("reference/lapse?rate=0.3"), even()) == pytest.approx(0.7)


def test_a_name_that_states_no_law_is_refused():
    with pytest.raises(UsageError, match="'openai/gpt-4o' has no known law; calibration takes"):
        law_of("openai/gpt-4o")


def row(**changes):
    return {
        "arm": "main", "probe_kind": "recall", "counts": "recall", "window_limit": WINDOW,
        "fill": 0.2,
        "position": 0.25, "gap_tokens": 1125, "session_tokens": 1540, "view_tokens": 1560,
        "score": 1.0,
    } | changes  # fmt: skip


def test_places_are_read_off_the_records():
    found = fact_places(pl.DataFrame([row(), row(fill=0.3, position=1.0, gap_tokens=0)]))
    assert found.offset.tolist() == [0.25, 1.0]
    assert found.fact_tokens.tolist() == [40.0, 40.0]  # 375 before, 40, 1125 after
    assert found.question_tokens.tolist() == [20.0, 20.0]


def test_facts_of_two_windows_have_no_one_truth():
    with pytest.raises(UsageError, match="needs facts asked in one window, not in 2"):
        fact_places(pl.DataFrame([row(), row(window_limit=4000)]))


def test_without_a_nearly_empty_window_there_is_no_plateau():
    with pytest.raises(UsageError, match="needs facts asked in the nearly empty window; use a"):
        true_onset(law_of("reference/step"), fact_places(pl.DataFrame([row(), row(fill=0.4)])))


def test_the_fields_reading_is_the_first_level_below_85_per_cent():
    rows = [row(fill=0.05 + 0.1 * level, score=1.0) for level in range(10)]
    assert not field_reading(pl.DataFrame(rows)).found
    found = field_reading(pl.DataFrame([*rows, row(fill=0.44, score=0.0)]))
    assert (found.lo, found.onset, found.hi) == pytest.approx((0.4, 0.45, 0.5))


def said(onset, lo, hi):
    return CalibrationRow(onset=onset, lo=lo, hi=hi, found=onset is not None)


def test_an_open_interval_covers_what_lies_beyond_and_a_missing_one_covers_nothing():
    assert said(None, 0.4, None).covers(0.9)
    assert not said(None, 0.4, None).covers(0.3)
    assert not said(None, None, None).covers(0.5)
    assert said(None, None, None).width == 1.0


def test_onsets_are_counted_as_false_where_there_is_none():
    readings = (said(0.5, 0.4, 0.6), said(None, 0.9, None))
    known = Weight(model="a", truth=0.7, plateau=1.0, readings=readings, field=readings)
    none = Weight(model="b", truth=None, plateau=0.9, readings=readings, field=readings)
    floor = Weight(model="c", truth=0.7, plateau=0.1, readings=readings, field=readings)
    assert (known.kind, none.kind, floor.kind) == ("onset", "none", "floor")
    assert (line_of([known]).coverage, line_of([known]).false) == (0.0, None)
    assert (line_of([none]).coverage, line_of([none]).false) == (None, 1)
    together = line_of([known, none, floor])
    assert (together.studies, together.coverage, together.false) == (6, 0.0, 2)


def test_a_bare_name_means_the_laws_of_that_name_in_the_set():
    both = chosen_laws("step", 4000)
    assert len(both) == 2
    assert all("limit=4000" in model for model in both)
    assert set(both) <= set(chosen_laws(None, 4000))
    assert chosen_laws("reference/swap?rate=0.2", 4000) == ("reference/swap?limit=4000&rate=0.2",)
    assert chosen_laws("step?limit=900", 4000) == ("reference/step?limit=900",)


@pytest.mark.parametrize(
    ("laws", "message"),
    [
        ("stepp", "stepp"),
        ("step?edge=0.3", "edge"),
        (" , ", "--laws: no law given"),
        ("step,step?drop=0.6&onset=0.5", "is given twice"),
    ],
)
def test_laws_that_cannot_be_are_refused(laws, message):
    with pytest.raises(UsageError, match=message):
        chosen_laws(laws, WINDOW)


def test_the_set_has_every_kind_of_law():
    names = {model.partition("?")[0].partition("/")[2] for model in default_laws(WINDOW)}
    assert names == {"step", "logistic", "fading", "middle", "window", "lapse", "perfect"}
    assert sum("draw=sentence" in model for model in default_laws(WINDOW)) == 2


def study(**changes):
    return Study(
        scenarios=(calibration_scenario("growing"),), models=("reference/perfect",),
        windows=("8k",), controls=False, **changes,
    )  # fmt: skip


def test_a_study_begins_at_its_first_seed():
    trials = make_plan(study(seeds=2, first_seed=5), Workshop(), known_limit).trials
    assert {trial.seed for trial in trials} == {5, 6}
    whole = make_plan(study(seeds=7), Workshop(), known_limit).trials
    assert {t.key for t in trials} == {t.key for t in whole if t.seed >= 5}


def test_a_first_seed_below_zero_is_refused():
    with pytest.raises(UsageError, match="first_seed -1: expected at least 0"):
        make_plan(study(first_seed=-1), Workshop(), known_limit)


def test_the_scenario_has_values_for_thousands_of_seeds():
    drawn = [draw_values(calibration_scenario("growing"), seed) for seed in (0, 5000)]
    assert not set(drawn[0].values()) & set(drawn[1].values())
