"""The built-in filler in the languages that it has text in."""

from __future__ import annotations

from itertools import islice

import pytest

from harness.core.draws import Draws
from harness.core.errors import UsageError
from harness.core.scenario import FillerSpec
from harness.models.reference.text import language_of
from harness.sessions.fillers import LANGUAGES, Workday, filler_note, make_filler
from harness.sessions.fillers.closers import Closers
from harness.sessions.fillers.conformance import check_filler
from harness.sessions.tokens import TokenCounter

OTHERS = [code for code in LANGUAGES if code != "en"]


@pytest.mark.parametrize("code", OTHERS)
def test_the_filler_of_a_language_keeps_the_law_of_fillers(code):
    check_filler(Workday(code))


@pytest.mark.parametrize("code", OTHERS)
def test_no_message_comes_twice_in_a_long_session_and_most_sound_like_the_language(code):
    turns = list(islice(Workday(code).turns(Draws("long", 7)), 1500))
    said = [text for turn in turns for text in (turn.user, turn.assistant)]
    assert len(set(said)) == len(said)
    heard = [language_of(text) == code for text in said if len(text) > 30]
    assert sum(heard) >= 0.97 * len(heard)


def test_a_scenario_is_filled_in_its_language_unless_the_filler_says_another():
    assert make_filler(FillerSpec(), "de") == Workday("de")
    assert make_filler(FillerSpec(), "en") == Workday()
    assert make_filler(FillerSpec(), "ko") == Workday()
    assert make_filler(FillerSpec(name="workday?language=es"), "de") == Workday("es")


def test_a_language_without_text_is_refused_where_it_is_asked_for_by_name():
    with pytest.raises(UsageError, match="there is text in en, de, es, zh, ja"):
        make_filler(FillerSpec(name="workday?language=fr"))


@pytest.mark.parametrize("code", OTHERS)
def test_remarks_of_every_length_are_there_more_than_once(code):
    counter = TokenCounter()
    closers, used = Closers(counter.count_text, code), set()
    for tokens in range(4, 81):
        for again in range(3):
            turn = closers.pair(tokens, Draws("close", tokens, again), used)
            assert turn is not None, tokens
            assert counter.count_text(turn.user) + counter.count_text(turn.assistant) == tokens


def test_what_has_no_filler_of_its_own_is_told(scenario_in):
    assert "no Korean text" in filler_note(scenario_in("ko"))
    assert filler_note(scenario_in("de")) == ""


@pytest.fixture
def scenario_in(tmp_path):
    from harness.scenarios import load

    def make(code):
        file = tmp_path / f"{code}.yaml"
        file.write_text(
            f"schema: 1\nname: x\nlanguage: {code}\nfacts:\n"
            "  - {id: a, say: '{value}!', ask: '?', values: {generate: code}}\n",
            encoding="utf-8",
        )
        return load(file)

    return make
