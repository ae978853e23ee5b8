from __future__ import annotations

import dataclasses

import pytest

from harness.analysis.summary.rounds_model import Round, Survival
from harness.analysis.summary.shares import Share
from harness.core.errors import UsageError
from harness.reports.charts.figure_files import draw

pytest.importorskip("altair")


def share(recall: float, n: int) -> Share:
    return Share(recall=recall, lo=recall / 2, hi=(1 + recall) / 2, n=n, sessions=6)


@pytest.fixture
def survived(summary):
    """What two compactions leave of twelve facts, as a summary says it."""
    rounds = tuple(
        Round(round=n, kept=share(kept, 12 - n), loss=None, answered=answered)
        for n, kept, answered in ((0, 1.0, share(0.9, 5)), (1, 0.75, None), (2, 0.5, share(0.4, 5)))
    )
    found = Survival(
        model="evil|\x1b[31mred", window_limit=8192, memory="none", layout="growing", what="facts",
        policy="clear_tool_results?keep=3|summarise?writer=openai/secret%3Fapi_base%3Dhttp://x",
        n=12, n_sessions=6, n_several=0, rounds=rounds, loss=share(0.29, 20), half_life=2.0,
        half_life_lo=1.1, half_life_hi=None, cliff=None, doors=(), n_repeats=1, luck=None,
        luck_lo=None, luck_hi=None,
    )  # fmt: skip
    return dataclasses.replace(summary, survival=(found,))


def test_each_round_has_its_share_its_bar_and_its_number(survived):
    drawn = draw(survived, "survival").to_dict()
    tables = [drawn["datasets"][layer["data"]["name"]] for layer in drawn["concat"][0]["layer"]]
    bars, _, dots, counts = tables
    assert [row["share"] for row in dots] == [100, 90, 75, 50, 40]
    assert all(row["lo"] <= row["share"] <= row["hi"] for row in bars)
    assert [row["n"] for row in counts] == ["n 12", "11", "10"]


def test_its_head_names_the_policy_and_the_half_life_and_no_address(survived):
    said = " ".join(draw(survived, "survival").to_dict()["concat"][0]["title"]["text"])
    assert "clear_tool_results keep=3 | summarise" in said
    assert "half lost in 2 compactions (at least 1.1)" in said
    assert "\x1b" not in said
    assert "http" not in said


def test_without_a_compaction_nothing_is_drawn_and_it_says_why(summary):
    with pytest.raises(UsageError, match="nothing to draw: nothing went through a compaction"):
        draw(summary, "survival")
