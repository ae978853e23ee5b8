from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st

from harness.reports import format as fmt


def test_the_examples_are_true() -> None:
    assert doctest.testmod(fmt).failed == 0


@given(st.text(), st.integers(3, 40))
def test_a_fitted_text_has_exactly_its_columns(words: str, columns: int) -> None:
    assert fmt.width(fmt.fit_columns(fmt.plain(words), columns)) == columns


@given(st.text())
def test_plain_text_holds_nothing_that_a_terminal_obeys(words: str) -> None:
    assert all(char.isprintable() or char.isspace() for char in fmt.plain(words))
    assert "\n" not in fmt.plain(words)


def test_names_keep_both_ends_when_cut() -> None:
    assert fmt.fit_columns("openai/gpt-5-mini-2026", 11) == "opena…-2026"
    assert fmt.width(fmt.fit_columns("日本語のモデル名前", 10)) == 10


def test_open_ends_and_unknown_numbers_are_words() -> None:
    assert fmt.span(1.0, None) == "over 100"
    assert fmt.percent(None) == "–"


@given(st.text(), st.integers(12, 80))
def test_wrapped_lines_fit_and_lose_no_word(words: str, columns: int) -> None:
    lines = fmt.wrap(fmt.plain(words), columns, "  - ")
    assert max(fmt.width(line) for line in lines) <= columns
    together = "".join(line[4:] for line in lines)
    assert together.replace(" ", "") == fmt.plain(words).replace(" ", "")
