"""A reference reader hears what it is spoken to in, and reads it."""

from __future__ import annotations

import pytest

from harness.core.messages import Message
from harness.models.reference import laws
from harness.models.reference.text import language_of, sentences, stems
from harness.scoring.abstention import says_unknown

ASKED = [
    (
        "de",
        "Welchen Code hat die Hausverwaltung genannt?",
        "Die Hausverwaltung nannte den Code {}.",
    ),
    ("fr", "Quel est le code du portail ?", "Le code du portail est {}."),
    ("es", "¿Cuál es el código del portal?", "El código del portal es {}."),
    ("it", "Qual è il codice del cancello?", "Il codice del cancello è {}."),
    ("pt", "Qual é o código do portão?", "O código do portão é {}."),
    ("nl", "Wat is de code van de poort?", "De code van de poort is {}."),
    ("pl", "Jaki jest kod do bramy?", "Kod do bramy to {}."),
    ("ru", "Какой код у ворот?", "Код ворот — {}."),
    ("tr", "Kapının kodu nedir?", "Kapının kodu {}."),
    ("ar", "ما هو رمز البوابة؟", "رمز البوابة هو {}."),
    ("hi", "फाटक का कोड क्या है?", "फाटक का कोड {} है।"),
    ("zh", "大门的密码是什么？", "大门的密码是{}。"),
    ("ja", "門の暗証番号は何ですか？", "門の暗証番号は{}です。"),
    ("ko", "대문의 비밀번호는 무엇입니까?", "대문의 비밀번호는 {}입니다."),
    ("en", "What is the code of the gate?", "The code of the gate is {}."),
]


@pytest.mark.parametrize(("code", "question", "said"), ASKED)
def test_it_answers_with_the_sentence_and_says_in_the_language_that_it_does_not_know(
    code, question, said
):
    assert language_of(question) == code
    reader = laws.resolve("perfect")
    told = Message("user", said.format("KX-4417"))
    other = Message("user", "KX 1 / QZ-2101.")
    answer = reader.answer([told, Message("assistant", "OK"), other, Message("user", question)])
    assert answer.text == said.format("KX-4417")
    unknown = reader.answer([other, Message("user", question)]).text
    assert says_unknown(unknown, code)
    assert code == "en" or not unknown.startswith("I don't know")


def test_a_date_with_a_full_stop_is_no_end_of_a_sentence():
    assert sentences("Es ist am 14. März. Danke!", "de") == ("Es ist am 14. März.", "Danke!")
    assert sentences("To 14. marca 2027. Tak.", "pl") == ("To 14. marca 2027.", "Tak.")


def test_words_are_told_without_their_particles_and_endings():
    assert stems("창고의 비밀번호는", "ko") == stems("창고 비밀번호", "ko")
    assert stems("die Häuser", "de") == stems("das Haus", "de") != []
    assert stems("в Москве", "ru") == stems("Москва", "ru") != []
    assert stems("門の暗証番号", "ja") == stems("暗証番号、門", "ja")[-1:] + stems("暗証番号", "ja")


@pytest.mark.parametrize(
    "question", ["Which town is Marta moving to?", "List every code.", "Code?", "Kx 4417?"]
)
def test_where_it_is_not_plain_it_is_english(question):
    assert language_of(question) == "en"
