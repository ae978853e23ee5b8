"""`harness probe`: a real session is forked as it grows, and what stood in it is asked."""

from __future__ import annotations

import json
import shutil
import zipfile

import pytest
import yaml

from harness.analysis.onset.estimate import estimate_onset
from harness.analysis.records import read_records
from harness.core.text import places, words
from harness.runs.folder.reader import sent_messages
from harness.runs.meter.amend import Settlement
from harness.scenarios import load
from tests.support.claude_code_log import claude_code_log
from tests.support.command import harness, the_run
from tests.support.openai_server import OpenAIServer

FADING = "reference/fading?onset=0.6&limit=8000"


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """A folder with a log of 9,000 tokens, questions about it, and a run of them."""
    folder = tmp_path_factory.mktemp("day")
    (folder / "day.jsonl").write_text(claude_code_log(10_500), encoding="utf-8")
    proposed = harness("probe", "day.jsonl", "--propose", "q.yaml", cwd=folder)
    assert proposed.code == 0, proposed.err
    ran = harness("probe", "day.jsonl", "--run", "q.yaml", "-m", FADING, cwd=folder)
    assert ran.code == 0, ran.err
    return folder, proposed, ran


@pytest.fixture(scope="module")
def rows(day):
    text = (the_run(day[0] / "results") / "records.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_each_proposed_answer_stands_in_the_log_once_and_in_no_question(day):
    folder, proposed, _ = day
    asked = yaml.safe_load((folder / "q.yaml").read_text("utf-8"))["questions"]
    assert len(asked) >= 20
    assert f"q.yaml: {len(asked)} questions about conversation 'day'" in proposed.out
    assert "harness probe day.jsonl --run q.yaml -m MODEL" in proposed.out
    events = map(json.loads, (folder / "day.jsonl").read_text("utf-8").splitlines())
    said = [json.dumps(event["message"]["content"]) for event in events]
    for one in asked:
        answer = words(one["answer"])
        assert sum(len(places(words(text), answer)) for text in said) == 1
        assert not any(places(words(other["ask"]), answer) for other in asked)


def test_a_reader_of_known_onset_is_found_out_on_a_log(day):
    found = estimate_onset(read_records(the_run(day[0] / "results")))
    assert found.verdict == "detected"
    assert found.lo is not None
    assert found.hi is not None
    assert found.lo <= 0.6 <= found.hi


def test_a_reader_that_forgets_nothing_has_no_onset_on_a_log(day, tmp_path):
    folder, *_ = day
    done = harness(
        "probe", folder / "day.jsonl", "--run", folder / "q.yaml", "-m", "reference/perfect",
        "-w", "8k", "--forks", 4, "-q", "--out", tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    found = estimate_onset(read_records(the_run(tmp_path)))
    assert found.verdict in {"not_reached", "cannot_tell"}
    assert found.onset is None


def test_intervals_are_over_the_questions_and_positions_are_those_of_the_messages(rows, day):
    main = [row for row in rows if row["arm"] == "main"]
    assert {row["session"] for row in main} == {f"q/0/{row['question_id']}" for row in main}
    assert "where a report says sessions, these are the questions" in day[2].out
    folder = the_run(day[0] / "results")
    row = main[-1]
    sent = sent_messages(folder, row)
    (at,) = row["plant_messages"]
    assert words(row["expected"][0])[0] in words(sent[at].text)
    assert len({row["fill_requested"] for row in main}) >= 10
    assert {row["arm"] for row in rows} == {"main", "closed_book", "needle_only", "fact_removed"}


def test_the_tools_of_the_log_are_sent_as_tools(rows, day):
    row = max((row for row in rows if row["arm"] == "main"), key=lambda row: row["fill"])
    sent = sent_messages(the_run(day[0] / "results"), row)
    assert {message.role for message in sent} == {"user", "assistant", "tool"}
    assert sum(len(message.calls) for message in sent) == sum(m.role == "tool" for m in sent) > 20


def test_what_the_model_answers_without_the_log_does_not_count(rows):
    known = rows[-1]["question_id"]

    def told(row):
        return row["arm"] == "closed_book" and row["question_id"] == known

    lines = [row | {"outcome": "recalled", "score": 0.0} if told(row) else row for row in rows]
    settled = list(Settlement(lines).amended(lines))
    apart = {row["question_id"] for row in settled if row["counts"] == "apart"}
    assert apart == {known}
    assert all(row["counts"] == "recall" for row in settled if row["arm"] == "closed_book")
    # And back, should the control be asked again and tell otherwise.
    again = [row | {"outcome": "abstained"} if told(row) else row for row in settled]
    assert {row["counts"] for row in Settlement(again).amended(again)} == {"recall"}


class Knowing(OpenAIServer):
    """A reader who knows who owns the billing export without being told."""

    def _answer(self, body):
        answer = super()._answer(body)
        if "owner of the billing export" in body["messages"][-1]["content"]:
            answer["choices"][0]["message"]["content"] = "Tomas Lindqvist"
        return answer


def test_the_command_says_which_questions_a_model_needs_no_log_for(tmp_path, httpserver):
    server = Knowing(httpserver)
    said = [
        "The owner of the billing export is called Tomas Lindqvist, ask there first.",
        "The limit for the coin purse should be 4711 rows in one go, I think.",
        "Please keep in mind that the mail reader ships by 5 March 2029 at the latest.",
    ]
    sides = ("user", "assistant")
    chat = {"messages": [{"role": sides[i % 2], "content": t} for i, t in enumerate([*said, "ok"])]}
    (tmp_path / "talk.jsonl").write_text(f"{json.dumps(chat)}\n", encoding="utf-8")
    assert harness("probe", "talk.jsonl", "--propose", "q.yaml", cwd=tmp_path).code == 0
    done = harness(
        "probe", "talk.jsonl", "--run", "q.yaml", "-m", "openai/served", "-w", "2k", "-q",
        "-M", f"api_base={server.api_base}", "-M", "api_key=none", "--no-cache", cwd=tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert (
        "not counted: 1 of 3 questions, which openai/served answers without the log: f1-name-1"
    ) in done.out


def test_a_log_longer_than_the_window_is_forked_where_it_fits(day, tmp_path):
    folder, *_ = day
    done = harness(
        "probe", folder / "day.jsonl", "--run", folder / "q.yaml", "-m", "reference/perfect",
        "-w", "3k", "--forks", 2, "-q", "--out", tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "note: the window does not hold the whole log: it is forked in its first 2," in done.err
    assert "question about what stands past the last fork" in done.err
    lines = (the_run(tmp_path) / "records.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["status"] for line in lines} == {"ok"}


def test_without_questions_they_are_proposed_and_the_next_step_is_said(day, tmp_path):
    log = day[0] / "day.jsonl"
    done = harness("probe", log, "-m", "reference/perfect", "--questions", 3, cwd=tmp_path)
    assert done.code == 0, done.err
    assert "day.questions.yaml: 3 questions" in done.out
    then = f"harness probe {log} --run day.questions.yaml -m reference/perfect"
    assert then in done.out
    again = harness("probe", log, "-m", "reference/perfect", cwd=tmp_path)
    assert again.code == 4
    assert f"day.questions.yaml is there already; ask them: {then}" in again.err


def test_a_log_comes_as_a_folder_or_an_archive_too(day, tmp_path):
    log = day[0] / "day.jsonl"
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(log, folder)
    with zipfile.ZipFile(tmp_path / "day.zip", "w") as archive:
        archive.write(log, "day.jsonl")
    for number, given in enumerate((folder, tmp_path / "day.zip")):
        done = harness("probe", given, "--propose", f"{number}.yaml", cwd=tmp_path)
        assert done.code == 0, done.err
    written = [(tmp_path / f"{number}.yaml").read_text("utf-8") for number in range(2)]
    assert [yaml.safe_load(text)["digest"] for text in written] == [
        yaml.safe_load((day[0] / "q.yaml").read_text("utf-8"))["digest"]
    ] * 2


def edited(folder, change):
    data = yaml.safe_load((folder / "q.yaml").read_text("utf-8"))
    change(data)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["questions"][0].update(answer="nobody"), "does not stand in the log"),
        (lambda d: d["questions"][0].update(answer="limit"), "stands more than once in the log"),
        (lambda d: d["questions"][0].update(answer="a b c d e f g h i"), "not one to 8 words"),
        (
            lambda d: d["questions"][0].update(accept=[d["questions"][1]["answer"]]),
            "answer whose other spelling stands elsewhere in the log",
        ),
        (
            lambda d: d["questions"][0].update(ask=f"Is it {d['questions'][0]['answer']}?"),
            "question that holds its answer",
        ),
        (
            lambda d: d["questions"][0].update(ask=f"Not {d['questions'][1]['answer']}, but?"),
            "question that holds the answer to another",
        ),
        (lambda d: d["questions"][1].update(id=d["questions"][0]["id"]), "is given twice; rename"),
        (lambda d: d["questions"][0].update(aks="x"), "unknown key 'aks'"),
        (lambda d: d.update(digest="x"), "are about another log, or"),
    ],
)
def test_questions_that_do_not_hold_are_refused_at_their_place(day, tmp_path, change, said):
    folder, *_ = day
    path = tmp_path / "mine.yaml"
    path.write_text(edited(folder, change), encoding="utf-8")
    done = harness("probe", folder / "day.jsonl", "--run", path, "-m", "reference/perfect")
    assert done.code == 4
    assert said in done.err
    assert "mine.yaml" in done.err
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_done_is_said(day, tmp_path):
    log = day[0] / "day.jsonl"
    both = harness("probe", log, "--propose", "a.yaml", "--run", "b.yaml", cwd=tmp_path)
    assert (both.code, "are two steps: give one of them" in both.err) == (4, True)
    gone = harness("probe", log, "--run", "gone.yaml", "-m", "reference/perfect", cwd=tmp_path)
    assert (gone.code, "cannot read gone.yaml" in gone.err) == (4, True)
    (tmp_path / "l.yaml").write_text("- a\n", encoding="utf-8")
    list_ = harness("probe", log, "--run", "l.yaml", "-m", "reference/perfect", cwd=tmp_path)
    assert (list_.code, "l.yaml:1:1: this is no list of questions" in list_.err) == (4, True)
    (tmp_path / "b.yaml").write_bytes(b"\xff")
    bytes_ = harness("probe", log, "--run", "b.yaml", "-m", "reference/perfect", cwd=tmp_path)
    assert (bytes_.code, "b.yaml is not UTF-8 text" in bytes_.err) == (4, True)
    (tmp_path / "dull.md").write_text("User: hello\n\nAssistant: hello\n", encoding="utf-8")
    dull = harness("probe", "dull.md", cwd=tmp_path)
    assert (dull.code, "nothing was found in conversation '1' that stands" in dull.err) == (5, True)


def test_the_scenario_of_a_log_says_that_its_questions_are_sampled(day):
    made = load(min(day[0].glob("q.scenario-*.yaml")))
    assert made.sample == "questions"
    assert any(step.calls for step in made.script)


def test_a_run_of_a_log_can_be_gone_on_with_though_it_was_probed_otherwise_since(day):
    done = harness("run", "--resume", "latest", "-q", cwd=day[0])
    assert done.code == 0, done.err
