import pytest

from harness.core.messages import Message
from harness.models.adaptations import SYSTEM, Adaptation, adaptation, adapted, without_system

SENT = {"max_tokens": 128, "temperature": 0.0, "api_key": "x", "timeout": 600.0}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            (
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use"
                " 'max_completion_tokens' instead."
            ),
            Adaptation(parameter="max_tokens", instead="max_completion_tokens"),
        ),
        (
            "max_tokens has been renamed to max_output_tokens",
            Adaptation(parameter="max_tokens", instead="max_output_tokens"),
        ),
        (
            "Unrecognized request argument supplied: max_tokens",
            Adaptation(parameter="max_tokens", instead="max_completion_tokens"),
        ),
        ("'temperature' does not support 0.0", Adaptation(parameter="temperature")),
        ("temperature is deprecated for this model", Adaptation(parameter="temperature")),
        (
            "openai does not support parameters: ['temperature'], for model=gpt-5",
            Adaptation(parameter="temperature"),
        ),
        (
            "max_tokens: 128 > 64, which is the maximum allowed number of output tokens",
            Adaptation(parameter="max_tokens", value=64),
        ),
        (
            "max_tokens is too large: 128. This model supports at most 100 completion tokens.",
            Adaptation(parameter="max_tokens", value=100),
        ),
        ("the model is not available in your region", None),
        ("the api_key is not valid, the timeout must be set", None),
        ("messages must not be empty", None),
        ("temperature was 0.0 when the cat sat down", None),
    ],
)
def test_a_refusal_says_what_to_change(said, expected):
    assert adaptation(said, SENT) == expected


def test_a_length_that_somebody_wished_for_is_not_lowered():
    said = "max_tokens: 128 > 64, which is the maximum allowed number of output tokens"
    assert adaptation(said, SENT, fixed={"max_tokens"}) is None


def test_what_was_refused_under_both_names_is_left_out():
    said = "Unrecognized request argument supplied: max_completion_tokens"
    sent = {"max_completion_tokens": 128}
    assert adaptation(said, sent).instead == "max_tokens"
    assert adaptation(said, sent, refused={"max_tokens"}).left_out


def test_a_parameter_that_is_named_beside_the_words_is_believed():
    assert adaptation("this value is wrong", SENT, named="temperature").parameter == "temperature"


@pytest.mark.parametrize(
    "said",
    [
        "System role not supported",
        "system messages are not allowed for this model",
        "Developer instruction is not enabled for models/gemma-3-27b-it",
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        "Unexpected role: system",
        "Only user and assistant roles are supported!",
        "Input should be 'user' or 'assistant'",
        "The first message must be from the user",
        "This model doesn't support system prompts",
    ],
)
def test_a_model_without_a_system_role_is_known_by_its_words(said):
    assert adaptation(said, SENT, has_system=True) == Adaptation(parameter=SYSTEM)
    assert adaptation(said, SENT) != Adaptation(parameter=SYSTEM)


def test_what_is_sent_is_as_the_model_takes_it():
    changes = [
        Adaptation(parameter="max_tokens", value=64),
        Adaptation(parameter="max_tokens", instead="max_completion_tokens"),
        Adaptation(parameter="temperature"),
        Adaptation(parameter="seed"),
    ]
    assert adapted({"max_tokens": 128, "temperature": 0.0, "top_p": 1.0}, changes) == {
        "max_completion_tokens": 64,
        "top_p": 1.0,
    }


def test_the_systems_text_begins_the_first_message_of_the_user():
    system, user, assistant = (Message(role, role) for role in ("system", "user", "assistant"))
    assert without_system([system, system, user, assistant]) == [
        Message("user", "system\n\nsystem\n\nuser"), assistant,
    ]  # fmt: skip
    assert without_system([system, assistant]) == [Message("user", "system"), assistant]
    assert without_system([user, assistant]) == [user, assistant]


def test_every_change_is_a_sentence():
    said = {
        str(Adaptation(parameter="a", instead="b")), str(Adaptation(parameter="a")),
        str(Adaptation(parameter="a", value=5000)), str(Adaptation(parameter=SYSTEM)),
    }  # fmt: skip
    assert len(said) == 4
    assert all(sentence.startswith("takes ") for sentence in said)
