from __future__ import annotations

import pytest

from harness.core.errors import FileError, UsageError, Where, nearest
from harness.core.probe import Score
from harness.core.study import Study, share, unique, window_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("8k", 8_000), ("200000", 200_000), ("1M", 1_000_000), ("32_000", 32_000), ("max", None)],
)
def test_windows_are_read_as_people_write_them(text, tokens):
    assert window_tokens(text) == tokens


@pytest.mark.parametrize("text", ["", "0", "k", "-8k", "8.5k", "8kk", "much"])
def test_a_window_that_is_none_is_refused(text):
    with pytest.raises(UsageError, match="expected tokens such as 8000, 8k, 1m, or max"):
        window_tokens(text)


def test_the_reserve_follows_max_tokens():
    study = Study(scenarios=(), models=("m",), options=(("max_tokens", "64"),))
    assert study.reserve == 64
    with pytest.raises(UsageError, match="-M max_tokens=lots: expected a whole number above 0"):
        _ = Study(scenarios=(), models=("m",), options=(("max_tokens", "lots"),)).reserve


def test_shares_and_names_are_checked():
    assert share("0.5", "position", most=1) == 0.5
    with pytest.raises(UsageError, match=r"position '1\.2': expected a number from 0 to 1"):
        share("1.2", "position", most=1)
    with pytest.raises(UsageError, match="position 'x'"):
        share("x", "position", most=1)
    with pytest.raises(UsageError, match="model 'a' is given twice"):
        unique(["a", "b", "a"], "model")
    with pytest.raises(UsageError, match="no model given"):
        unique([" "], "model")


def test_an_error_in_a_file_begins_with_its_place():
    error = FileError(Where(file="a.yaml", line=3, column=5), "unknown key")
    assert str(error) == "a.yaml:3:5: unknown key"
    assert str(Where(file="a.yaml")) == "a.yaml"
    assert error.exit_code == 4


def test_a_score_outside_its_range_is_refused():
    with pytest.raises(ValueError, match=r"a score is None or lies in \[0, 1\]; got 1.5"):
        Score(1.5)


def test_the_nearest_name_is_offered():
    assert nearest("contians", ["contains", "exact"]) == "did you mean 'contains'?"
    assert nearest("zzz", ["b", "a"]) == "known: a, b"
