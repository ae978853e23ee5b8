"""The table of dollars on the page is one that the benchmark writes."""

from __future__ import annotations

import re

from benchmarks import dollars
from benchmarks.goals import as_ratio

PAGE = dollars.PAGE.read_text("utf-8")
MADE = PAGE.partition(dollars.BEGIN)[2].partition(dollars.END)[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")]
        for line in MADE.splitlines() if line.startswith("|")]  # fmt: skip


def test_each_price_list_has_a_row_for_each_way_of_asking():
    heads, _, *rows = ROWS
    assert tuple(heads) == dollars.HEADS
    cells = [(model.strip("`"), way) for model, way, *_ in rows]
    assert cells == [(model, way) for model in dollars.LISTS for way in dollars.WAYS]


def test_the_page_says_when_it_was_made_and_by_which_prices():
    assert re.search(r"Made on 20\d\d-\d\d-\d\d .* with the prices of litellm \d", MADE)
    for model in dollars.LISTS:
        assert re.search(rf"`{model}` \$[\d.]+ a million tokens, \$[\d.]+ from the cache", MADE)
    assert "written to it" in MADE


def test_the_last_column_is_the_one_before_it_beside_fresh_sessions():
    usd = {}
    for model, way, *_, at_one_width, ratio in ROWS[2:]:
        usd[model, way] = float(at_one_width.strip("$"))
        if way == dollars.FRESH:
            assert ratio == "1"
            continue
        told = 1 / float(ratio.removeprefix("1/")) if "/" in ratio else float(ratio)
        assert told == _about(usd[model, way] / usd[model, dollars.FRESH])
        assert ratio == as_ratio(told)


def test_every_interval_holds_the_truth():
    for row in ROWS[2:]:
        lo, hi = map(int, re.search(r"\((\d+)%–(\d+)%\)", row[5]).groups())
        assert lo <= 100 * dollars.TRUTH <= hi


def _about(value):
    import pytest

    return pytest.approx(value, rel=0.06)
