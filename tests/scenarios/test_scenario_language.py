"""The key `language`: what it may be, and what it changes."""

from __future__ import annotations

import pytest

from harness.core.errors import FileError
from harness.scenarios import load, problems
from harness.scenarios.values import draw_values

PLAIN = """schema: 1
name: plain
{language}facts:
  - id: code
    say: "The code of the door is {{value}}."
    ask: "What is the code of the door?"
    values: {{generate: {generate}}}
"""


@pytest.fixture
def written(tmp_path):
    def write(language="", generate="code"):
        file = tmp_path / "plain.yaml"
        line = f"language: {language}\n" if language else ""
        file.write_text(PLAIN.format(language=line, generate=generate), encoding="utf-8")
        return file

    return write


def test_a_file_without_the_key_is_english_and_keeps_its_hash(written):
    bare = load(written())
    assert bare.language == "en"
    assert load(written("en")).hash == bare.hash != load(written("de")).hash


def test_a_language_that_cannot_be_graded_is_refused_with_its_place_and_those_that_can(written):
    (problem,) = problems(written("sv"))
    assert str(problem).startswith(f"{written('sv')}:3:11: language 'sv' cannot be graded")
    assert "de German" in str(problem)
    assert "ko Korean" in str(problem)


def test_the_norwegian_no_is_not_read_as_false(written):
    (problem,) = problems(written("no"))
    assert "no" in str(problem)


def test_english_nouns_are_not_made_for_another_language(written):
    with pytest.raises(FileError, match="makes English nouns, and this file is in German"):
        load(written("de", "word"))


@pytest.mark.parametrize(
    ("language", "generate", "shape"),
    [
        ("de", "date", r"\d+\. \w+ 20\d\d"),
        ("ja", "date", r"20\d\d年\d+月\d+日"),
        ("ko", "date", r"20\d\d년 \d+월 \d+일"),
        ("es", "date", r"\d+ de \w+ de 20\d\d"),
        ("ar", "date", r"\d+ \w+ 20\d\d"),
        ("de", "number", r"\d{4,5}"),
    ],
)
def test_dates_and_numbers_are_made_as_the_language_writes_them(written, language, generate, shape):
    import re

    scenario = load(written(language, generate))
    (value,) = draw_values(scenario, 0)["code"]
    assert re.fullmatch(shape, value.text), value


def test_values_that_read_the_same_in_the_language_are_refused(tmp_path):
    file = tmp_path / "same.yaml"
    file.write_text(
        "schema: 1\nname: same\nlanguage: de\nfacts:\n"
        "  - id: a\n    say: 'Es sind {value}.'\n    ask: Wie viele?\n"
        "    values: ['1.250', '1250']\n",
        encoding="utf-8",
    )
    (problem,) = problems(file)
    assert "reads the same" in str(problem)
