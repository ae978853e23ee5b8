"""The page about published grids says what the published files say, number by number."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from scipy import stats

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def grids():
    """The program that writes the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        import published_grids

        yield published_grids
    for name in ("published_grids", "published_data"):
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def data(grids):
    folder = grids.data_folder()
    if not (folder / "niah").is_dir():
        pytest.skip(f"the published files are not at {folder}; HARNESS_SHARED_DATA says where")
    return folder


def test_every_number_on_the_page_is_computed_from_the_published_files(grids, data):
    assert grids.PAGE.read_text("utf-8") == grids.page(data), (
        "write it again: python benchmarks/published_grids.py --write"
    )


def test_gpt_4_is_perfect_to_64_5k_and_its_onset_lies_around_the_first_miss(grids, data):
    cells = grids.gpt_4(data)
    assert len(cells) == 225
    assert grids.first_miss(cells) == (64_500, 73_571)
    onset = grids.estimate_onset(cells)
    assert onset.detected
    assert 64_000 < onset.onset * grids.GPT_4_WINDOW < 74_000
    assert onset.lo * grids.GPT_4_WINDOW < 64_500
    assert onset.hi * grids.GPT_4_WINDOW > 73_571
    assert onset.hi < 1


def test_no_onset_is_claimed_for_claude_which_recovers_from_a_dip(grids, data):
    cells = grids.claude(data)
    assert len(cells) == 1376
    recall = {
        round(100 * sum(cell["score"] for cell in row) / len(row))
        for tokens, row in grids._by_length(cells).items()
        if tokens in {30_265, 59_529, 200_000}
    }
    assert recall == {31, 89, 11}
    onset = grids.estimate_onset(cells)
    assert onset.onset is None
    assert onset.monotone is False
    assert "not monotone" in onset.message


def test_gpt_4_1_loses_25_points_with_the_full_history(grids, data):
    found = grids.focused_and_full(data)
    counts = found.discordant
    assert (counts.both + counts.a_only, counts.both + counts.b_only) == (267, 191)
    assert (counts.a_only, counts.b_only, found.n_pairs) == (87, 11, 306)
    assert counts.p_value == pytest.approx(stats.binomtest(11, 98).pvalue)
    assert found.effect == pytest.approx(-76 / 306)
    assert -0.31 < found.lo < found.hi < -0.19


def test_only_a_ten_is_a_recall(grids):
    published_data = sys.modules["published_data"]
    assert [published_data.perfect(score) for score in (1, 7, 10)] == [0, 0, 1]
    assert [published_data.graded(score) for score in (1, 10)] == [0, 1]


def test_a_grid_without_a_first_miss_is_refused(grids):
    cell = {"tokens": 1000, "score": 1.0}
    with pytest.raises(ValueError, match="no length without a miss stands before one with a miss"):
        grids.first_miss([cell, cell | {"tokens": 2000}])
    with pytest.raises(ValueError, match="no length without a miss"):
        grids.first_miss([cell | {"score": 0.0}])


def test_verdicts_that_are_neither_true_nor_false_are_refused(grids, tmp_path):
    folder = tmp_path / "context_rot"
    folder.mkdir()
    for name in ("focused", "full"):
        text = "custom_id,llm_judge_output\n"
        (folder / f"gpt_4_1_longmemeval_{name}_evaluated.csv").write_text(text)
    with pytest.raises(ValueError, match="the judge's verdicts are not all true or false"):
        grids._gpt_4_1_part(tmp_path)


def test_the_folder_is_an_argument_or_the_environment_or_beside_the_repository(grids, monkeypatch):
    monkeypatch.setenv("HARNESS_SHARED_DATA", "there")
    assert grids.data_folder("here") == Path("here")
    assert grids.data_folder() == Path("there")
    monkeypatch.delenv("HARNESS_SHARED_DATA")
    assert grids.data_folder() == ROOT.parent / "shared" / "data"
