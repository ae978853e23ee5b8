"""`harness import`: what a user gives, what comes out, and what is said about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.importers.conftest import FILES
from tests.support.command import ROOT, SCENARIOS, harness, the_run

GOODAI = ROOT.parent / "shared" / "data" / "goodai" / "b3_32k_mixtral-8x22b-65536_master_log.jsonl"


def test_an_export_becomes_sessions_and_a_line_says_what_came(tmp_path):
    out = tmp_path / "new" / "sessions.jsonl"
    done = harness("import", FILES["chatgpt"], "-o", out)
    assert done.code == 0
    assert done.out == ""
    first, second = done.err.splitlines()
    assert first.startswith(f"8 messages in 2 sessions from {FILES['chatgpt']}; left out: message")
    assert "image 1" in first
    assert second == f"written to {out}"
    chats = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [len(chat["messages"]) for chat in chats] == [6, 2]


def test_without_an_output_the_lines_go_to_stdout_and_nothing_else():
    done = harness("import", "openai", FILES["openai"])
    assert len([json.loads(line) for line in done.out.splitlines()]) == 3


def test_several_files_of_several_formats_go_into_one(tmp_path):
    out = tmp_path / "all.jsonl"
    done = harness("import", FILES["chatgpt"], FILES["markdown"], FILES["sharegpt"], "-o", out)
    assert done.code == 0, done.err
    assert len(out.read_text(encoding="utf-8").splitlines()) == 5


def long_log(path):
    """A log of GoodAI's benchmark as long as the public one that is not at hand everywhere."""
    said = [
        {"type": kind, "timestamp": 1716977413.0 + turn, "test_id": "Shelves - 0",
         "data": {"message": text.format(turn), "is_question": False}}
        for turn in range(200)
        for kind, text in (
            (0, "Parcel {} came in this morning and stands on the shelf by the door."),
            (4, "Then parcel {} goes out with the van tomorrow, I have written it down."),
        )
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, said)), encoding="utf-8")
    return path


def test_imported_sessions_are_filler_between_planted_facts(tmp_path):
    chats = tmp_path / "goodai.jsonl"
    source = GOODAI if GOODAI.exists() else long_log(tmp_path / "log.jsonl")
    assert harness("import", source, "-o", chats).code == 0
    run = harness(
        "run", SCENARIOS / "design-decisions.yaml", "--filler", chats, "-m",
        "reference/perfect,reference/window?tokens=2000", "-w", "5k", "--seeds", "3",
        "--fills", "0.1,0.5,0.9", "--out", tmp_path,
    )  # fmt: skip
    assert run.code == 0, run.err
    rows = (the_run(tmp_path) / "records.jsonl").read_text(encoding="utf-8").splitlines()
    main = [row for row in map(json.loads, rows) if row["arm"] == "main"]
    perfect = [row["score"] for row in main if row["model"] == "reference/perfect"]
    assert len(perfect) > 10
    assert all(score == 1.0 for score in perfect)
    lost = [row for row in main if row["score"] == 0.0]
    assert lost
    assert {row["outcome"] for row in lost} == {"server_truncated"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["gone.json"], 4, "no such file: gone.json"),
        (["openai"], 4, "no file given: harness import openai FILE"),
        (["chatgbt", "x.md"], 4, "unknown importer 'chatgbt': did you mean 'chatgpt'?"),
        (["x.md", "-o", "x.md"], 4, "x.md is what is read; write to another file"),
        (["x.md", "-o", "there.jsonl"], 4, "there.jsonl is there already; give another path, or"),
        (["chatgpt", "x.md"], 4, "x.md:1: this is not JSON: it begins with"),
        (["goodai?question=false", "x.md"], 4, "importer 'goodai' has no option 'question': did"),
        (["empty.json"], 4, "empty.json: the file is empty"),
        (["tools.jsonl"], 5, "no message of a user or an assistant in tools.jsonl: left out:"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(tmp_path, words, code, said):
    (tmp_path / "x.md").write_text("User: a\n\nAssistant: b\n", encoding="utf-8")
    (tmp_path / "there.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "empty.json").write_text("", encoding="utf-8")
    tools = '{"messages": [{"role": "tool", "content": "x"}]}\n'
    (tmp_path / "tools.jsonl").write_text(tools, encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    done = harness("import", *words, cwd=tmp_path)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"harness: {said}"), done.err
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_that_is_cut_off_writes_nothing_unless_the_part_is_wanted(tmp_path):
    cut = tmp_path / "cut.json"
    cut.write_bytes(FILES["sharegpt"].read_bytes()[:-40])
    out = tmp_path / "out.jsonl"
    done = harness("import", cut, "-o", out)
    assert done.code == 4
    assert "ends in the middle of a record (record 2" in done.err
    assert "; --partial keeps what came before" in done.err
    assert not out.exists()
    done = harness("import", cut, "-o", out, "--partial")
    assert done.code == 0
    assert "; kept what came before\n4 messages in 1 session" in done.err
    assert len(out.read_text(encoding="utf-8").splitlines()) == 1


def test_limit_takes_the_first_conversations():
    done = harness("import", FILES["longmemeval"], "--limit", 2)
    assert len(done.out.splitlines()) == 2


def test_force_writes_over_what_is_there(tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("old", encoding="utf-8")
    assert harness("import", FILES["openai"], "-o", out, "--force").code == 0
    assert out.read_text(encoding="utf-8").startswith('{"messages"')


def test_logs_of_inspect_need_its_reader(tmp_path):
    try:
        import inspect_ai  # noqa: F401 -- its being there is the question
    except ImportError:
        log = tmp_path / "2026_task.eval"
        log.write_bytes(b"PK\x03\x04")
        done = harness("import", log)
        assert done.code == 4
        assert "its own reader, which is not installed here: pip install inspect-ai" in done.err
    else:
        pytest.skip("inspect_ai is installed")


def test_an_importer_of_ones_own_is_named_by_its_place(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(
        "from dataclasses import dataclass\n"
        "from harness.core.messages import Message\n"
        "from harness.core.transcript import Transcript\n"
        "@dataclass(frozen=True)\n"
        "class Pairs:\n"
        "    def recognises(self, sample, /): return False\n"
        "    def sessions(self, source, /):\n"
        "        lines = list(source.text_lines())\n"
        "        said = zip(('user', 'assistant') * len(lines), lines)\n"
        "        yield Transcript(id='1', messages=tuple(Message(*one) for one in said))\n",
        encoding="utf-8",
    )
    (tmp_path / "chat.txt").write_text("Hello\nGood day\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    done = harness("import", "mine:Pairs", Path("chat.txt"), cwd=tmp_path)
    assert json.loads(done.out)["messages"][1] == {"role": "assistant", "content": "Good day"}
