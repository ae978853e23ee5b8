"""Adaptive runs choose by information about the onset per token, and stop honestly."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import polars as pl
import pytest

import harness.adaptive.stop
from harness.adaptive.choose import OPENING_LEVELS, OVERHEAD, next_batch
from harness.adaptive.information import believe, most_telling
from harness.adaptive.stop import MIN_PROBES, MIN_SESSIONS, Stop, known_by_now, outlook, stop
from harness.analysis.calibration.simulated_laws import LAWS
from harness.analysis.calibration.token_laws import law_in_tokens, simulate_tokens
from harness.analysis.onset import estimate_onset, simulate
from harness.analysis.onset.cells import gather
from harness.analysis.onset.rows import scored
from harness.core.draws import Draws
from harness.core.errors import UsageError

CONTROL = 0.05


def drawn(law, seed, n=600, sessions=30, **options):
    """A study in which the last probe of each session came in the last batch."""
    rows = simulate(LAWS[law], np.random.default_rng(seed), n=n, sessions=sessions, **options)
    number = pl.int_range(pl.len()).over("session")
    return rows.with_columns(batch=1 + (number == n // sessions - 1).cast(pl.Int64))


def batch_after(rows, batch=2, sessions=20, **options):
    return next_batch(rows, sessions=sessions, batch=batch, draws=Draws("test"), **options)


def strata(choices):
    return sorted(int(one.position * len(choices)) for one in choices)


@pytest.fixture(scope="module")
def step():
    return drawn("step", 1)


def test_the_opening_round_is_a_quarter_controls_and_seven_fills():
    opening = batch_after([], batch=1)
    past = [one.fill for one in opening if one.fill > CONTROL]
    assert len(opening) == 32
    assert len(past) == 24
    assert sum(one.why == "control probe" for one in opening) == 8
    level = [
        min(int((fill - CONTROL) / 0.95 * OPENING_LEVELS), OPENING_LEVELS - 1) for fill in past
    ]
    assert set(Counter(level).values()) == {3, 4}
    assert len(set(past)) == len(past)
    assert max(past) == 1.0


def test_rows_without_any_score_lead_to_the_opening_round_again():
    lost = [{"session": i, "fill": 0.5, "score": None} for i in range(32)]
    again = batch_after(lost)
    assert sum(one.why == "control probe" for one in again) == 8


def test_the_same_seed_gives_the_same_batch_and_another_seed_another(step):
    draws = Draws("test")
    first = next_batch(step, sessions=20, batch=2, draws=draws)
    draws.uniform()
    assert next_batch(step, sessions=20, batch=2, draws=draws) == first
    assert next_batch(step, sessions=20, batch=3, draws=draws) != first
    assert next_batch(step, sessions=20, batch=2, draws=Draws("other")) != first


def test_the_order_of_the_rows_does_not_matter(step):
    shuffled = step.sample(fraction=1.0, shuffle=True, seed=3)
    assert batch_after(shuffled) == batch_after(step)
    assert batch_after(shuffled.to_dicts()) == batch_after(step)
    assert stop(shuffled, half_width=0.2) == stop(step, half_width=0.2)


@pytest.mark.parametrize("sessions", [5, 12, 50])
def test_sessions_take_turns_within_and_across_batches(step, sessions):
    asked = Counter()
    rows = step.clear().select("session", "fill", "score").cast({"session": pl.Int64})
    for batch in range(1, 5):
        choices = batch_after(rows, batch=batch, sessions=sessions)
        asked.update(one.seed for one in choices)
        new = {"session": [one.seed for one in choices], "fill": [one.fill for one in choices]}
        answered = pl.DataFrame({**new, "score": [1.0] * len(choices)})
        rows = pl.concat([rows, answered])
        assert set(asked) <= set(range(sessions))
        assert max(asked.values()) - min(asked[seed] for seed in range(sessions)) <= 1


def test_a_lost_answer_counts_as_asked_so_that_sessions_go_on_in_turn(step):
    lost = pl.DataFrame({"session": ["s0000"], "fill": [0.5], "score": [None]})
    lost = lost.cast({"score": pl.Float64})
    more = pl.concat([step.select("session", "fill", "score"), lost])
    seeds = [{one.seed for one in batch_after(rows, sessions=40)} for rows in (step, more)]
    assert seeds[0] == set(range(32))
    assert seeds[1] == set(range(1, 33))


def test_every_batch_covers_all_positions_evenly(step):
    for choices in (batch_after([], batch=1), batch_after(step), batch_after(step, size=16)):
        assert strata(choices) == list(range(len(choices)))


def test_neighbouring_fills_do_not_share_a_position():
    by_fill = sorted(batch_after([], batch=1), key=lambda one: one.fill)
    halves = [sum(one.position < 0.5 for one in by_fill[i : i + 8]) for i in range(0, 32, 8)]
    assert all(3 <= low <= 5 for low in halves)


def test_probes_go_where_the_onset_is_in_doubt(step):
    found = estimate_onset(step)
    fills = np.array([one.fill for one in batch_after(step, size=64)])
    near = (fills > found.lo - 0.05) & (fills < found.hi + 0.05)
    assert near.sum() + (fills <= CONTROL).sum() > 0.75 * 64


def test_a_choice_says_why_in_one_short_sentence(step):
    reasons = {one.why for one in batch_after(step)}
    assert any("about the onset near" in why for why in reasons)
    assert all(len(why) < 80 for why in reasons)


def test_a_dear_fill_has_to_tell_more(step):
    cells = gather(scored(step)[0], control=CONTROL)
    fills = np.array([0.03, 0.55, 0.6, 0.65])
    beliefs = believe(cells, fills, guess=0.0, criterion=0.05)
    (best, bits), *_ = most_telling(beliefs, np.ones(4), 1)
    dear = np.ones(4)
    dear[best] = 1000.0
    (other, _), *_ = most_telling(beliefs, dear, 1)
    assert bits > 0
    assert other != best
    (_, half), *_ = most_telling(beliefs, np.full(4, 2.0), 1)
    assert half == pytest.approx(bits / 2)


def test_answers_already_on_their_way_tell_less_when_asked_again(step):
    cells = gather(scored(step)[0], control=CONTROL)
    fills = np.array([0.03, 0.6])
    beliefs = believe(cells, fills, guess=0.0, criterion=0.05)
    bits = [worth for _, worth in most_telling(beliefs, fills + OVERHEAD, 64)]
    assert bits[-1] < bits[0]


def test_no_answer_tells_more_about_the_onset_than_there_is_to_know(step):
    cells = gather(scored(step)[0], control=CONTROL)
    fills = np.linspace(0.03, 1, 20)
    for guess in (0.0, 0.25):
        beliefs = believe(cells, fills, guess=guess, criterion=0.05)
        assert np.all(beliefs.shared**2 <= np.diag(beliefs.recall) * beliefs.onset + 1e-12)
        assert np.all(np.linalg.eigvalsh(beliefs.recall) > -1e-9)
        assert np.all(beliefs.noise > 0)


@pytest.mark.parametrize("up_to", [0.4, 2 / 3, 1.0, 1.2])
def test_no_probe_past_the_largest_fill_allowed(step, up_to):
    rows = step.filter(pl.col("fill") <= up_to)
    for choices in (batch_after([], fills_up_to=up_to), batch_after(rows, fills_up_to=up_to)):
        assert all(0 < one.fill <= up_to for one in choices)
        assert max(one.fill for one in choices) > up_to / 2


@pytest.mark.parametrize("size", [1, 3, 16, 64])
def test_any_size_is_filled(step, size):
    assert len(batch_after([], size=size)) == size
    assert len(batch_after(step, size=size)) == size


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 0}, "size is 0, expected at least 1"),
        ({"sessions": 0}, "sessions is 0, expected at least 1"),
        ({"batch": 0}, "batch is 0, expected at least 1"),
        ({"criterion": 0.0}, "criterion is 0, expected a fraction between 0 and 1"),
        ({"control": 1.0}, "control is 1, expected a fraction between 0 and 1"),
        ({"guess": 1.0}, "guess is 1, expected a fraction of at least 0, below 1"),
        ({"fills_up_to": 0.05}, "fills_up_to is 0.05, expected a fraction of the window above"),
        ({"fills_up_to": 60.0}, "fills_up_to is 60, expected .* up to 2"),
    ],
)
def test_a_number_out_of_its_range_is_refused(options, message):
    with pytest.raises(UsageError, match=message):
        batch_after([], **options)


def test_a_run_stops_where_two_looks_agree_on_a_narrow_interval():
    found = stop(drawn("step", 2, n=2000, sessions=40), half_width=0.05)
    assert isinstance(found, Stop)
    assert "forgetting begins at" in found.reason
    assert "5 %" in found.reason


def test_a_run_goes_on_while_the_interval_is_wide(step):
    assert stop(step, half_width=0.005) is None


def test_one_look_never_stops_a_run():
    rows = drawn("step", 2, n=2000, sessions=40)
    assert stop(rows.with_columns(batch=1), half_width=0.05) is None


def test_no_onset_is_an_answer_and_stops():
    found = stop(drawn("none", 3, n=2000, sessions=40), half_width=0.1)
    assert found is not None
    assert found.reason.startswith("no drop of 5 points or more found up to 100 %")
    assert re.search(r"none before [89]\d(\.\d)? %", found.reason)


def test_a_model_poor_from_the_start_stops_without_an_onset():
    found = stop(drawn("floor", 3, n=600, sessions=40), half_width=0.05)
    assert found is not None
    assert found.reason.startswith("poor from the start")


def test_a_stop_needs_the_least_number_of_sessions_and_of_probes():
    rows = drawn("step", 2, n=2000, sessions=40)
    few = drawn("step", 2, n=2000, sessions=MIN_SESSIONS - 1)
    assert stop(few, half_width=0.3) is None
    assert stop(rows, half_width=0.3, min_sessions=41) is None
    assert stop(rows, half_width=0.3, min_probes=2001) is None
    assert stop(drawn("step", 2, n=MIN_PROBES - 20, sessions=20), half_width=0.9) is None


@pytest.mark.parametrize("half_width", [0.0, 3.0])
def test_a_half_width_that_is_no_fraction_is_refused(step, half_width):
    with pytest.raises(UsageError, match=r"half_width is \d, expected a fraction between 0 and 1"):
        stop(step, half_width=half_width)


def test_rows_that_do_not_say_their_batch_are_refused(step):
    with pytest.raises(UsageError, match="No column 'batch'; expected session, fill, score, batch"):
        stop(step.drop("batch"), half_width=0.1)
    rows = step.head(3).drop("batch").to_dicts()
    with pytest.raises(UsageError, match="Row 0: batch is None, expected the number of its batch"):
        stop(rows, half_width=0.1)


def test_an_empty_run_goes_on():
    assert stop([], half_width=0.1) is None


def whole_run(law, seed, half_width, most=800, sessions=25):
    """A run of a known law, to its stop or its last probe; answers cluster by session."""
    rng = np.random.default_rng([seed, 5])
    luck = rng.normal(0, 0.05, sessions)
    rows = []
    for batch in range(1, most // 32 + 1):
        choices = next_batch(rows, sessions=sessions, batch=batch, draws=Draws("run", seed))
        for one in choices:
            recall = LAWS[law].probability(np.array(one.fill), np.array(one.position))
            right = rng.uniform() < float(recall) + luck[one.seed]
            row = {"session": one.seed, "fill": one.fill, "score": float(right), "batch": batch}
            rows.append(row)
        ended = stop(rows, half_width=half_width)
        if ended is not None:
            return rows, ended
    return rows, None


@pytest.mark.parametrize("law", ["none", "small"])
@pytest.mark.parametrize("seed", range(2))
def test_a_chance_dip_does_not_stop_a_run_with_an_onset(law, seed):
    _, ended = whole_run(law, seed, half_width=0.2, most=512)
    assert ended is None or not ended.reason.startswith("forgetting")


def test_a_whole_run_finds_a_step_and_keeps_the_truth_in_its_interval():
    rows, ended = whole_run("step", 1, half_width=0.06)
    found = estimate_onset(rows)
    assert ended is not None
    assert ended.reason.startswith("forgetting begins")
    assert found.lo <= 0.6 <= found.hi


def test_a_batch_is_estimated_once_however_often_it_is_asked_for(monkeypatch):
    made = []
    real = harness.adaptive.stop.estimate_onset
    monkeypatch.setattr(
        harness.adaptive.stop,
        "estimate_onset",
        lambda rows, **asked: made.append(len(rows)) or real(rows, **asked),
    )
    rows = drawn("logistic", 7, n=300).to_dicts()
    asked = {"control": CONTROL, "window_tokens": 8_000}
    known_by_now(rows, **asked)
    assert stop(rows, half_width=0.001, **asked) is None
    assert outlook(rows, half_width=0.001, **asked) is not None
    assert made == [300]  # none of the look before: this one does not end the run
    before = [row for row in rows if row["batch"] == 1]
    known_by_now(before, **asked)
    stop(rows, half_width=0.9, **asked)
    assert made == [300, len(before)]


def test_what_a_slow_fall_will_take_is_foreseen():
    rows = simulate(LAWS["linear"], np.random.default_rng(2), n=1000, sessions=50)
    found = outlook(rows, half_width=0.01)
    assert found.half_width > 0.01
    assert found.probes == pytest.approx(1000 * (found.half_width / 0.01) ** 2, rel=0.01)
    assert outlook(rows, half_width=0.5) is None


def test_in_a_long_window_the_octaves_that_are_missing_are_foreseen():
    law = law_in_tokens("logistic", 1_000_000, 8_000)
    rows = simulate_tokens(law, np.random.default_rng(2)).drop("window_limit")
    found = outlook(rows, half_width=0.03, control=0.001)
    assert found.half_width < 0.03
    assert found.octaves > 1
    assert found.probes == pytest.approx(600 * found.octaves**2, rel=0.01)


def test_without_an_onset_nothing_is_foreseen():
    assert outlook(simulate(LAWS["none"], np.random.default_rng(2)), half_width=0.01) is None


@pytest.mark.parametrize("control", [0.001, 0.0078125])
def test_in_long_windows_probes_go_to_every_octave(control):
    batch = next_batch([], size=64, sessions=8, batch=1, draws=Draws("test"), control=control)
    fills = sorted(one.fill for one in batch)
    assert sum(fill <= control for fill in fills) == 16
    assert any(control < fill <= 4 * control for fill in fills)
    assert any(0.01 < fill <= 0.05 for fill in fills)
    assert any(fill > 0.5 for fill in fills)
