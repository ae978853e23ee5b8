"""A kind of question that somebody else wrote: one file beside their scenario, named in YAML."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from werkzeug import Response

from harness.core.errors import UsageError
from harness.core.scenario import Question
from harness.core.spec import Spec
from harness.kinds.answers import guess
from harness.runs.planning.named_code import load_code_of
from harness.scenarios import load_all
from tests.support.command import harness, the_run

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug import Request

ORDER = '''\
"""The kind `order`: which of several facts was said first."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Order:
    """Answers are the question's own values, one for each fact, in the order of `about`."""

    facts: ClassVar[tuple[int, int | None]] = (2, None)
    score: ClassVar[str] = "choice"
    counts: ClassVar[str] = "recall"

    def sayings(self, facts, /):
        return 1, 1

    def needs(self, question, said, /):
        return said

    def expected(self, question, said, drawn, /):
        if len(question.values) != len(question.about):
            raise ValueError("give one of 'values' for each fact in 'about'")
        return [question.values[question.about.index(plant.fact)] for plant in said[:1]]

    def guess(self, question, /):
        return 1 / len(question.about)
'''

SCENARIO = """\
schema: 1
name: two-calls
facts:
  - id: voice
    say: "From the art director: the brand voice has to be {value}."
    values: {generate: word}
    ask: "Which brand voice did the art director ask for?"
  - id: launch
    say: "From the client: we launch on {value}."
    values: {generate: date}
questions:
  - id: first
    kind: "order_kind:Order"
    about: [voice, launch]
    ask: "Which came first, what the director said or what the client said?"
    values: [director, client]
fills: [0.04, 0.3, 0.8]
"""

SAID = {"director": "From the art director:", "client": "From the client:"}
KIND = "order_kind:Order"


def reads(messages: list[dict[str, str]]) -> str:
    """The right answer by reading alone; that it is not known where it was not said."""
    *before, question = messages
    text = "\n".join(message["content"] for message in before)
    places = {name: text.find(said) for name, said in SAID.items()}
    if "came first" in question["content"]:
        said = sorted((place, name) for name, place in places.items() if place >= 0)
        return f"The {said[0][1]} did." if len(said) == len(SAID) else "I don't know."
    found = re.search(r"the brand voice has to be (.+?)\.", text)
    return found.group(1) if found else "I don't know."


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    (tmp_path / "order_kind.py").write_text(ORDER)
    (tmp_path / "two-calls.yaml").write_text(SCENARIO)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def served(httpserver, answer):
    def handle(request: Request) -> Response:
        messages = json.loads(request.get_data())["messages"]
        text = answer(messages)
        tokens = sum(len(message["content"]) // 4 for message in messages)
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": text},
            "finish_reason": "stop",
        }
        body = {
            "id": "x",
            "object": "chat.completion",
            "model": "reads",
            "choices": [choice],
            "usage": {"prompt_tokens": tokens, "completion_tokens": 5, "total_tokens": tokens + 5},
        }
        return Response(json.dumps(body), content_type="application/json")

    httpserver.expect_request("/v1/chat/completions").respond_with_handler(handle)


def run(project, httpserver, *more):
    result = harness(
        "run", "two-calls.yaml", "-m", "openai/reads", "-w", "3k", "--seeds", 4,
        "-M", f"api_base={httpserver.url_for('/v1')}", "-M", "api_key=sk-x", "--no-cache",
        "--out", project / "out", "-q", *more,
        cwd=project,
    )  # fmt: skip
    assert result.code == 0, result.err
    lines = (the_run(project / "out") / "records.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_kind_in_one_file_is_named_in_yaml_and_run_end_to_end(project, httpserver):
    served(httpserver, reads)
    records = run(project, httpserver)
    asked = [r for r in records if r["question_id"] == "first" and r["arm"] == "main"]
    assert {(r["fact"], r["probe_kind"], r["counts"], r["guess"]) for r in asked} == {
        ("voice+launch", KIND, "recall", 0.5)
    }
    assert {r["probe"].partition("@")[0] for r in asked} == {"first"}
    assert {r["score"] for r in asked} == {1.0}
    assert all(len(r["plant_messages"]) == 2 for r in asked)
    # which of the two is said first differs between the seeds, or a constant would be right
    assert {tuple(r["expected"]) for r in asked} == {("director",), ("client",)}
    # under a control nobody was told either, so that the right answer is to say so
    told = [r for r in records if r["question_id"] == "first" and r["arm"] == "closed_book"]
    assert told
    assert {(r["outcome"], tuple(r["expected"])) for r in told} == {("abstained", ())}


def test_a_reader_who_always_says_the_same_is_right_half_the_time(project, httpserver):
    served(httpserver, lambda _: "The director did.")
    records = run(project, httpserver, "--no-controls")
    scores = [r["score"] for r in records if r["question_id"] == "first"]
    assert 0.0 < sum(scores) / len(scores) < 1.0


def test_a_report_needs_no_kind_to_be_read(project, httpserver):
    served(httpserver, reads)
    run(project, httpserver)
    (project / "order_kind.py").unlink()
    found = harness("report", the_run(project / "out"), cwd=project)
    assert found.code == 0, found.err
    assert "100" in found.out


def test_validate_says_what_is_asked(project):
    found = harness("validate", "--trust-code", "two-calls.yaml", cwd=project)
    assert found.out == (
        f"two-calls.yaml: two-calls: 2 facts, 2 questions (1 {KIND}, 1 recall)\n"
    ), found.err


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("order_kind:Order", "ordre", "13:11: unknown kind 'ordre'"),
        ("order_kind:Order", "order_kind:Ordre", "13:11: kind 'order_kind:Ordre' does not load"),
        (
            "[voice, launch]",
            "[voice, lunch]",
            "14:20: unknown fact 'lunch': did you mean 'launch'?",
        ),
        ("[voice, launch]", "[voice, voice]", "14:20: fact 'voice' stands twice in 'about'"),
        ("[voice, launch]", "voice", "12:5: a question of kind order_kind:Order is about at least"),
        ("id: first", "id: voice", "12:9: 'voice' is the id of a fact already (line 4)"),
        ("[director, client]", "[director]", "12:9: question 'first': give one of 'values' for"),
        (
            '    ask: "Which came first, what the director said or what the client said?"\n',
            "",
            "12:5: key 'ask' is missing",
        ),
        (
            "questions:\n",
            'questions:\n  - {id: first, about: launch, ask: "When?"}\n',
            "13:9: question 'first' is given twice, first in line 12",
        ),
        ("about: [voice, launch]", "about: [voice]", "8:9: nothing asks about fact 'launch'"),
    ],
)
def test_what_is_wrong_with_a_question_is_told_where_it_stands(project, old, new, told):
    file = project / "two-calls.yaml"
    file.write_text(SCENARIO.replace(old, new, 1))
    found = harness("validate", "--trust-code", file, cwd=project)
    assert found.code == 4
    assert f"{file}:{told}" in found.err


def test_to_look_at_a_file_imports_no_kind(project):
    (project / "order_kind.py").write_text("raise SystemExit('imported')\n")
    scenario = SCENARIO.replace("order_kind:Order", "kind_of_nobody:Order")
    (project / "two-calls.yaml").write_text(scenario)
    validate = harness("validate", "two-calls.yaml", cwd=project)
    assert validate.code == 0, validate.err
    assert (
        "note: code that was not imported, and so not checked: kind_of_nobody:Order (kind, named"
        " in two-calls.yaml); harness run imports it, and so does --trust-code"
    ) in validate.err
    given = ("two-calls.yaml", "-m", "reference/perfect", "-w", "2k", "--seeds", 1)
    plan = harness("plan", *given, cwd=project)
    assert plan.code == 0, plan.err
    assert "harness run would import and call code: kind_of_nobody:Order (kind" in plan.err
    for command in (("plan", "--trust-code"), ("run", "--out", project / "out")):
        done = harness(*command, *given, cwd=project)
        assert done.code == 4
        assert "two-calls.yaml:13:11: kind 'kind_of_nobody:Order' does not load" in done.err


def test_what_stands_for_a_kind_that_nobody_imported_scores_nothing():
    question = Question(id="first", kind=Spec("nobody:Kind"), ask=("?",), about=("a",))
    with pytest.raises(UsageError, match="kind 'nobody:Kind' is code that was not imported"):
        guess(question)


def test_a_plan_with_the_code_is_that_of_the_run(project):
    text = ORDER.replace("return 1, 1", "return 2, 2")
    (project / "order_twice.py").write_text(text.replace("said[:1]", "said[1:2]"))
    (project / "two-calls.yaml").write_text(SCENARIO.replace("order_kind:", "order_twice:"))
    (without,) = load_all([project / "two-calls.yaml"])
    assert [fact.pick for fact in without.facts] == [1, 1]
    loaded = load_code_of(without)
    assert [fact.pick for fact in loaded.facts] == [2, 2]
    assert loaded.hash == load_all([project / "two-calls.yaml"])[0].hash != without.hash
