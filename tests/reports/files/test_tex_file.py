"""The first table for a paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.records import from_records
from harness.reports import render
from harness.reports.files.tex_file import escape_latex
from harness.reports.first_table import HEADER, first_rows
from tests.reports.conftest import NASTY

if TYPE_CHECKING:
    from pathlib import Path

    from harness.analysis.summary.model import Summary


@pytest.fixture
def table(summary: Summary, tmp_path: Path) -> str:
    render(summary, from_records([]), tmp_path / "table.tex")
    return (tmp_path / "table.tex").read_text(encoding="utf-8")


def test_there_is_a_row_a_group_with_a_cell_for_each_column(summary: Summary, table: str) -> None:
    rows = [line for line in table.splitlines() if line.endswith(r" \\")]
    assert len(rows) == 1 + len(summary.groups)
    for row in rows:
        assert len(re.split(r"(?<!\\) & ", row)) == len(HEADER)
    assert "Nearly empty" in rows[0]


def test_its_words_are_those_of_the_first_table(summary: Summary, table: str) -> None:
    row = first_rows(summary)[2]
    assert row.onset_tokens == "–", "an onset of which nobody knows the tokens has none"
    assert "tokens (--)" not in table
    assert escape_latex(f"{row.onset_percent} ({row.interval_percent} %)") in table
    assert "not reached" in table
    assert "% Recall while the window is nearly empty" in table


def test_a_name_never_becomes_a_command(table: str) -> None:
    assert NASTY not in table
    assert r"evil\textbar{}model \textbackslash{}x1b[31mred" in table


@given(st.text())
def test_nothing_that_latex_obeys_is_left(text: str) -> None:
    shown = escape_latex(text)
    for known in re.findall(r"\\(?:text[a-z]+\{\}|[{}$&#%_])", shown):
        shown = shown.replace(known, "", 1)
    assert not set(shown) & set("\\{}$&#%_~^")
