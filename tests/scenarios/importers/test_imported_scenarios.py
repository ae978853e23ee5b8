"""Conversations with questions as scenarios: what stands in the file, and how it runs."""

from __future__ import annotations

import json

import pytest
import yaml

from harness.core.messages import Message
from harness.core.transcript import Asked, Transcript
from harness.scenarios import load, problems
from harness.scenarios.importers.scenario import scenario
from harness.scenarios.importers.turns import exchanges
from harness.scenarios.importers.yaml_text import dump
from harness.scoring.gold import grading
from tests.scenarios.importers.conftest import FILES
from tests.support.command import harness, the_run


def talk(*texts, breaks=(), asked=(), first="user"):
    sides = ("user", "assistant") if first == "user" else ("assistant", "user")
    said = tuple(Message(sides[i % 2], text) for i, text in enumerate(texts))
    return Transcript(id="t", messages=said, breaks=breaks, asked=asked)


def question(ask, answer, evidence=(0,)):
    return Asked(id="q", ask=ask, answers=(answer,) if answer else (), evidence=evidence)


@pytest.fixture
def written(tmp_path):
    def _written(one, **options):
        data, skipped = scenario(one, "talk", grading, **options)
        assert data is not None, skipped
        path = tmp_path / "talk.yaml"
        path.write_text(dump(data), encoding="utf-8")
        assert problems(path) == []
        return load(path)

    return _written


def test_the_script_is_the_conversation_word_for_word(written, fixture):
    (one,), _ = fixture("locomo")
    made = written(one)
    said = [text for step in made.script if step.user for text in (step.user, step.assistant)]
    assert [text for text in said if text != "(no message)"] == [
        message.text for message in one.messages
    ]
    assert [step.says for step in made.script if step.says] == [
        ("f1-q1", "f5-q5"), ("f2-q2",), ("f2-q2", "f3-q3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["{value} and {other}", "yes", "2024-01-01", "a: b # c", "- x\n\n  y\n", "\ttab\nline", "'\"",
     "\x07bell", "é\u2028ü\u0085", "| >", "0123", "# no comment", " lead", "{a: b}", "\U0001f600"],
)  # fmt: skip
def test_any_text_of_a_conversation_can_stand_in_the_file(written, text):
    one = talk(f"My cat is Tom. {text}", text, asked=(question(f"Cat {text}?", "Tom"),))
    made = written(one)
    said = [f"My cat is Tom. {text}", text]
    said = [one.strip().replace("{value}", "{ value }") for one in said]
    assert [made.script[0].user, made.script[0].assistant] == said


def test_a_side_that_is_silent_gets_words_in_brackets():
    one = talk("Hello.", "My dog is Rex.", "Bye.", first="assistant")
    _, turns, _ = exchanges(one)
    assert [turn.step for turn in turns] == [
        {"user": "(no message)", "assistant": "Hello."},
        {"user": "My dog is Rex.", "assistant": "Bye."},
    ]
    _, turns, _ = exchanges(talk("a", "b", "c", breaks=(1,)))
    assert [tuple(turn.step.values()) for turn in turns] == [
        ("a", "(no answer)"), ("(no message)", "b"), ("c", "(no answer)"),
    ]  # fmt: skip
    assert [turn.begins for turn in turns] == [False, True, False]


def test_the_first_system_message_is_the_prompt_and_later_ones_are_counted():
    said = [("system", "Be brief."), ("user", "a"), ("system", "Now"), ("assistant", "b")]
    one = Transcript(id="t", messages=tuple(Message(*pair) for pair in said))
    system, turns, later = exchanges(one)
    assert (system, later) == ("Be brief.", 1)
    assert [tuple(turn.step.values()) for turn in turns] == [("a", "b")]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (question("Why?", "Because it rained for days and nobody had a coat"), "longer than 8"),
        (question("What then?", "She went to the market at noon"), "its answer is a sentence"),
        (question("Red or blue?", "red"), "its answer stands in it"),
        (question("Which?", "?!"), "its answer has no letter or digit"),
        (question("Which?", "red", evidence=()), "its evidence is not in the conversation"),
    ],
)
def test_a_question_that_nobody_could_grade_is_left_out_with_its_reason(asked, reason):
    data, (skipped,) = scenario(talk("It was red.", "I see.", asked=(asked,)), "talk", grading)
    assert data is None
    assert reason in skipped.what


def test_checkpoints_ask_what_was_said_by_then(written):
    asked = (
        Asked(id="early", ask="Which cat?", answers=("Tom",), evidence=(0,)),
        Asked(id="late", ask="Which dog?", answers=("Rex",), evidence=(6,)),
    )
    one = talk("My cat is Tom.", "b", "c", "d", "e", "f", "My dog is Rex.", "h", asked=asked)
    probes = [step.probe for step in written(one, checkpoints=4).script if not step.user]
    assert probes == ["f1-early"] * 4 + ["f2-late"]


