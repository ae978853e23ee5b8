import inspect

import pytest

from harness.core.messages import Message
from harness.models.reference import DONT_KNOW, laws
from harness.models.reference.reader import open_pages, question_in, read_pages

TONE = "From the art director: the brand voice has to be dry."
ASK = "Which brand voice did the art director ask for? Answer with the voice only."
CHAT = [
    "The lunch order is in. We will have soup.",
    "Our art supplies came late again.",
    "The director of finance is away until Tuesday.",
    "A voice on the phone wanted the new catalogue.",
]


def chat(*user: str, ask: str = ASK) -> list[Message]:
    """A session in which the user says these things, and then asks."""
    said = [m for text in user for m in (Message("user", text), Message("assistant", "Okay."))]
    return [Message("system", "You are a copywriter."), *said, Message("user", ask)]


def answer(messages: list[Message]) -> str:
    return laws.resolve("perfect").answer(messages).text


def test_the_sentence_that_answers_is_quoted_word_for_word():
    assert answer(chat(CHAT[0], f"Good morning. {TONE} More later.", *CHAT[1:])) == TONE


def test_what_was_never_said_is_not_known():
    assert answer(chat(*CHAT)) == DONT_KNOW
    assert answer(chat()) == DONT_KNOW
    assert answer([Message("user", ASK)]) == DONT_KNOW


def test_the_words_of_one_rare_part_are_not_enough():
    text = "The gate is green."
    ask = "Which passphrase opens the northern gate of the observatory?"
    assert answer(chat(text, *CHAT, ask=ask)) == DONT_KNOW


def test_the_later_of_two_equal_sentences_wins():
    first, second = "The meeting is at nine.", "The meeting is at four."
    ask = "When is the meeting?"
    assert answer(chat(first, *CHAT, second, ask=ask)) == second
    assert answer(chat(second, *CHAT, first, ask=ask)) == first


def test_forms_of_a_word_match_both_ways():
    ask = "Which agencies were chosen for pricing the catalogues?"
    told = "The agency for the price of the catalogue was chosen: it is Lark."
    assert answer(chat(*CHAT, told, ask=ask)) == told


def test_a_question_is_never_quoted():
    asked_before = "Did the art director ask for a dry brand voice?"
    assert answer(chat(asked_before, *CHAT)) == DONT_KNOW
    assert answer(chat(TONE, *CHAT, asked_before)) == TONE


def test_an_echo_is_no_second_source():
    echo = Message("assistant", "Noted: the art director asked for a dry brand voice.")
    told = Message("user", "The art director asked for a dry brand voice.")
    _, pages = open_pages([told, echo, Message("user", ASK)])
    assert pages[0].sentences
    assert not pages[1].sentences


def test_what_only_the_assistant_said_can_be_quoted():
    own = "For the brand voice of the art director I suggest dry."
    messages = [Message("user", "Any ideas?"), Message("assistant", own), Message("user", ASK)]
    assert answer(messages) == own


def test_an_answer_whose_turn_was_cut_in_half_still_counts():
    echo = "Noted, the brand voice for the art director is dry."
    assert answer([Message("assistant", echo), Message("user", ASK)]) == echo


@pytest.mark.parametrize(
    "ask",
    [
        "Name all the guests of the spring dinner.",
        "List every guest of the spring dinner, please.",
        "Which three guests come to the spring dinner?",
        "What are the names of all of the spring dinner guests?",
    ],
)
def test_a_question_for_several_things_gets_them_all_once(ask):
    guests = [f"Guest for the spring dinner: {name}." for name in ("Ana", "Bo", "Cy")]
    reply = answer(chat(guests[0], CHAT[0], guests[1], guests[0], CHAT[1], guests[2], ask=ask))
    assert reply.splitlines() == guests


def test_a_question_for_one_thing_gets_one():
    guests = [f"Guest for the spring dinner: {name}." for name in ("Ana", "Bo")]
    ask = "Which guest comes to the spring dinner?"
    assert answer(chat(*guests, ask=ask)) == guests[1]


def test_only_the_questions_of_the_last_message_are_asked():
    assert (
        question_in(ASK).words
        == question_in("Which brand voice did the art director ask for?").words
    )
    assert question_in("Tell me the brand voice.").words == ("brand", "voic")


def test_hidden_sentences_make_their_words_rare_again():
    question, pages = open_pages(chat(TONE, *CHAT))
    seen = read_pages(question, pages)
    hidden = read_pages(question, pages, lambda _, sentence: sentence != TONE)
    assert hidden.total > seen.total
    assert TONE not in {found.text for found in hidden.found}


def test_a_prompt_without_a_question_is_answered_all_the_same():
    assert answer([Message("assistant", "Hello.")]) == DONT_KNOW
    assert answer([]) == DONT_KNOW


def test_a_reader_is_handed_messages_and_nothing_else():
    for name in laws.names():
        law = laws.resolve(name)
        assert list(inspect.signature(law.answer).parameters) == ["messages", "max_tokens"]
