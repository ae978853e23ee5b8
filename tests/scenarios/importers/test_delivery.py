"""Exports as they are delivered: archives, folders, shards, streams, and what else lies in them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest

from harness.core.transcript import Mended, Row
from harness.scenarios.importers import ByteSource
from harness.scenarios.importers.utf8 import HALVES, PAIRS, STRAYS
from tests.scenarios.importers.conftest import FILES
from tests.support.command import harness


def chat(text):
    said = [{"role": "user", "content": text}, {"role": "assistant", "content": "Noted."}]
    return json.dumps({"messages": said})


def asked(done):
    return [json.loads(line)["messages"][0]["content"] for line in done.out.splitlines()]


def test_an_archive_is_read_as_it_was_delivered_shards_in_their_order(tmp_path):
    export = tmp_path / "export.zip"
    with zipfile.ZipFile(export, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in (10, 2, 1):
            archive.writestr(f"export/conversations-{number}.jsonl", chat(f"shard {number}"))
        archive.writestr("export/chat.html", "<html></html>")
        archive.writestr("export/user.json", '{"id": "user-1", "email": "x"}')
        archive.writestr("export/pictures/1.png", b"\x89PNG")
        archive.writestr("__MACOSX/export/._x.json", b"\0")
    done = harness("import", export)
    assert done.code == 0, done.err
    assert asked(done) == ["shard 1", "shard 2", "shard 10"]
    assert "6 messages in 3 sessions" in done.err
    for reason in ("file of another kind (.html) 1", "file of another kind (.png) 1",
                   "file that is no conversation 1 (first: ", "user.json)"):  # fmt: skip
        assert reason in done.err


def test_a_folder_is_read_to_its_end_whatever_else_lies_in_it(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "chats.jsonl").write_text(chat("first"), encoding="utf-8")
    (tmp_path / "b.json").write_bytes(b"")
    (tmp_path / "c.jsonl").write_text('{"type": "summary", "summary": "x", "leafUuid": "y"}\n')
    (tmp_path / "d.jsonl.gz").write_bytes(gzip.compress(chat("last").encode()))
    (tmp_path / "e.json").write_bytes(b"{\x00\x01")
    done = harness("import", tmp_path)
    assert done.code == 0, done.err
    assert sorted(asked(done)) == ["first", "last"]
    for reason in ("empty file 1 (first: ", "file without a conversation 1 (first: ",
                   "file that cannot be read 1 (first: ", "this is a binary file"):  # fmt: skip
        assert reason in done.err


def test_of_several_files_one_that_is_empty_ends_nothing(tmp_path):
    (tmp_path / "empty.jsonl").touch()
    done = harness("import", FILES["openai"], tmp_path / "empty.jsonl")
    assert done.code == 0
    assert "empty file 1" in done.err


def test_standard_input_is_a_file(monkeypatch):
    for content in (chat("piped").encode(), gzip.compress(chat("piped").encode())):
        stream = io.TextIOWrapper(io.BytesIO(content))
        monkeypatch.setattr("sys.stdin", stream)
        done = harness("import", "-")
        assert asked(done) == ["piped"], done.err
        assert "2 messages in 1 session from standard input; nothing left out" in done.err


def test_a_table_of_parquet_is_as_good_as_json(tmp_path):
    import polars as pl

    turns = [
        [{"role": "user", "content": f"Q{n}"}, {"role": "assistant", "content": "A"}]
        for n in range(200)
    ]
    table = tmp_path / "train-00000-of-00001.parquet"
    pl.DataFrame({"conversation": turns, "model": ["m"] * 200}).write_parquet(table)
    done = harness("import", table)
    assert asked(done) == [f"Q{n}" for n in range(200)]
    assert "400 messages in 200 sessions" in done.err
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(table, "data/train.parquet")
    assert asked(harness("import", tmp_path / "x.zip")) == [f"Q{n}" for n in range(200)]


def _encrypted(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.json", chat("secret"))
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag in the file's own head
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_bytes(b"PK\x03\x04garbage"), "this zip archive is cut off or dam"),
        (_encrypted, "x.json in this archive is encrypted; unpack it and give"),
    ],
)
def test_an_archive_that_cannot_be_read_is_told_in_a_line(tmp_path, make, said):
    path = tmp_path / "bad.zip"
    make(path)
    done = harness("import", path)
    assert done.code == 4
    assert said in done.err


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
def test_halves_of_characters_are_mended_wherever_a_piece_ends(size):
    content = b'[{"a": "\xed\xa0\xbd\xed\xb8\x82 \xed\xa0\xbd \xff \xc3\xbc"}]'
    pieces = [content[i : i + size] for i in range(0, len(content), size)]
    row, *mended = ByteSource(name="x", chunks=lambda: pieces).rows()
    assert isinstance(row, Row)
    assert row.value == {"a": "\N{FACE WITH TEARS OF JOY} \ufffd \ufffd \u00fc"}
    counts = {one.what: one.count for one in mended if isinstance(one, Mended)}
    assert counts == {PAIRS: 1, HALVES: 1, STRAYS: 1}


def test_what_was_mended_is_said_and_is_not_called_left_out(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(chat("laugh \x00").replace("\\u0000", "").encode()[:-1] + b"}")
    path.write_bytes(chat("laugh X").encode().replace(b"X", b"\xed\xa0\xbd\xed\xb8\x82"))
    done = harness("import", path)
    assert asked(done) == ["laugh \N{FACE WITH TEARS OF JOY}"]
    assert "nothing left out; mended: character written in two halves 1" in done.err


def claude_code(*lines, session="S"):
    return "\n".join(
        json.dumps({
            "uuid": key, "parentUuid": parent, "type": "user" if n % 2 == 0 else "assistant",
            "sessionId": session, "timestamp": f"2026-01-01T00:00:{n:02}Z",
            "message": {"content": f"{key} speaks"},
        })
        for n, (key, parent) in enumerate(lines)
    )  # fmt: skip


OLD = (("u1", None), ("a1", "u1"))


@pytest.mark.parametrize(
    "resumed",
    [
        (("u2", "a1"), ("a2", "u2")),  # goes on from a line of the other file
        (*OLD, ("u2", "a1"), ("a2", "u2")),  # repeats all of it first
    ],
)
def test_a_session_that_is_resumed_in_another_file_is_one_conversation(tmp_path, resumed):
    (tmp_path / "b.jsonl").write_text(claude_code(*OLD), encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(claude_code(*resumed, session="T"), encoding="utf-8")
    done = harness("import", tmp_path)
    (one,) = [json.loads(line) for line in done.out.splitlines()]
    assert [said["content"] for said in one["messages"]] == [
        "u1 speaks", "a1 speaks", "u2 speaks", "a2 speaks",
    ]  # fmt: skip


def test_files_that_only_share_the_names_of_lines_stay_apart(tmp_path):
    (tmp_path / "a.jsonl").write_text(claude_code(*OLD, ("u2", "a1")), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(claude_code(*OLD, ("u2", "u1")), encoding="utf-8")
    assert len(harness("import", tmp_path).out.splitlines()) == 2
