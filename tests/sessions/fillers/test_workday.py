from __future__ import annotations

import re
import subprocess
import sys
from itertools import islice

import pytest

from harness.core.draws import Draws
from harness.sessions.fillers.conformance import check_filler
from harness.sessions.fillers.workday import Workday
from harness.sessions.fillers.workday.catalogue import catalogue
from harness.sessions.leaks import LeakCheck
from harness.sessions.tokens import TokenCounter

MILLION = 1_000_000
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]*\s+|\n+")


def read(seed: object, turns: int):
    return list(islice(Workday().turns(Draws("test", seed)), turns))


def texts(turns):
    return [text for turn in turns for text in (turn.user, turn.assistant)]


@pytest.fixture(scope="module")
def turns():
    return read(1, 12_000)


@pytest.fixture(scope="module")
def counts(turns):
    return TokenCounter().count_texts(texts(turns))


def test_workday_keeps_the_law_of_fillers():
    check_filler(Workday())


def test_one_seed_gives_a_million_tokens_and_no_message_twice(turns, counts):
    assert sum(counts) >= MILLION
    assert len(set(texts(turns))) == 2 * len(turns)


@pytest.mark.parametrize(("tokens", "most"), [(200_000, 0.15), (MILLION, 0.3)])
def test_few_sentences_are_said_word_for_word_again(turns, counts, tokens, most):
    said: list[str] = []
    total = 0
    for text, count in zip(texts(turns), counts, strict=True):
        said += [s for s in _SENTENCE_END.split(text) if len(s.split()) >= 6]
        total += count
        if total >= tokens:
            break
    assert 1 - len(set(said)) / len(said) < most


def test_a_hundred_seeds_begin_with_a_hundred_different_messages():
    assert len({read(seed, 1)[0].user for seed in range(100)}) == 100


def test_answers_are_of_varied_length(counts):
    answers = sorted(counts[1::2])
    tenth = len(answers) // 10
    assert answers[tenth] <= 35
    assert answers[-tenth] >= 120
    assert answers[-1] <= 400


def test_another_process_with_another_hash_seed_writes_the_same():
    code = (
        "from harness.core.draws import Draws\n"
        "from harness.sessions.fillers.workday import Workday\n"
        "stream = Workday().turns(Draws('test', 7))\n"
        "print([next(stream) for _ in range(40)], Workday().identity())"
    )
    outputs = {
        subprocess.run(  # noqa: S603 -- our own interpreter
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_there_are_at_least_24_subjects_and_each_comes_before_one_returns():
    assert len(catalogue().subjects) >= 24
    assert all(
        len(subject.beats["beat"]) >= 2 and len(subject.beats["any"]) >= 12
        for subject in catalogue().subjects
    )


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("long numbers and codes", r"\d{4,}|\d[,.]\d{3}\b|\b[A-Z]{2,}-\d|\b(?:19|20)\d\d\b"),
        ("a slot that was not filled", r"\{[+^a-z]|\[[^\]\n]*\|[^\]\n]*\]"),
        (
            "a wrong article",
            (
                r"(?<!column )(?<!/)\b[Aa] (?:[aei]\w|hour|11\b|18\b|8)"
                r"|\b[Aa]n (?![aeiouhAEIOU8]|1[18]\b)\w"
            ),
        ),
        ("a doubled word or space", r"\b(the|a|an|to|of|in|that|is) \1\b|\S  +\S"),
        ("a full stop too many", r"(?<!\.)\.\.(?!\.)|[?!]\.|,\."),
        ("months", r"\b(?:January|February|April|October|November|December)\b"),
    ],
)
def test_the_text_holds_none_of(turns, what, pattern):
    prose = [re.sub(r"```.*?```|`[^`]*`", "Code", text, flags=re.DOTALL) for text in texts(turns)]
    found = [match[0] for text in prose if (match := re.search(pattern, text))]
    assert found == [], what


def test_what_scenarios_plant_comes_up_rarely(turns):
    planted = [
        "KX-4417", "brand voice", "the code name is", "art director", "error budget", "headline",
        "headlines", "constraint", "constraints", "sandwich", "Dolores Park", "secret",
        "exuberant", "matter-of-fact", "Maria Lopez", "14 March", "dry", "tender",
    ]  # fmt: skip
    check = LeakCheck(planted)
    assert sum(map(check.holds, texts(turns[:3_000]))) <= 2


def test_every_line_starts_with_a_capital_a_digit_or_a_mark(turns):
    prose = [re.sub(r"```.*?```", "", text, flags=re.DOTALL) for text in texts(turns)]
    small = [
        text for text in prose if text[:1].islower() or re.search(r"[.?!] (?!code)[a-z]\w+", text)
    ]
    assert small == []
