import pytest

from harness.core.content_words import STOP_WORDS, stem
from harness.models.reference.text import is_question, sentences, stems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("The price is 4.50 today. Pay it.", ["The price is 4.50 today.", "Pay it."]),
        ("Use v1.2.3 of it. Then stop.", ["Use v1.2.3 of it.", "Then stop."]),
        ("Bring fruit, e.g. Gala apples. Thanks.", ["Bring fruit, e.g. Gala apples.", "Thanks."]),
        ("Ask Dr. Wu or J. Lowe. They know.", ["Ask Dr. Wu or J. Lowe.", "They know."]),
        ("We meet at 5 p.m. on Monday.", ["We meet at 5 p.m. on Monday."]),
        ("We meet at 5 p.m. Bring tea.", ["We meet at 5 p.m.", "Bring tea."]),
        ("It is room no. 12 there. Fine.", ["It is room no. 12 there.", "Fine."]),
        ("I said no. The code is 5.", ["I said no.", "The code is 5."]),
        ("i got it. the code is 55.", ["i got it.", "the code is 55."]),
        ("first line\nsecond line\n\nthird", ["first line", "second line", "third"]),
        ("1. Order the paper.\n2. Fold it.", ["1. Order the paper.", "2. Fold it."]),
        ("The code is 4471. Next point.", ["The code is 4471.", "Next point."]),
        ('She said "stop." Then left.', ['She said "stop."', "Then left."]),
        ("See www.example.org for more.", ["See www.example.org for more."]),
        ("", []),
        ("no stop at all", ["no stop at all"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text, expected):
    assert list(sentences(text)) == expected


def test_no_text_is_lost_between_sentences():
    text = "Ask Dr. Wu, e.g. at 4.50 p.m. Then go!  \n Or not… v1.2 is out? (Yes.) Fine"
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "group",
    [
        ("plan", "plans", "planned", "planning"),
        ("price", "prices", "priced", "pricing"),
        ("party", "parties"),
        ("copy", "copies", "copied", "copying"),
        ("box", "boxes"),
        ("address", "addresses", "addressed", "addressing"),
        ("launch", "launches", "launched", "launching"),
        ("choose", "chooses", "choosing"),
        ("agree", "agrees", "agreed", "agreeing"),
        ("meet", "meets", "meeting", "meetings"),
        ("week", "weekly", "weeks"),
        ("call", "calls", "called", "calling"),
        ("voice", "voices"),
    ],
)
def test_the_forms_of_a_word_share_a_stem(group):
    assert len({stem(word) for word in group}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("address", "add"), ("string", "str"), ("reply", "rep"), ("speed", "sped"), ("bus", "bu")],
)
def test_words_that_only_look_alike_keep_apart(one, other):
    assert stem(one) != stem(other)


def test_a_stem_is_its_own_stem():
    text = "Meetings, courses, choosing, speeding, families, news, series, hundred, wedding, used"
    assert stems(" ".join(stems(text))) == stems(text)


def test_codes_keep_every_character():
    assert stems("AB12s v1.2 7ed") == ["ab12s", "v1", "2", "7ed"]


def test_stop_words_and_talk_about_the_talk_carry_no_meaning():
    assert stems("What did I say earlier in our conversation?") == []
    assert "the" in STOP_WORDS


@pytest.mark.parametrize("text", ["Why?", 'Did she say "now?"', "(Really?)", "何?", "何？"])
def test_questions_are_known_by_their_mark(text):
    assert is_question(text)
    assert not is_question("Now.")
