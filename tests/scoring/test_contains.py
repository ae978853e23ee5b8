from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.probe import Probe
from harness.core.scenario import Value
from harness.scoring.contains import Contains

RECALLED = [
    "dry",
    "Dry.",
    "**Dry**.",
    "`dry`",
    "“Dry”",
    "The answer is: dry!",
    "The brand voice has to be dry.",
    "From the art director: the brand voice has to be dry.",
    "- dry",
    "Not sure, but I think it was dry.",
    "I don't remember exactly, but it was dry.",
    "No, dry.",
    "No problem: dry.",
    "Nothing but dry.",
    "It is not just dry.",
    "Tuesday? It is not. Dry.",
    "It is not a secret: dry.",
    "<think>Tender? No, exuberant... no.</think>Dry.",
    "You wanted it dry, didn't you?",
    "It must never be anything else, so: dry.",
    "The voice isn’t loud; it is dry.",
    "dry, not tender",
    "Not tender but dry.",
    "It was solemn, and is now dry.",
    "It used to be solemn; now it is dry.",
    "Dry, no longer solemn.",
    "The voice changed from solemn to dry.",
    "Dry (originally solemn).",
    "Dry instead of tender.",
    "Solemn was replaced by dry.",
    "None other than dry.",
    "It is nothing other than dry.",
]
MISSED = [
    "",
    "laundry",
    "it is not dry",
    "It isn't dry.",
    "never dry",
    "Anything but dry.",
    "It is no longer dry.",
    "I don't think it was dry.",
    "It shouldn't be dry at all.",
    "Dry is wrong.",
    "Dry? No: dry is not right.",
    "Dry, or rather not dry.",
    "far from dry",
    "I don't know whether it was dry.",
    "tender",
    "dry or tender",
    "exuberant — no wait, dry",
    "It was dry, and is now solemn.",
    "Solemn is now dry, or tender.",
    "dry, tender is not bad either",
    "It was none other than tender, not dry.",
    "Dry, and the code is KX-4417.",
    "<think>It is dry.",
]


@pytest.mark.parametrize("text", RECALLED)
def test_a_reply_that_names_the_value_has_recalled_it(tone, text):
    assert Contains().score(tone, text).value == 1.0


@pytest.mark.parametrize("text", MISSED)
def test_a_reply_that_denies_or_guesses_has_not(tone, text):
    assert Contains().score(tone, text).value == 0.0


@pytest.mark.parametrize(
    ("expected", "more", "text", "value"),
    [
        ("15", {}, "fifteen", 1.0),
        ("15", {}, "150", 0.0),
        ("4,417", {}, "It is 4417.", 1.0),
        ("60%", {}, "sixty percent", 1.0),
        ("60%", {}, "60", 0.0),
        ("3 March 2026", {}, "On March 3rd, 2026.", 1.0),
        ("matter-of-fact", {"decoys": ["fact"]}, "matter of fact", 1.0),
        ("dry", {"decoys": ["dry humour"]}, "dry humour", 0.0),
        ("dry", {"decoys": ["dry"]}, "dry", 1.0),
        ("dry", {"decoys": ["tender"], "question": "Is it tender or dry?"}, "tender? dry.", 1.0),
        ("JK-2101", {"shape": r"(?i)\b[jk]{2}[- ]?[2-4]\d{3}\b"}, "JK-2101", 1.0),
        ("JK-2101", {"shape": r"(?i)\b[jk]{2}[- ]?[2-4]\d{3}\b"}, "JK-2101 or kj-2102", 0.0),
        ("5417", {"shape": r"\b[5-9],?\d{3}\b"}, "5,417", 1.0),
        ("5417", {"shape": r"\b[5-9],?\d{3}\b"}, "5,417 or six thousand one hundred", 0.0),
        (
            "5417",
            {"shape": r"\b[5-9]\d{3}\b", "question": "What replaced 6200?"},
            "5417 replaced 6200",
            1.0,
        ),
        ("cheap", {"question": "Which word must we never use?"}, "It is never cheap.", 1.0),
    ],
)
def test_hard_cases(probe, expected, more, text, value):
    score = Contains().score(probe(expected, **more), text)
    assert score.value == value, score.why


