from __future__ import annotations

import sqlite3

import pytest

from harness.core.errors import FileError, UsageError
from harness.core.files import dump_line
from harness.runs.folder import key_table
from harness.runs.folder.layout import MESSAGE_INDEX, MESSAGES
from harness.runs.folder.message_index import MessageIndex

NAMES = [f"{n:032x}" for n in range(30)]


def write(folder, names):
    with (folder / MESSAGES).open("ab") as file:
        for name in names:
            file.write(dump_line({"hash": name, "role": "user", "content": "x" * 200}))


def write_over(folder):
    (folder / MESSAGES).unlink()
    write(folder, NAMES)


@pytest.fixture
def indexed(tmp_path, monkeypatch):
    monkeypatch.setattr(key_table, "MOST_IN_MEMORY", 8)
    write(tmp_path, NAMES)
    MessageIndex(tmp_path).close()
    assert (tmp_path / MESSAGE_INDEX).exists()
    return tmp_path


def test_a_small_run_has_no_file_beside_its_messages(tmp_path):
    write(tmp_path, NAMES)
    index = MessageIndex(tmp_path)
    assert all(name in index for name in NAMES)
    assert "f" * 32 not in index
    index.close()
    assert not (tmp_path / MESSAGE_INDEX).exists()


def test_an_index_is_taken_up_and_what_came_since_is_read(indexed, monkeypatch):
    write(indexed, ["e" * 32])
    monkeypatch.setattr(key_table.IndexFile, "remove", lambda _: pytest.fail("it was made anew"))
    index = MessageIndex(indexed)
    assert all(name in index for name in [*NAMES, "e" * 32])


@pytest.mark.parametrize("kept", [0, 7, 29])
def test_no_message_that_is_gone_is_taken_to_be_there(indexed, kept):
    lines = (indexed / MESSAGES).read_bytes().splitlines(keepends=True)
    (indexed / MESSAGES).write_bytes(b"".join(lines[:kept]))
    index = MessageIndex(indexed)
    assert [name in index for name in NAMES] == [place < kept for place in range(len(NAMES))]


@pytest.mark.parametrize("sql", ["DROP TABLE note", "UPDATE note SET body = 'x'"])
def test_a_damaged_index_is_made_anew(indexed, sql):
    with sqlite3.connect(indexed / MESSAGE_INDEX) as db:
        db.execute(sql)
    index = MessageIndex(indexed)
    assert all(name in index for name in NAMES)


def test_an_index_that_was_being_made_when_its_run_was_killed_forgets_nothing(indexed):
    with (indexed / MESSAGES).open("ab") as file:
        file.write(b"{no json\n")
    (indexed / MESSAGE_INDEX).unlink()
    with pytest.raises(FileError, match=r"messages\.jsonl:31"):  # most of it was read by then
        MessageIndex(indexed)
    write_over(indexed)
    index = MessageIndex(indexed)
    assert all(name in index for name in NAMES)


def test_a_line_behind_what_is_known_that_is_damaged_is_named(indexed):
    with (indexed / MESSAGES).open("ab") as file:
        file.write(b"{no json\n")
    with pytest.raises(FileError, match=r"messages\.jsonl: not JSON"):
        MessageIndex(indexed)


def test_what_stands_in_the_place_of_an_index_and_stays_is_named(tmp_path):
    (tmp_path / MESSAGES).touch()
    (tmp_path / MESSAGE_INDEX).mkdir()
    with pytest.raises(UsageError, match=r"messages\.sqlite does not fit .* delete it, it is made"):
        MessageIndex(tmp_path)


def test_what_is_absent_is_told_of_many_names_at_once(indexed, monkeypatch):
    monkeypatch.setattr(key_table, "_ASKED_TOGETHER", 4)
    index = MessageIndex(indexed)
    new = ["e" * 32, "no digest", "half \ud800"]
    assert set(index.absent([*NAMES, *new])) == set(new)
    index.add(new)
    assert not index.absent([*NAMES, *new])
