"""`harness init --from`: a conversation becomes a draft that is valid as it stands."""

from __future__ import annotations

import json

import pytest

from harness.scenarios import load
from tests.scenarios.importers.conftest import FILES
from tests.scenarios.importers.test_propose import SAID, entry
from tests.support.command import harness, the_run
from tests.support.openai_server import Fault, OpenAIServer


@pytest.fixture
def chats(tmp_path):
    sides = ("user", "assistant")
    said = [{"role": sides[i % 2], "content": text} for i, text in enumerate(SAID)]
    lines = [
        {"messages": said[:2], "id": "short"},
        {"messages": said, "id": "long", "title": "A b"},
    ]
    path = tmp_path / "chats.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def test_the_draft_of_the_longest_conversation_is_valid_and_runs(chats, tmp_path):
    out = tmp_path / "draft.yaml"
    done = harness("init", "--from", chats, out)
    assert done.code == 0, done.err
    first, second, *_ = done.out.splitlines()
    assert first == f"{out}: 4 facts of conversation 'long' (10 messages)"
    assert second == f"  1 more in {chats}: choose one with --conversation ID or its number"
    assert out.read_text(encoding="utf-8").startswith("# A draft, made from chats.jsonl (A b): go")
    assert harness("validate", out).code == 0
    made = load(out)
    assert {fact.values[0].text for fact in made.facts} >= {"PostgreSQL", "14 March 2027"}
    runs = tmp_path / "runs"
    run = harness("run", out, "-m", "reference/perfect", "-w", "1k", "-q", "--out", runs)
    assert run.code == 0, run.err
    rows = map(json.loads, (the_run(runs) / "records.jsonl").read_text("utf-8").splitlines())
    scores = {row["fact"]: row["score"] for row in rows if row["arm"] == "main"}
    assert sum(scores.values()) >= 3  # a gap is a question that even the simplest reader answers


def test_a_conversation_is_chosen_by_its_id_or_number(chats, tmp_path):
    for number, wanted in enumerate(("short", "1")):
        out = tmp_path / f"{number}.yaml"
        assert harness("init", "--from", chats, "--conversation", wanted, out).code == 0
        assert len(load(out).facts) == 1


def test_any_file_that_can_be_imported_will_do(tmp_path):
    done = harness("init", "--from", FILES["locomo"], cwd=tmp_path)
    assert done.code == 0, done.err
    assert (tmp_path / "scenarios" / "locomo.yaml").exists()


def test_a_model_writes_the_draft_and_only_what_holds_is_kept(chats, tmp_path, httpserver):
    server = OpenAIServer(httpserver)
    wrong = [
        entry(answer="MariaDB"),
        entry(quote="nobody said this"),
        entry(question="PostgreSQL?"),
    ]
    right = entry(quote=SAID[4], answer="14 March 2027", question="When is the first proof due?")
    reply = json.dumps([entry(), right, *wrong])
    message = {"role": "assistant", "content": reply}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    server.then(Fault(change={"choices": [choice]}))
    out = tmp_path / "draft.yaml"
    done = harness(
        "init", "--from", chats, out, "--model", "openai/served",
        "-M", f"api_base={httpserver.url_for('/v1')}", "-M", "api_key=sk-secret-0123456789",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "asking openai/served about 1 part of it" in done.err
    assert "2 facts of conversation 'long' (10 messages); dropped: " in done.out
    for why in ("answer that does not stand in its quote 1", "question that holds its answer 1"):
        assert why in done.out
    made = load(out)
    assert [question.ask[0] for question in made.questions] == [
        "Which database did we choose for the queue?", "When is the first proof due?",
    ]  # fmt: skip
    assert "sk-secret" not in out.read_text(encoding="utf-8")


def test_a_model_that_finds_nothing_leaves_no_file(chats, tmp_path, httpserver):
    OpenAIServer(httpserver)
    out = tmp_path / "draft.yaml"
    done = harness(
        "init", "--from", chats, out, "--model", "openai/served",
        "-M", f"api_base={httpserver.url_for('/v1')}", "-M", "api_key=none",
    )  # fmt: skip
    assert done.code == 5
    assert (
        "no fact was found in conversation 'long' that could be asked about; dropped:" in done.err
    )
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--from", "chats.jsonl", "chats.jsonl"], 4, "chats.jsonl is there already; give another"),
        (["--from", "gone.jsonl"], 4, "no such file: gone.jsonl"),
        (
            ["--from", "chats.jsonl", "--conversation", "x"],
            4,
            "chats.jsonl has no conversation 'x'",
        ),
        (["--conversation", "x"], 4, "--conversation goes with --from FILE"),
        (["-M", "a=b"], 4, "-M goes with --from FILE"),
        (["--from", "dull.md"], 5, "dull.md: no fact was found in conversation '1' that could be"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(chats, tmp_path, words, code, said):
    (tmp_path / "dull.md").write_text("User: hello\n\nAssistant: hello\n", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    done = harness("init", *words, cwd=tmp_path)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"harness: {said}"), done.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_is_cut_off_is_no_draft_and_no_option_of_another_command_is_named(tmp_path):
    path = tmp_path / "cut.json"
    path.write_text('[{"messages": [{"role": "user", "content": "a"}]}, {"mess', encoding="utf-8")
    done = harness("init", "--from", path, tmp_path / "draft.yaml")
    assert done.code == 4
    assert "cut.json" in done.err
    assert "--partial" not in done.err
