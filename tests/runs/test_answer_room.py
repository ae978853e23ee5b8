from __future__ import annotations

import json
from dataclasses import replace

import pytest

from harness.core.errors import FileError
from harness.core.study import Study
from harness.core.window import Window
from harness.runs.answer_room import AnswerRoom, Rooms, first_reserve
from tests.support.records import make_record

MODEL = "openai/zoo"


def study(**options):
    pairs = tuple(sorted(options.items()))
    return Study(scenarios=(), models=(MODEL,), options=pairs)


def seen(arm="needle_only", **fields):
    record = make_record(model=MODEL, arm=arm)
    return replace(record, **{"completion_tokens": 300, "thinking": "Hm.", **fields})


def test_a_model_that_is_seen_to_think_gets_room_from_the_next_stage_on():
    notes = []
    room = AnswerRoom(study(), tell=notes.append)
    assert room.rooms(MODEL) == Rooms()
    room.observe(seen())
    room.settle(MODEL, "bare")
    assert room.rooms(MODEL) == Rooms(opening=1024, main=1024)
    room.observe(seen(arm="main", completion_tokens=1500))
    room.settle(MODEL, "opening")
    assert room.rooms(MODEL) == Rooms(opening=1024, main=4096)
    assert len(notes) == 1
    assert notes[0].startswith("openai/zoo thinks before it answers")


@pytest.mark.parametrize(
    "fields",
    [
        {"thinking": None, "completion_tokens": 12},
        {"thinking": None, "completion_tokens": 9, "cut": "broken_off"},
    ],
)
def test_a_model_that_answers_at_once_keeps_the_usual_room(fields):
    room = AnswerRoom(study())
    room.observe(seen(**fields))
    room.settle(MODEL, "bare")
    room.settle(MODEL, "opening")
    assert room.rooms(MODEL) == Rooms()


@pytest.mark.parametrize(
    "fields",
    [
        {"thinking": None, "cut": "length"},
        {"thinking": None, "thinking_tokens": 40, "completion_tokens": 60},
        {"thinking": None, "completion_tokens": 700},
    ],
)
def test_thinking_is_seen_by_what_is_cut_counted_or_long(fields):
    room = AnswerRoom(study())
    room.observe(seen(**fields))
    room.settle(MODEL, "bare")
    assert room.rooms(MODEL).main >= 1024


@pytest.mark.parametrize("said", ["64", "none"])
def test_what_the_user_says_of_the_answer_stays(said):
    room = AnswerRoom(study(max_tokens=said))
    room.observe(seen())
    room.settle(MODEL, "bare")
    assert room.rooms(MODEL) == Rooms()
    assert first_reserve(study(max_tokens=said), "openai/gpt-5", 100_000) == (
        64 if said == "64" else 128
    )


def test_room_is_an_eighth_of_the_window_at_most():
    rooms = Rooms(main=4096)
    assert rooms.window(Window(8000, 128), "main").reserve == 1000
    assert rooms.window(Window(128_000, 128), "main").reserve == 4096
    assert rooms.window(Window(8000, 128), "bare").reserve == 128


def test_the_catalogue_says_which_models_think():
    assert first_reserve(study(), "openai/gpt-5", 100_000) == 4096
    assert first_reserve(study(), "openai/gpt-4o", 100_000) == 128
    assert first_reserve(study(), "anthropic/claude-sonnet-4-5", 100_000) == 128
    assert first_reserve(study(reasoning_effort="high"), "openai/mine", 100_000) == 4096
    assert first_reserve(study(reasoning_effort="none"), "openai/gpt-5", 100_000) == 128


def test_a_run_that_goes_on_knows_what_was_settled(tmp_path):
    path = tmp_path / "answer_room.json"
    room = AnswerRoom(study(), path)
    room.observe(seen())
    room.settle(MODEL, "bare")
    notes = []
    again = AnswerRoom(study(), path, notes.append)
    assert again.rooms(MODEL) == room.rooms(MODEL)
    again.settle(MODEL, "opening")
    assert notes == []
    assert json.loads(path.read_text())["models"] == {MODEL: {"opening": 1024}}


@pytest.mark.parametrize("text", ["", "[]", '{"models": {"m": {"main": "x"}}}', '{"models": []}'])
def test_a_damaged_file_is_told(tmp_path, text):
    path = tmp_path / "answer_room.json"
    path.write_text(text)
    with pytest.raises(FileError, match="does not say how much room answers need"):
        AnswerRoom(study(), path)
