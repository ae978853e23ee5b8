from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.text import contains, words
from harness.sessions.leaks import LeakCheck


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("dry", "It was a DRY summer."),
        ("15", "We were fifteen at the table."),
        ("60%", "About sixty percent of it."),
        ("3 March 2026", "The build of 2026-03-03 is out."),
        ("3 March 2026", "On March 3rd, 2026 we met."),
        ("4417", "It comes to 4,417 in all."),
        ("4417", "Four thousand four hundred and seventeen of them."),
        ("149", "One hundred and forty-nine guests."),
        ("KX-4417", "the code kx-4417 again"),
        ("Zoe", "Zoë said so."),
        ("matter-of-fact", "in a matter of fact voice"),
        ("99.95", "an uptime of 99.95"),
        ("dry", "in 15dry months"),
        ("dry", "the field is_dry_now"),
        ("4417", "4,417metres of it"),
        ("1,250", "1,250 149"),
        ("August 5th, 2035", "on Aug 5th, 2035"),
        ("Angstrom", "Ångström units"),
    ],
)
def test_a_value_is_found_in_every_spelling(value, text):
    assert LeakCheck([value]).holds(text)


@pytest.mark.parametrize(
    ("value", "text"), [("art", "a party"), ("15", "150 guests"), ("4417", "44170 or 4 418")]
)
def test_a_part_of_a_word_is_no_leak(value, text):
    assert not LeakCheck([value]).holds(text)


def test_a_planted_sentence_is_found_whether_or_not_its_value_is_looked_for_too():
    sentence = "The voice should be dry, they say."
    assert LeakCheck([sentence, "dry"]).holds(f"Well. {sentence}")
    assert LeakCheck([sentence]).held([f"Well. {sentence}", "It is dry."]) == [True, False]


def test_an_accent_alone_is_no_reason_to_read_a_text_closely(monkeypatch):
    read = []
    monkeypatch.setattr("harness.sessions.leaks.words", lambda *text: read.append(text) or ())
    check = LeakCheck([])
    assert check.held(["Veuillez vous adresser à l'accueil.", "It is 温."]) == [False] * 2
    assert [text for text, _ in read] == ["It is 温."]


VALUES = [
    "dry",
    "15",
    "87",
    "40",
    "60%",
    "3 March 2026",
    "4417",
    "149",
    "KX-4417",
    "Zoe",
    "nine",
    "QF-12",
]
PIECES = [*VALUES, "fifteen", "sixty percent", "2026-03-03", "4,417", "one hundred forty-nine"]
PIECES += ["eighty-seven", "eighty", "seven", "fourty", "forty", "2 404"]
PIECES += ["Aug 3, 2026", "4,417é", "CAFÉ", "İ", "15dry", "\n"]
PIECES += ["Zoë", "9", "and", "so", "on", "March", "hundred", "kx 4417", "third", "twenty-one"]


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from(VALUES))
def test_the_quick_look_never_misses_what_the_close_reading_finds(pieces, value):
    text = " ".join(pieces)
    assert LeakCheck([value]).holds(text) == contains(words(text), words(value))


@given(
    st.lists(st.lists(st.sampled_from(PIECES), max_size=6), max_size=6),
    st.sampled_from(VALUES),
    st.sampled_from([" ", ", ", "-", ""]),
)
def test_texts_that_are_looked_through_together_are_judged_one_by_one(texts, value, glue):
    check = LeakCheck([value])
    joined = [glue.join(pieces) for pieces in texts]
    assert check.held(joined) == list(map(check.holds, joined))
    assert check.held(joined) == [contains(words(text), words(value)) for text in joined]


SPELLED = [
    ("de", "97611", "Es kostet siebenundneunzigtausendsechshundertelf Euro."),
    ("de", "97611", "Es kostet 97.611 Euro."),
    ("de", "Wintergarten", "Die Pflanzen des Wintergartens."),
    ("de", "14. März 2027", "Am 14.03.2027 geht es los."),
    ("pl", "Praga", "Byliśmy w Pradze."),
    ("ru", "Москва", "Поезд из Москвы."),
    ("tr", "kitap", "Kitabı aldım."),
    ("ar", "مكتبة", "في المكتبة."),
    ("zh", "97611", "一共九万七千六百一十一元。"),
    ("zh", "温室", "在温室见面。"),
    ("ja", "2027年3月14日", "二〇二七年三月十四日です。"),
    ("ko", "온실", "온실에서 만나요."),
    ("ko", "KX-4417", "번호는 KX-4417입니다."),
]


@pytest.mark.parametrize(("code", "value", "text"), SPELLED)
def test_a_value_is_found_in_filler_of_another_language_however_it_stands_there(code, value, text):
    assert LeakCheck([value], code).holds(text)


@pytest.mark.parametrize(("code", "value", "text"), SPELLED)
def test_filler_of_another_language_without_the_value_is_let_through(code, value, text):
    assert not LeakCheck(["QZ-2101", "88888"], code).holds(text)
