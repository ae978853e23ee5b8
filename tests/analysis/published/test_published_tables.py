"""Published tables of any shape are read, and what they do not say is asked for or bounded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from harness.analysis.onset import USUAL
from harness.analysis.published.reread import Reread, reread
from harness.analysis.published.tables import Columns, length_tokens, read_cells
from harness.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

NOLIMA = """Model,Claimed,Base Score,1K,4K,8K,16K,32K
a,128K,99.3,98,97,80,60,40
b,8K,50,40,-,20,10,5
"""


def table(tmp_path: Path, text: str, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, *, n: int | None = None, **how: float) -> tuple[Reread, ...]:
    return reread(read_cells(path, Columns(), n=n), USUAL, **how)


def test_a_column_a_length_is_a_model_a_row_with_its_base(tmp_path):
    first, second = read(table(tmp_path, NOLIMA), n=300)
    assert (first.model, first.window_tokens) == ("a", 32_000)
    assert [level.tokens for level in first.levels] == [None, 1e3, 4e3, 8e3, 16e3, 32e3]
    assert first.levels[0].recall == pytest.approx(0.993)
    assert 4_000 <= first.onset.lo_tokens < first.onset.hi_tokens <= 8_000
    assert [level.tokens for level in second.levels] == [None, 1e3, 8e3, 16e3, 32e3]


def test_without_n_there_is_a_bound_and_no_interval(tmp_path):
    first, _ = read(table(tmp_path, NOLIMA))
    assert first.onset is None
    assert "were there endless items, the onset would lie between 4,000 and 8,000" in first.missing
    assert first.missing.endswith("Give --n ITEMS")


@pytest.mark.parametrize(
    "text",
    [
        "length,score,n\n1000,0.95,200\n4000,0.95,200\n16k,0.4,200\n64k,0.3,200\n",
        "model,tokens,hits,n\nm,1000,190,200\nm,4000,190,200\nm,16000,80,200\nm,64000,60,200\n",
        "context_length,accuracy,samples\n1000,95%,200\n4000,95,200\n16000,40,200\n64000,30,200\n",
    ],
)
def test_a_row_a_length_with_its_n_or_counts_is_the_same_table(tmp_path, text):
    (found,) = read(table(tmp_path, text))
    assert [level.n for level in found.levels] == [200] * 4
    assert [level.recall for level in found.levels] == pytest.approx([0.95, 0.95, 0.4, 0.3])
    assert found.onset.detected
    assert 4_000 <= found.onset.lo_tokens < found.onset.hi_tokens <= 16_000


def test_a_row_an_item_needs_no_n(tmp_path):
    rows = [
        {
            "approximate_input_length": length,
            "needle_depth": depth,
            "llm_judge_output": length < 9e3,
        }
        for length in (500, 1_000, 5_000, 10_000, 50_000)
        for depth in range(10)
    ]
    (found,) = read(table(tmp_path, json.dumps(rows), "items.json"))
    assert [level.n for level in found.levels] == [10] * 5
    assert found.onset.lo_tokens <= 5_000 < found.onset.hi_tokens


def test_of_a_judge_only_a_ten_is_a_recall(tmp_path):
    rows = [
        {"token_limit": length, "depth_percent": depth, "score": 10 if length < 9e3 else 7}
        for length in (1_000, 5_000, 10_000)
        for depth in range(10)
    ]
    (found,) = read(table(tmp_path, "\n".join(map(json.dumps, rows)), "grid.jsonl"))
    assert [level.recall for level in found.levels] == [1.0, 1.0, 0.0]


def test_a_base_may_be_given_beside_the_table(tmp_path):
    text = "length,score,n\n8000,0.6,200\n16000,0.4,200\n64000,0.3,200\n"
    without, *_ = read(table(tmp_path, text))
    assert not without.onset.has_controls
    with_base, *_ = read(table(tmp_path, text), base=0.95)
    assert with_base.onset.has_controls
    assert with_base.onset.hi_tokens <= 8_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "no column is a length; name it with --length"),
        ("length,b\n1,2\n", "no column is a score; name it with --score"),
        ("length,score\n", "no rows; expected a table with a length and a score"),
        ("length,score\nfar,1\n", "row 1: length is 'far', expected tokens or 32k"),
        ("length,score\n1000,1e999\n", "the score is '1e999', expected a number"),
        ("length,score,n\n1000,1,1e999\n", "n is '1e999', expected a whole number above 0"),
        (f"length,score\n{'9' * 400},1\n", "row 1: length is '999"),
        ("length,score\n1000,1,7\n", ":2: the row has more cells than the first line has names"),
        (f'length,score\n1000,"{"a" * 140_000}"\n', "not a row of a CSV: field larger"),
        ("length,score\n1000,good\n", "the score is 'good', expected a number"),
        ("length,score,n\n1000,1,0\n", "n is '0', expected a whole number above 0"),
        ("length,hits\n1000,7\n", "hits is a count, and there is no n; give --n ITEMS"),
        ("length,score,n\n1000,-1,5\n2000,1,5\n", "the score is -1, expected 0 to 1"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(tmp_path, text, message):
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        read(table(tmp_path, text))


def test_files_that_are_no_table_are_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "nowhere.csv")
    with pytest.raises(UsageError, match="is no JSON"):
        read(table(tmp_path, "{", "broken.json"))
    with pytest.raises(UsageError, match="expected a list of rows, or a mapping of models"):
        read(table(tmp_path, "3", "number.json"))
    with pytest.raises(UsageError, match="is of type int, expected a mapping"):
        read(table(tmp_path, "[3]", "numbers.json"))


def test_a_column_that_is_asked_for_has_to_be_there(tmp_path):
    path = table(tmp_path, "a,b\n1000,1\n")
    assert read_cells(path, Columns(length="a", score="b"))[0].tokens == 1000
    with pytest.raises(UsageError, match="--length 'c' is no column"):
        read_cells(path, Columns(length="c"))


def test_a_length_past_the_window_is_refused(tmp_path):
    with pytest.raises(UsageError, match="a length of 32,000 tokens is past the window of 8,000"):
        read(table(tmp_path, NOLIMA), n=100, window_tokens=8_000)


def test_a_table_of_more_items_than_a_study_could_have_is_refused(tmp_path):
    with pytest.raises(UsageError, match="is --n that of a length"):
        read(table(tmp_path, NOLIMA), n=1_000_000)


@pytest.mark.parametrize(
    ("text", "tokens"), [("4K", 4e3), ("128k", 128e3), ("1M", 1e6), ("8,192", 8192), ("Avg.", None)]
)
def test_lengths_are_read_as_tables_write_them(text, tokens):
    assert length_tokens(text) == tokens
