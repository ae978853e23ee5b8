"""YAML is read as it is written: nothing is converted, nothing stands twice."""

from __future__ import annotations

import pytest

CONVERTED = {
    "no": "a boolean",
    "Yes": "a boolean",
    "true": "a boolean",
    "0123": "a number",
    "12": "a number",
    "1.5": "a number",
    "1_000": "a number",
    "0x1F": "a number",
    "12:30": "a number",
    ".inf": "a number",
    "2026-03-01": "a date",
    "~": "nothing",
    "null": "nothing",
}


@pytest.mark.parametrize(("scalar", "meaning"), CONVERTED.items())
def test_a_value_that_yaml_would_convert_is_refused_and_never_converted(
    small, said, scalar, meaning
):
    assert said(small.replace("tender", scalar)) == [
        f"6:19: got '{scalar}', which YAML reads as {meaning}; expected text: put it in quotes"
    ]


@pytest.mark.parametrize("scalar", CONVERTED)
def test_the_same_value_in_quotes_is_text(small, said, scalar):
    if scalar != "~":  # no letter and no digit: refused for that
        assert said(small.replace("tender", f'"{scalar}"')) == []


@pytest.mark.parametrize("scalar", ["yes", "on", "~", "'true'"])
def test_only_true_and_false_are_booleans(small, said, tmp_path, scalar):
    (tmp_path / "chats.jsonl").touch()
    got = scalar.strip("'")
    assert said(f"{small}filler: {{file: chats.jsonl, repeat: {scalar}}}\n") == [
        f"8:37: got '{got}', expected true or false" + " without quotes" * (got != scalar)
    ]


@pytest.mark.parametrize("number", ["0.50e", "0.5_0", "00.5", "'0.5'"])
def test_only_what_json_calls_a_number_is_one(small, said, number):
    got = number.strip("'")
    (problem,) = said(f"{small}expect: {{recall_at_least: {number}}}\n")
    assert problem.startswith(f"8:27: got '{got}', expected a number")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: the file is empty"),
        ("# nothing\n", "1:1: the file is empty"),
        ("- a\n", "1:1: a scenario is keys and values, beginning with 'schema: 1'"),
        (
            "a: b: c\n",
            (
                "1:5: is not YAML: mapping values are not allowed here; "
                "text that holds ': ' belongs in quotes"
            ),
        ),
        (
            "a: [b\n",
            (
                "2:1: is not YAML: expected ',' or ']', but got '<stream end>' while parsing a "
                "flow sequence that begins in line 1"
            ),
        ),
        (
            "a: @b\n",
            (
                "1:4: is not YAML: found character '@' that cannot start any token while scanning "
                "for the next token; text that begins with this character belongs in quotes"
            ),
        ),
        (
            "a: b\nc\nd\n",
            (
                "3:1: is not YAML: could not find expected ':' while scanning a simple key that "
                "begins in line 2; is a key without its colon, or a line not indented?"
            ),
        ),
        ("a: b\n---\nc: d\n", "2:1: a second document begins here; keep one scenario in a file"),
        (
            "a: &b c\n",
            (
                "1:4: anchors and aliases ('b') are not read here; write the text out where it is "
                "needed"
            ),
        ),
        (
            "a: *b\n",
            (
                "1:4: anchors and aliases ('b') are not read here; write the text out where it is "
                "needed"
            ),
        ),
        (
            "a:\n  - !!int b\n",
            "2:5: tags (!...) are not read here; if this is text, put it in quotes",
        ),
        ("a:\n  b: \x07\n", "2:6: the control character U+0007 cannot stand in YAML; take it out"),
    ],
)
def test_what_is_no_yaml_is_refused_at_its_place(said, text, problem):
    assert said(text) == [problem]


def test_nesting_without_end_is_refused(said):
    assert said("[" * 5000) == [" is nested too deeply to be a scenario"]


def test_a_key_given_twice_is_refused_at_its_second_place(small, said):
    assert said(small.replace("    ask:", "    id: mood\n    ask:")) == [
        "7:5: key 'id' is given twice, first in line 4; keep one of them"
    ]


def test_a_key_that_is_no_word_is_refused(small, said):
    assert said(small + "? [a, b]\n: c\n") == ["8:3: a key is a single word, not a list"]


def test_texts_may_run_over_lines(small, said):
    folded = '"How\n      should it sound?\n      One word."'
    assert said(small.replace('"How should it sound?"', folded)) == []
    assert said(small + "system: |\n  You are\n\n  brief.\n") == []
