from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.runs.token_meter import Meter


def taught(*pairs):
    meter = Meter()
    for local, provider in pairs:
        meter.observe(local, provider)
    meter.fix()
    return meter


def test_a_provider_that_counts_more_is_no_truncation():
    meter = taught((100, 130), (200, 260), (400, 520))
    assert meter.ratio == 1.3
    assert meter.predict(1000) == 1300
    assert meter.truncated(1000, 1300) is False
    assert meter.local(1300) == 1000


def test_a_count_well_below_the_prediction_is_truncation():
    meter = taught((100, 100), (200, 200))
    assert meter.truncated(5000, 4000) is True
    assert meter.truncated(5000, 4950) is False


def test_short_prompts_do_not_set_the_ratio_since_they_are_mostly_template():
    assert taught((20, 60), (400, 420), (390, 409)).ratio < 1.06


def test_a_tokenizer_that_varies_from_text_to_text_widens_the_margin():
    meter = taught((300, 300), (310, 360), (320, 330))
    assert meter.margin > 0.1
    assert meter.truncated(1000, 1000 * meter.ratio * (1 - meter.margin * 0.9)) is False


def test_without_usage_nothing_is_said():
    meter = taught((100, None))
    assert meter.ratio is None
    assert meter.truncated(100, None) is None
    assert meter.predict(100) == 100


def test_without_openings_only_a_gross_shortfall_counts():
    meter = Meter()
    assert meter.truncated(1000, 700) is False
    assert meter.truncated(1000, 500) is True


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 900)), max_size=20))
def test_the_order_of_openings_does_not_matter(pairs):
    one, other = taught(*pairs), taught(*reversed(pairs))
    assert (one.ratio, one.margin) == (other.ratio, other.margin)
