from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.core.text import contains, places, read, words

SAME = [
    ("Dry", "dry"),
    ("**Dry**.", "dry"),
    ("`dry`", "dry"),
    ("_dry_", "dry"),
    ("~~dry~~", "dry"),
    ("# Dry", "dry"),
    ("> dry", "dry"),
    ("- dry", "dry"),
    ("[dry](https://example.org/a_b)", "dry"),
    ("```text\ndry\n```", "dry"),
    ("1. dry\n2. tender", "dry tender"),
    ("<b>dry</b>", "dry"),
    ("“matter–of‑fact”", "matter of fact"),
    ("Straße Ærø Łódź Café", "strasse aero lodz cafe"),
    ("ﬁne", "fine"),
    ("isn’t", "is not"),
    ("cannot", "can not"),
    ("I'm", "i am"),
    ("U.S.", "us"),
    ("4,417", "4417"),
    ("4\u2009417", "4417"),
    ("4\u00a0417", "4417"),
    ("4’417", "4417"),
    ("1,234,567.5", "1234567.5"),
    ("zero", "0"),
    ("fifteen", "15"),
    ("Twenty-five", "25"),
    ("twenty five", "25"),
    ("one hundred and five", "105"),
    ("a thousand and one", "1001"),
    ("four thousand four hundred and seventeen", "4417"),
    ("nine hundred ninety-nine thousand nine hundred and ninety-nine", "999999"),
    ("1.5 million", "1500000"),
    ("nineteen hundred", "1900"),
    ("third", "3rd"),
    ("twenty-first", "21st"),
    ("one hundredth", "100th"),
    ("99.95 %", "99.95 percent"),
    ("60%", "sixty per cent"),
    ("minus five", "-5"),
    (".5", "0.5"),
    ("3 March 2026", "March 3rd, 2026"),
    ("2026-03-03", "March 3rd, 2026"),
    ("2026/3/3", "March 3, 2026"),
    ("the 25th of December", "the December 25"),
    ("25/12/2026", "12/25/2026"),
    ("3 Mar 2026", "3 March 2026"),
    ("Sept. 5", "5 September"),
    ("09:30", "9:30"),
    ("3:00 p.m.", "3 pm"),
    ("9am", "9 AM"),
    ("KX–4417", "kx-4417"),
    ("$500", "500"),
    ("15km", "15 km"),
]

DIFFERENT = [
    ("60%", "60"),
    ("-5", "5"),
    ("15", "150"),
    ("007", "7"),
    ("3.10", "3.1"),
    ("C++", "C"),
    ("3/4/2026", "March 4, 2026"),
    ("twenty, five", "25"),
    ("two hundred and three hundred", "500"),
    ("five thousand and three thousand", "8000"),
    ("KX-4417", "4417"),
    ("3rd", "3"),
    ("no one", "no 1"),
    ("2*3", "23"),
    ("5½", "51/2"),
    ("10²", "102"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_spells_the_same_thing_reads_the_same(one, other):
    assert words(one) == words(other) != ()


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_means_another_thing_reads_otherwise(one, other):
    assert words(one) != words(other)


@pytest.mark.parametrize(
    ("haystack", "needle", "found"),
    [
        ("The brand voice has to be dry.", "dry", True),
        ("the party", "art", False),
        ("150", "15", False),
        ("a 15-minute call", "15", True),
        ("60 percent", "60", False),
        ("KX-4417", "4417", False),
        ("matter of fact", "fact", True),
        ("on 3 March 2026", "March 3", True),
        ("on 3 March", "3", False),
        ("Marta's desk", "Marta", True),
        ("15. That is it", "15", True),
        ("1. That is it", "1", True),
        ("anything", "!!!", False),
        ("", "dry", False),
        ("the dry", "dry the", False),
    ],
)
def test_values_are_found_as_whole_words_in_a_row(haystack, needle, found):
    assert contains(words(haystack), words(needle)) is found


def test_every_place_of_a_value_is_told():
    assert places(words("to be or not to be"), words("to be")) == (0, 4)


def test_gaps_tell_where_clauses_and_sentences_end():
    form = read("No, dry. Not\ntender — (or so)")
    assert form.words == ("no", "dry", "not", "tender", "or", "so")
    assert form.gaps == ("", ",", ".", ".", ",", "")


def test_words_are_the_same_for_a_number_in_words_or_digits_up_to_a_million():
    ones = "one two three four five six seven eight nine".split()  # noqa: SIM905
    for hundreds, word in enumerate(ones, 1):
        for rest, name in ((0, ""), (7, " and seven"), (40, " forty"), (99, " and ninety-nine")):
            said = f"{word} hundred{name} thousand {word} hundred{name}"
            number = hundreds * 100 + rest
            assert words(said) == (str(number * 1000 + number),)


PIECES = [
    "zero",
    "one",
    "two",
    "five",
    "ten",
    "twenty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "hundredth",
    "and",
    "a",
    "first",
    "third",
    "twentieth",
    "minus",
    "negative",
    "percent",
    "per",
    "cent",
    "pct",
    "am",
    "pm",
    "3",
    "03",
    "15",
    "31",
    "2026",
    "150",
    "4,417",
    "1.5",
    "60%",
    "3rd",
    "march",
    "mar",
    "may",
    "april",
    "3:00",
    "12:30",
    "2026-03-03",
    "3/4/2026",
    "25/12/2026",
    "of",
    "the",
    "no",
    "this",
    "kx-4417",
    "15-minute",
    "-5",
    "+5",
    "c++",
    "c#",
    "isn't",
    "cannot",
    "it's",
    "u.s.",
    "p.m.",
    "9am",
    "15km",
    "1.5k",
    ",",
    ".",
    ";",
    "-",
    "—",
    "**",
    "`",
    "_",
    "1.",
    "2.",
    "$5",
    "€7",
    "1/2",
    "½",
    "5½",
    "dry",
    "matter-of-fact",
    "o'brien",
    "n't",
    "'t",
]


@given(st.lists(st.sampled_from(PIECES), max_size=7), st.sampled_from([" ", "", "\n"]))
@example(parts=["zero", "-", "n't"], glue="")
@example(parts=["1.1.0303", "zero"], glue="")
@example(parts=["3", "march", "4", "april"], glue=" ")
def test_reading_the_words_again_changes_nothing(parts, glue):
    form = words(glue.join(parts))
    assert words(" ".join(form)) == form


@given(st.text(max_size=40))
def test_any_text_has_a_normal_form_that_stays(text):
    form = words(text)
    assert words(" ".join(form)) == form
    assert all(word and " " not in word for word in form)


@given(st.lists(st.sampled_from(["Dry", "Café", "Tender", "Ångström", "15", "fact"]), min_size=1))
def test_case_accents_and_space_do_not_matter(parts):
    text = " ".join(parts)
    plain = text.replace("é", "e").replace("Å", "A").replace("ö", "o")
    assert words(text) == words(plain.upper()) == words("  ".join(plain.split()) + "\n")
