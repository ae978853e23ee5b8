"""From an empty session on: onsets that lie within the first twentieth of a long window."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest

from harness.analysis.calibration.simulated_laws import LAWS
from harness.analysis.calibration.token_laws import law_in_tokens, simulate_tokens
from harness.analysis.onset import estimate_onset, simulate
from harness.core.errors import UsageError


def study(name: str, window: int, onset: float | None = None, **how: object) -> pl.DataFrame:
    law = law_in_tokens(name, window, onset)
    return simulate_tokens(law, np.random.default_rng(3), **how)


def test_an_onset_within_the_first_twentieth_is_found_and_nineteen_of_twenty_intervals_hold_it():
    windows = ((32_000, 4_000), (128_000, 1_536), (1_000_000, 3_000))
    laws = ("step", "logistic", "linear", "middle")
    off = []
    for draw, ((window, onset), law) in enumerate(product(windows, laws)):
        rows = simulate_tokens(law_in_tokens(law, window, onset), np.random.default_rng(draw))
        found = estimate_onset(rows, band=False)
        assert found.verdict in {"detected", "not_reached"}
        low, high = found.lo_tokens / onset, onset / (found.hi_tokens or window)
        off.append(max(np.log2(max(low, high)), 0.0))
    assert sum(octaves > 0.02 for octaves in off) <= 2
    assert max(off) < 0.5


@pytest.mark.parametrize("window", [32_000, 128_000, 1_000_000])
@pytest.mark.parametrize("law", ["none", "small"])
def test_no_onset_is_claimed_where_there_is_none(law, window):
    assert estimate_onset(study(law, window)).verdict == "not_reached"


def test_tokens_stand_beside_the_share_of_the_window():
    found = estimate_onset(study("step", 128_000, 6_000))
    assert found.window_tokens == 128_000
    assert found.base_tokens == 1_000
    assert found.onset_tokens == round(found.onset * 128_000)
    assert found.lo_tokens == round(found.lo * 128_000)
    assert found.hi_tokens == round(found.hi * 128_000)
    assert f"{found.onset_tokens:,} tokens" in found.message


def test_without_a_window_there_are_no_tokens():
    found = estimate_onset(simulate(LAWS["step"], np.random.default_rng(1)))
    assert (found.window_tokens, found.onset_tokens, found.base_tokens) == (None, None, None)
    assert "tokens" not in found.message


def test_a_window_that_is_named_beside_the_rows_is_as_good_as_a_column():
    rows = study("step", 128_000, 6_000)
    assert estimate_onset(rows.drop("window_limit"), window_tokens=128_000) == estimate_onset(rows)


def test_windows_up_to_twenty_thousand_tokens_keep_what_they_have():
    rows = simulate(LAWS["step"], np.random.default_rng(1))
    plain = estimate_onset(rows)
    named = estimate_onset(rows, window_tokens=20_000)
    assert (named.onset, named.lo, named.hi) == (plain.onset, plain.lo, plain.hi)
    assert named.base_tokens == 1_000


def test_rows_of_several_windows_have_no_tokens():
    rows = study("step", 128_000, 6_000)
    both = rows.with_columns(
        window_limit=pl.when(pl.int_range(pl.len()) % 2 == 0).then(8_000).otherwise(16_000)
    )
    assert estimate_onset(both).onset_tokens is None


def test_the_nearly_empty_window_ends_where_one_says():
    rows = study("step", 128_000, 6_000)
    assert estimate_onset(rows, near_empty=2_000).base_tokens == 2_000
    assert estimate_onset(rows, control=0.03).base_tokens == 3_840


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"near_empty": 128_000}, "near_empty is 128000 tokens, expected a number above 0 and"),
        ({"near_empty": 0}, "near_empty is 0 tokens, expected a number above 0 and"),
        ({"window_tokens": 0}, "window_tokens is 0, expected a number of tokens above 0"),
    ],
)
def test_a_length_that_cannot_be_is_refused(how, message):
    with pytest.raises(UsageError, match=message):
        estimate_onset(study("step", 128_000, 6_000), **how)


def test_tokens_need_a_window():
    rows = study("step", 128_000, 6_000).drop("window_limit")
    with pytest.raises(UsageError, match="near_empty is in tokens, and the rows do not name one"):
        estimate_onset(rows, near_empty=1_000)


def records(empty: float, needle: float, sessions: int = 20) -> pl.DataFrame:
    """Rows of two arms: recall as given up to 1,000 tokens, a little less after, and alone."""
    rng = np.random.default_rng(5)
    parts = []
    for session in range(sessions):
        for fill, arm, recall in (
            *((f, "main", empty) for f in rng.uniform(0.002, 0.0078, 6)),
            *(
                (f, "main", empty - 0.02)
                for f in 0.0079 + 0.99 * (np.arange(12) + rng.random()) / 13
            ),
            *((0.001, "needle_only", needle) for _ in range(6)),
        ):
            score = float(rng.random() < recall)
            parts.append({"session": f"s{session}", "fill": fill, "arm": arm, "score": score})
    return pl.DataFrame(parts).with_columns(window_limit=128_000)


def test_facts_alone_recalled_better_than_the_plateau_say_before():
    found = estimate_onset(records(0.6, 0.98))
    assert (found.verdict, found.onset, found.lo, found.hi) == (
        "before",
        None,
        0.0,
        1_000 / 128_000,
    )
    assert (found.lo_tokens, found.hi_tokens) == (0, 1_000)
    assert found.message.startswith("forgetting begins before 1,000 tokens (0.8 % of the window): ")
    assert found.message.endswith("with nothing but the facts")


def test_facts_alone_recalled_as_well_as_the_plateau_change_nothing():
    found = estimate_onset(records(0.97, 0.98))
    assert found.verdict == "not_reached"
    assert found.needle_recall == pytest.approx(0.98, abs=0.03)
    assert found.n_needle == 120


def test_a_few_sessions_do_not_say_before():
    assert estimate_onset(records(0.6, 0.98, sessions=4)).verdict == "insufficient"
    assert estimate_onset(records(0.9, 0.98, sessions=6)).verdict != "before"


def test_the_witness_may_come_by_itself_and_as_mappings():
    rows = records(0.6, 0.98)
    main = rows.filter(pl.col("arm") == "main").drop("arm")
    alone = rows.filter(pl.col("arm") == "needle_only").drop("arm")
    together = estimate_onset(rows)
    assert estimate_onset(main, needle_only=alone) == together
    assert estimate_onset(main.to_dicts(), needle_only=alone.to_dicts()) == together


def test_facts_that_fill_more_than_the_nearly_empty_window_widen_it():
    rows = records(0.97, 0.98).with_columns(
        fill=pl.when(pl.col("arm") == "needle_only").then(0.0125).otherwise(pl.col("fill"))
    )
    found = estimate_onset(rows)
    assert (found.facts_tokens, found.base_tokens) == (1_600, 2_000)
    assert "the facts alone take 1,600 tokens" in found.message


def test_probes_of_other_kinds_are_no_recall():
    rows = study("step", 128_000, 6_000).with_columns(probe_kind=pl.lit("recall"))
    never = rows.with_columns(probe_kind=pl.lit("abstain"), score=pl.lit(1.0))
    assert estimate_onset(pl.concat([rows, never])) == estimate_onset(rows)


def test_not_reached_has_to_be_earned():
    few = estimate_onset(study("none", 128_000, n=120, sessions=6))
    assert few.verdict == "cannot_tell"
    assert few.smallest_drop > 0.15
    assert "seeds would do (it had 6 sessions)" in few.message
    enough = study("none", 128_000, n=20 * few.seeds_needed, sessions=few.seeds_needed)
    assert estimate_onset(enough).verdict == "not_reached"


def test_a_weak_plateau_is_said_beside_the_verdict():
    rng = np.random.default_rng(1)
    rows = simulate(LAWS["none"], rng, n=3000, sessions=60).with_columns(
        score=pl.Series((rng.random(3000) < 0.4).astype(float))
    )
    found = estimate_onset(rows)
    assert found.weak
    assert found.verdict == "not_reached"
    assert "; weak from the start (plateau " in found.message
