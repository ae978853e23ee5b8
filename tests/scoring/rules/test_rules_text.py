from __future__ import annotations

import pytest

from harness.scoring.rules import rules
from harness.scoring.rules.prose import prose_sentences, prose_words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("— … !", 0),
        ("One two three.", 3),
        ("It costs 4.50, or 1,200 with tax.", 7),
        ("e.g. a state-of-the-art oven", 4),
        ("and/or", 2),
        ("yes—no", 2),
        ("rock–paper", 2),
        ("pages 3–7", 2),
        ("see https://a.b/c/d-e?f=g/h now", 3),
        ("[the brief](https://a.b/c) is here", 4),
        ("**bold** _move_ `code`", 3),
        ("snake_case_name stays one", 3),
        ("It's Ana's", 2),
        ("😀 fine", 1),
        ("我们 ok", 3),
    ],
)
def test_words_are_counted_as_people_count_them(text, count):
    assert len(prose_words(text)) == count


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Call Dr. Wu at 5 p.m. on Friday. Then rest.", 2),
        ("J. Lowe came. So did we.", 2),
        ("It is 4.5 per cent, i.e. too much. Version v1.2 is out!", 2),
        ('She said "Stop. Now." and left. Then he went.', 2),
        ('He said "Go!" and left.', 1),
        ("Well... maybe. Is it? Yes!", 3),
        ("- one\n- two\n- three", 3),
        ("1. Order the paper.\n2. Print it.", 2),
        ("1. Order the paper. 2. Print it.", 2),
        ("# Plan\nWe bake on Monday", 2),
        ("A sentence that somebody\nwrapped by hand at\nforty columns.", 1),
        ("Name: Ana\nDate: Friday", 2),
        ("First paragraph without a stop\n\nsecond one", 2),
        ("| a | b |\n|---|---|\n| c d | e |", 4),
        ("Before.\n```python\nx = 1. if y else 2.  # no. sentence. here.\n```\nAfter.", 2),
        ("Before.\n```\nnever closed. at. all.", 1),
        ("> quoted words\n> go on here.", 1),
        ("---\nOnly this.", 1),
        ("Use foo.bar() and http://a.b/c?d=e. Fine.", 2),
    ],
)
def test_sentences_are_told_as_people_tell_them(reply, expected):
    assert len(prose_sentences(reply)) == expected, prose_sentences(reply)


def verdict(spec, reply):
    return rules.resolve(spec).check(reply).value


@pytest.mark.parametrize(
    ("spec", "reply", "value"),
    [
        ("max_words?most=3", "One two three.", 1),
        ("max_words?most=3", "One two three four.", 0),
        ("max_words?most=3", "Here it is:\n```\na b c d e f\n```", 1),
        ("max_sentence_words?most=4", "One two three four. One two three four.", 1),
        ("max_sentence_words?most=4", "One two. One two three four five.", 0),
        ("max_sentence_words?most=4", "Fine.\n```\na b c d e f g\n```", 1),
        ("max_sentence_words?most=4", "- one two three\n- four five six", 1),
        ("max_sentence_words?most=6", 'She said "Stop. Now. Please." and left him.', 0),
        ("must_include?phrases=Kind regards", "Yes.\n\n*Kind regards*,\nAna", 1),
        ("must_include?phrases=Kind regards", "Yes. Kindest regards", 0),
        ("must_include?phrases=art", "a party", 0),
        ("must_include?phrases=C%2B%2B", "We use C++ here", 1),
        ("must_include?phrases=C%2B%2B", "We use C here", 0),
        ("must_include?phrases=one%0Atwo", "Two and one", 1),
        ("must_include?phrases=one%0Atwo", "One only", 0),
        ("must_include?phrases=don't", "I don’t know", 1),
        ("must_include?phrases=**", "**bold**", 1),
        ("must_include?phrases=snake_case", "the snake_case name", 1),
        ("must_not_include?phrases=utilise", "We UTILISE it", 0),
        ("must_not_include?phrases=utilise", "We utilised it", 1),
        ("must_not_include?phrases=!", "Great!", 0),
        ("must_not_include?phrases=!", "Great.", 1),
        ("must_not_include?phrases=**", "plain", 1),
        ("must_not_include?phrases=leverage", "I must not say “leverage”.", 0),
        ("starts_with?text=Aye.", "Aye. It is done.", 1),
        ("starts_with?text=Aye.", "  **Aye.** It is done.", 1),
        ("starts_with?text=Aye.", "\n> “aye. it is”", 1),
        ("starts_with?text=Aye", "Ayesha did it", 0),
        ("starts_with?text=Aye", "I say aye", 0),
        ("starts_with?text=Aye&ignore_case=false", "aye", 0),
        ("starts_with?text=- ", "- a list", 1),
        ("starts_with?text=#", "# A heading", 1),
        ("json", '{"a": [1, 2]}', 1),
        ("json", '```json\n{"a": 1}\n```', 1),
        ("json?fence=false", '```json\n{"a": 1}\n```', 0),
        ("json", 'Here it is: {"a": 1}', 0),
        ("json", '{"a": NaN}', 0),
        ("json", "[" * 100_000, 0),
        ("json?keys=title,body", '{"title": "x", "body": "y"}', 1),
        ("json?keys=title,body", '{"title": "x"}', 0),
        ("json?keys=title", '["title"]', 0),
        ("regex?pattern=^\\w%2B, $", "x", 0),
        ("regex?pattern=(?i)regards", "REGARDS", 1),
        ("no_list", "Running text - with a dash. 5 - 3 is 2.", 1),
        ("no_list", "Items:\n- one", 0),
        ("no_list", "Items:\n  * one\n  * two", 0),
        ("no_list", "1. one", 0),
        ("no_list", "a) one", 0),
        ("no_list", "*emphasis* opens this line\n---\n-5 degrees", 1),
        ("no_list", "```\n- code\n```", 1),
        ("no_list", "– Who is it?", 1),
        ("no_list", "— one\n— two", 0),
        ("no_list", "2027. That was the year", 1),
        ("language?code=de", "Bitte schicken Sie mir den Entwurf bis Freitag.", 1),
        ("language?code=de", "Please send me the draft by Friday.", 0),
        ("language?code=de", "OK.", None),
        (
            "language?code=en",
            "Fine:\n```\nfür alle Fälle und nur dafür gedacht\n```\nIt works.",
            None,
        ),
        ("language?code=zh", "这是一个关于面包店的测试句子，请看一下。", 1),
    ],
)
def test_a_rule_is_kept_or_broken(spec, reply, value):
    assert verdict(spec, reply) == value


def test_a_reason_names_what_broke_the_rule():
    rule = rules.resolve("max_sentence_words?most=3")
    score = rule.check("Fine. This one is a good deal longer than that.")
    assert score.why == "A sentence has 9 words, 3 are allowed: 'This one is a good deal ...'."
