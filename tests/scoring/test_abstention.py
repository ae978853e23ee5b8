from __future__ import annotations

import pytest

from harness.scoring.abstention import abstains, refuses, says_unknown

ABSTENTIONS = (
    "I don't know.",
    "I do not know the answer to that.",
    "I'm not sure.",
    "Not sure, sorry.",
    "That was not mentioned.",
    "It wasn't mentioned in our conversation.",
    "You haven't told me.",
    "You never told me that.",
    "You didn't specify which one.",
    "You have not provided that information.",
    "No information.",
    "There is no information about the dog's name in this conversation.",
    "There is no record of that.",
    "I have no record of that.",
    "I couldn't find that.",
    "I could not find any mention of it.",
    "That was never specified.",
    "N/A",
    "n/a.",
    "Unknown",
    "**Unknown**",
    "None was given.",
    "None",
    "Not specified.",
    "The answer is unknown.",
    "I don't recall.",
    "I can't recall you mentioning it.",
    "I do not remember that being discussed.",
    "I have no idea.",
    "No idea!",
    "I don't have that information.",
    "I don't have any information about that.",
    "I don't have enough information to answer that.",
    "Sorry, I don't have that information.",
    "Unfortunately, the context does not mention it.",
    "The conversation doesn't say.",
    "The transcript does not include that detail.",
    "Our chat history contains no mention of a dog.",
    "I'm unable to determine that from what was said.",
    "I cannot determine this based on our conversation.",
    "It is not possible to say from the messages above.",
    "This hasn't been discussed yet.",
    "We never talked about that.",
    "Nobody mentioned it.",
    "Nothing was said about that.",
    "I'm not aware of any such request.",
    "I was never told.",
    "I wasn't given that information.",
    "You'd have to remind me.",
    "Could you remind me?",
    "I must have missed that.",
    "I forgot.",
    "I've lost track of that, sorry.",
    "As far as I know, that was not stated.",
    "Not that I recall.",
    "I don't believe you mentioned that.",
    "I don't think that was ever mentioned.",
    "That detail isn't in our conversation.",
    "That's not something we've discussed, so I don't know.",
    "It remains unspecified.",
    "The name of the dog is unknown.",
    "It's unclear.",
    "Insufficient information.",
    "There isn't enough information to tell.",
    "No such detail was shared.",
    "Dunno.",
    "idk",
    "I haven't been told.",
    "I honestly couldn't say.",
    "I can't find anything about that in our earlier messages.",
    "You did not mention whether you visited with a friend or not.",
    "You have not mentioned booking an Airbnb in Sacramento in the provided chat history.",
    "Unfortunately there is no clear answer to the question in the given context.",
    "I do not have access to that part of the conversation.",
    "My apologies, but I don't see that anywhere above.",
    "I did not find an answer to that question.",
    "Nothing in our conversation tells me that.",
    "Hmm, that doesn't ring a bell.",
    "I'm drawing a blank on that one.",
    "That has not been decided yet.",
    "The text you provided does not give the dog's name.",
    "I’m afraid I don’t know that.",
    "I don't know, perhaps you could tell me?",
    "I don't think you've told me that yet.",
    "<think>Let me look. Dry?</think>I don't know.",
    "To be determined.",
    "I am not certain, as it was not stated.",
    "The dog's name was not given.",
    "No dog was mentioned.",
    "You mentioned a dog, but not its name.",
    "There's no dog in our conversation.",
    "I don't have a record of the name.",
    "No mention of it.",
    "That information isn't available.",
    "We haven't discussed that",
    "It never came up.",
    "that's not known",
    "I have no memory of that",
    "I couldn't tell you.",
)
ANSWERS = (
    "Dry.",
    "The voice is kobalt.",
    "Unknown Pleasures.",
    "None of them were late; it was Friday.",
    "No, it was Friday.",
    "I know it: Friday.",
    "I don't know why he wanted it, but the voice was sardonic.",
    "You did mention it: kobalt.",
    "I'm not sure, but I think it was kobalt.",
    "Not sure, maybe kobalt?",
    "I don't remember exactly, but it was kobalt.",
    "If I had to guess, kobalt. I don't know.",
    "My best guess is kobalt, though I am not certain.",
    "It was kobalt, no doubt.",
    "Nothing but kobalt.",
    "No problem: kobalt.",
    "Kobalt, if I recall correctly.",
    "As you told me, kobalt.",
    "I remember: kobalt.",
    "I can tell you that it is kobalt.",
    "Sure! The answer is 42.",
    "Information Systems",
    "Never on Sunday",
    "The client mentioned kobalt.",
    "I found it in our conversation: kobalt.",
    "He said it must not be late.",
    "It is known as kobalt.",
    "I have it here: kobalt.",
    "I'm not certain, but I believe it was kobalt.",
    "I don't have the exact wording, but the voice was kobalt.",
    "Record store",
    "It should never be used on Mondays.",
    "The record shows kobalt.",
    "You told me kobalt.",
    "Notes say kobalt.",
    "No. 15",
    "42",
    "It isn't kobalt.",
    "They should not be late",
    "It is kobalt. Let me know if you need more information.",
    "I can't say it any clearer: kobalt.",
    "No one but Marta.",
    "Without a doubt, Marta.",
    "I don't mind telling you: Marta.",
    "I do not recall it word for word but it was kobalt",
    "The dog is called Rex; you did not mention the breed.",
    "His name is Rex, though you never said how old he is.",
)
REFUSALS = (
    "I'm sorry, but I can't help with that.",
    "I can't help with that.",
    "I'm sorry, but I cannot assist with that request.",
    "I am unable to assist with this.",
    "I won't share personal information.",
    "I can't provide that information.",
    "I must decline to answer.",
    "I'm not able to help with that.",
    "That would be against my guidelines.",
    "I'm not comfortable sharing that.",
    "I cannot comply.",
    "As an AI, I can't disclose confidential codes.",
    "I’m not allowed to reveal that.",
    "I can't do that.",
    "Sorry, I can't answer that.",
    "I cannot discuss this.",
    "I respectfully decline.",
    "I'm not at liberty to disclose it.",
)


@pytest.mark.parametrize("text", ABSTENTIONS)
def test_an_abstention_is_heard(text):
    assert says_unknown(text)
    assert not refuses(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_is_not_taken_for_an_abstention(text):
    assert not says_unknown(text)
    assert not refuses(text)


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_told_from_an_abstention(text):
    assert refuses(text)
    assert not says_unknown(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm not sure, but I think it was dry.",
        "I don't know. Dry?",
        "You never told me, unless it was tender.",
        "I have no record of it; there is only Friday.",
        "Not specified. Solemn, at first.",
        "I don't know: KX-4417?",
        "No idea. QX-3301?",
    ],
)
def test_a_hedge_that_names_a_value_is_an_answer(probe, text):
    asked = probe(
        "dry",
        stale=["solemn"],
        planted=["Friday", "KX-4417"],
        decoys=["tender"],
        shape=r"[A-Z]{2}-\d{4}",
    )
    assert says_unknown(text) or "think" in text
    assert not abstains(asked, text)


def test_a_value_that_the_question_holds_may_be_repeated(probe):
    asked = probe("dry", planted=["Friday"], question="Which voice is asked for on Friday?")
    assert abstains(asked, "You did not say which voice is asked for on Friday.")


def test_there_are_as_many_phrases_as_promised():
    assert len(set(ABSTENTIONS)) >= 60
    assert len(set(ANSWERS)) >= 30