def test_longmemeval_and_locomo_run_as_scenarios(tmp_path):
    for name in ("longmemeval", "locomo"):
        done = harness("import", FILES[name], "-o", tmp_path / name, "--checkpoints", 2)
        assert done.code == 0, done.err
    assert harness("validate", tmp_path / "longmemeval", tmp_path / "locomo").code == 0
    run = harness(
        "run", tmp_path / "longmemeval", tmp_path / "locomo", "-m", "reference/perfect",
        "-w", "600,190", "--policy", "drop_oldest", "-M", "max_tokens=32", "--seeds", 3, "-q",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert run.code == 0, run.err
    lines = (the_run(tmp_path / "out") / "records.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert {row["seed"] for row in rows} == {0}  # a conversation is one session
    assert {row["scenario"] for row in rows} == {
        "e47becba", "6a1eabeb", "gpt4_70e84552_abs", "conv-26",
    }  # fmt: skip
    son = [row for row in rows if row["fact"] == "f1-q1" and row["arm"] == "main"]
    at_ease = [row for row in son if row["window_limit"] == 600]
    assert [row["score"] for row in at_ease] == [1.0, 1.0]
    assert min(row["fill_requested"] for row in at_ease) < 0.4
    tight = max((row for row in son if row["window_limit"] == 190), key=lambda row: row["fill"])
    assert (tight["outcome"], tight["in_view"]) == ("evicted", False)
    never = [row for row in rows if row["probe_kind"] == "abstain" and row["arm"] == "main"]
    assert never
    assert all(row["score"] == 1.0 for row in never)
    arms = {row["arm"] for row in rows if row["fact"] == "f3-q3"}
    assert {"main", "closed_book", "needle_only"} <= arms
    removed = [row for row in rows if row["arm"] == "fact_removed"]
    assert removed
    assert all(row["score"] == 1.0 for row in removed)  # rightly not known


def test_evidence_in_two_turns_is_in_view_when_both_are(written):
    from harness.core.window import Window
    from harness.sessions.build import build
    from harness.sessions.layouts import blueprints
    from harness.sessions.materials import Materials, Workshop

    one = talk(
        "I was born in Kiel.", "b", "c", "d", "I moved from there to Bremen.", "f",
        asked=(question("Where did I move from?", "Kiel", (0, 4)),),
    )  # fmt: skip
    materials = Materials(written(one), 0, Workshop())
    (blueprint,) = blueprints(materials, Window(400, 32))
    plants = build(blueprint, materials).plants
    assert [(plant.message, plant.ordinal, plant.value.text) for plant in plants] == [
        (0, 0, "Kiel"), (4, 1, "Kiel"),
    ]  # fmt: skip


def test_conversations_without_questions_make_no_scenario_and_no_folder(tmp_path):
    done = harness("import", FILES["sharegpt"], "-o", tmp_path / "folder")
    assert done.code == 5
    assert "there is no scenario to write: -o x.jsonl makes filler" in done.err
    assert not (tmp_path / "folder").exists()


def test_several_conversations_need_a_folder(tmp_path):
    done = harness("import", FILES["longmemeval"], "-o", tmp_path / "x.yaml")
    assert done.code == 4
    assert "several conversations have questions; give a folder" in done.err
    assert list(tmp_path.iterdir()) == []
    assert (
        harness("import", FILES["longmemeval"], "-o", tmp_path / "x.yaml", "--limit", 1).code == 0
    )
    assert yaml.safe_load((tmp_path / "x.yaml").read_text("utf-8"))["name"] == "x"


def test_a_scenario_that_is_there_is_kept(tmp_path):
    assert harness("import", FILES["locomo"], "-o", tmp_path).code == 0
    done = harness("import", FILES["locomo"], "-o", tmp_path)
    assert done.code == 4
    assert "conv-26.yaml is there already; give another path, or --force" in done.err
    assert harness("import", FILES["locomo"], "-o", tmp_path, "--force").code == 0


def test_compactions_begin_fresh_sessions_and_what_they_lost_is_lost_in_memory(tmp_path):
    lines = FILES["claude-code"].read_text(encoding="utf-8")
    lines = lines.replace(
        "Done: 210 lines, 14 tests pass.",
        "Python modules came to 210 lines altogether, sketches included.",
    )
    log = tmp_path / "log.jsonl"
    log.write_text(lines, encoding="utf-8")
    draft = tmp_path / "draft.yaml"
    assert harness("init", "--from", log, draft, "--checkpoints", 3).code == 0
    made = load(draft)
    assert [step.new_session for step in made.script if step.new_session] == [("system", "memory")]
    assert [step.probe for step in made.script if step.probe] == ["f1-number-1"] * 2
    out = tmp_path / "out"
    run = harness("run", draft, "-m", "reference/perfect", "-w", "1k", "-q", "--out", out)
    assert run.code == 0, run.err
    rows = map(json.loads, (the_run(out) / "records.jsonl").read_text("utf-8").splitlines())
    main = sorted((row["session_number"], row["outcome"]) for row in rows if row["arm"] == "main")
    assert main == [(1, "recalled"), (2, "lost_in_memory")]


def test_sessions_of_a_data_set_are_one_session_unless_asked(fixture):
    (one, *_), _ = fixture("longmemeval")
    for wanted, boundaries in ((None, 0), (False, 0), (True, 2)):
        data, _ = scenario(one, "x", grading, new_sessions=wanted)
        assert sum("new_session" in step for step in data["script"]) == boundaries
