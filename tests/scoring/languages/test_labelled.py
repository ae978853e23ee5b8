"""Replies labelled by hand, in every language: what is heard, what is recalled, what is denied."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from harness.core.languages import CODES
from harness.core.probe import Probe
from harness.core.scenario import Value
from harness.scoring.abstention import abstains, refuses, says_unknown
from harness.scoring.conformance import REPLIES as HOSTILE
from harness.scoring.contains import Contains
from harness.scoring.languages import read_phrases
from harness.scoring.number import Number

LABELLED = Path(__file__).parents[1] / "labelled"
OTHERS = [code for code in CODES if code != "en"]


def sections(name):
    found = defaultdict(list)
    code = ""
    for line in (LABELLED / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            code = line.strip("[]")
        elif line and not line.startswith("#"):
            found[code].append(line)
    return found


REPLIES = sections("abstentions.txt")
ANSWERS = sections("answers.txt")


def test_there_are_as_many_labelled_replies_as_promised():
    assert set(REPLIES) == set(ANSWERS) == set(CODES)
    for mark in "-+":
        assert sum(line[0] == mark for lines in REPLIES.values() for line in lines) >= 200
    assert all(len(set(lines)) == len(lines) for lines in REPLIES.values())


@pytest.mark.parametrize("code", CODES)
def test_abstentions_are_heard_and_answers_are_not_taken_for_them(code):
    missed = [line for line in REPLIES[code] if says_unknown(line[2:], code) != (line[0] == "-")]
    assert missed == []


@pytest.mark.parametrize("code", CODES)
def test_a_right_answer_is_recalled_and_what_it_denies_is_not(code):
    for line in ANSWERS[code]:
        value, other, reply = (part.strip() for part in line.split("|"))
        for kind in ("stale", "planted", "decoys"):
            right = probe(value, code, **{kind: (Value(other),)})
            assert Contains().score(right, reply).value == 1.0, line
            wrong = probe(other, code, **{kind: (Value(value),)})
            assert Contains().score(wrong, reply).value == 0.0, line
        if value.isdigit():
            assert Number().score(probe(value, code), reply).value == 1.0, line


def probe(value, code, **more):
    return Probe(
        question_id="f",
        kind="recall",
        question="?",
        expected=(Value(value),),
        language=code,
        **more,
    )


@pytest.mark.parametrize(
    ("code", "reply"),
    [
        ("de", "Dabei kann ich leider nicht helfen."),
        ("fr", "Je ne peux pas vous aider avec cela."),
        ("es", "No puedo ayudarle con eso."),
        ("it", "Non posso aiutarla con questo."),
        ("pt", "Não posso ajudar com isso."),
        ("nl", "Daar kan ik niet bij helpen."),
        ("pl", "Nie mogę w tym pomóc."),
        ("ru", "Я не могу с этим помочь."),
        ("tr", "Bu konuda yardımcı olamam."),
        ("ar", "لا يمكنني مساعدتك في هذا."),
        ("hi", "मैं इसमें मदद नहीं कर सकता।"),
        ("zh", "抱歉，我无法提供帮助。"),
        ("ja", "申し訳ありませんが、お手伝いできません。"),
        ("ko", "죄송하지만 도와드릴 수 없습니다."),
    ],
)
def test_a_refusal_is_heard_in_its_language(code, reply):
    assert refuses(reply, code) or says_unknown(reply, code)
    assert not Contains().score(probe("Kobalt", code), reply).value


def test_an_abstention_in_english_is_heard_in_any_language():
    for code in OTHERS:
        assert says_unknown("I don't know; that was never mentioned.", code)


def test_a_reply_that_names_a_value_does_not_abstain():
    asked = probe("Kobalt", "de", decoys=(Value("Ocker"),))
    assert says_unknown("Das wurde nicht erwähnt. Ocker?", "de")
    assert not abstains(asked, "Das wurde nicht erwähnt. Ocker?")


@pytest.mark.parametrize("code", OTHERS)
def test_odd_and_long_replies_take_no_time(code):
    for reply in HOSTILE:
        says_unknown(reply, code)
        refuses(reply, code)
        Contains().score(probe("温室 Kobalt", code), reply)


def test_a_file_of_phrases_with_a_heading_that_is_none_is_refused():
    with pytest.raises(TypeError, match="hole"):
        read_phrases("[hole]\nunknown")