def test_any_accepted_spelling_is_right(probe):
    value = Value("KX-4417", ("KX4417",))
    assert Contains().score(probe(value), "kx4417").value == 1.0


def test_of_several_values_all_are_needed(probe):
    both = probe("Oslo", "Lima")
    assert Contains().score(both, "Lima and Oslo").value == 1.0
    assert Contains().score(both, "Lima").why == "The reply does not name 'Oslo'."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("dry", "The reply names 'dry'."),
        ("no dice", "The reply does not name 'dry'."),
        ("not dry", "The reply denies 'dry'."),
        ("dry or tender", "The reply names 'tender', a value never said here."),
        ("dry, Friday", "The reply names 'Friday', the value of another fact."),
        ("solemn, or dry", "The reply names 'solemn', a superseded value."),
    ],
)
def test_the_reason_is_told(tone, text, why):
    assert Contains().score(tone, text).why == why


def test_a_value_that_is_made_up_is_told_as_such(probe):
    score = Contains().score(probe("5417", shape=r"\b[5-9]\d{3}\b"), "5417 or 6200")
    assert score.why == "The reply names '6200', a made-up value of the same kind."


def test_without_a_value_there_is_nothing_to_measure(probe):
    score = Contains().score(probe(kind="abstain"), "dry")
    assert score.value is None
    assert score.why == "The probe expects no value; the scorer 'abstain' is for such."


VALUES = ("dry", "matter-of-fact", "15", "KX-4417", "São Paulo", "99.95%", "3 March 2026", "Øre")
OTHERS = ("tender", "Lima", "620", "QZ-2101", "12 May 2031", "blue whale")
CARRIERS = (
    "{}",
    "The answer is {}.",
    "The answer is: {}!",
    "It has to be {}, as you said.",
    "From the art director: the brand voice has to be {}.",
    "Sure! You told me: “{}”",
    "I think it's {}",
    "{} — that is what was asked for.",
)
MARKS = ("{}", "**{}**", "`{}`", "_{}_", "“{}”", "  {}\n", "> {}", "# {}", "[{}](http://a.b/c)")


def _probe(value):
    return Probe(
        fact="f",
        kind="recall",
        question="Which one was it?",
        expected=(Value(value),),
        decoys=tuple(Value(other) for other in OTHERS),
    )


@given(st.sampled_from(VALUES), st.sampled_from(CARRIERS), st.sampled_from(MARKS))
def test_the_value_alone_is_right_in_any_sentence_and_markup(value, carrier, mark):
    text = carrier.format(mark.format(value))
    for said in (text, text.upper() if "http" not in text else text, text.replace("ã", "a")):
        assert Contains().score(_probe(value), said).value == 1.0


@given(
    st.sampled_from(VALUES),
    st.sampled_from(OTHERS),
    st.sampled_from(
        ["not {1} but {0}", "{0}, not {1}", "{0} instead of {1}", "no longer {1}: {0}"]
    ),
)
def test_a_wrong_value_that_is_denied_does_not_spoil_the_right_one(value, other, both):
    assert Contains().score(_probe(value), both.format(value, other)).value == 1.0
    assert Contains().score(_probe(value), both.format(other, value)).value == 0.0


@given(
    st.sampled_from(VALUES),
    st.sampled_from(OTHERS),
    st.sampled_from(CARRIERS),
    st.sampled_from(["{0} {1}", "{1}. {0}", "{1}, no wait, {0}", "{0} or {1}"]),
)
def test_a_wrong_value_beside_the_right_one_never_scores(value, other, carrier, both):
    text = carrier.format(both.format(value, other))
    assert Contains().score(_probe(value), text).value == 0.0
