from __future__ import annotations

import json
import os
import resource
from contextlib import contextmanager

import pytest

from harness.core.errors import FileError, IncompleteError, UsageError
from harness.core.messages import Message
from harness.core.session import Session
from harness.runs.folder.layout import MESSAGES, RECORDS
from harness.runs.folder.reader import lines, sent_messages
from harness.runs.folder.writer import Lines, Store
from tests.support.records import make_record


def a_session(*texts):
    messages = tuple(
        Message("user" if i % 2 == 0 else "assistant", text) for i, text in enumerate(texts)
    )
    return Session(
        id="s/0",
        trunk="t-" + "-".join(texts),
        seed=0,
        arm="main",
        messages=messages,
        hashes=tuple(m.hash for m in messages),
        offsets=tuple(range(len(messages) + 1)),
        plants=(),
        cuts=(),
    )


def test_each_text_is_written_once_however_many_conversations_hold_it(tmp_path):
    with Store(tmp_path) as store:
        store.keep(a_session("a", "b"))
        store.keep(a_session("a", "c"))
        store.keep(a_session("a", "b"))
    found = list(lines(tmp_path / MESSAGES))
    assert [line["content"] for line in found if "content" in line] == ["a", "b", "c"]
    assert [line["trunk"] for line in found if "trunk" in line] == ["t-a-b", "t-a-c"]


def test_a_store_that_is_opened_again_goes_on_where_it_was(tmp_path):
    with Store(tmp_path) as store:
        store.keep(a_session("a", "b"))
        store.append(make_record(key="1"))
    with Store(tmp_path) as store:
        store.keep(a_session("a", "b"))
        store.append(make_record(key="2"))
    assert [line["key"] for line in lines(tmp_path / RECORDS)] == ["1", "2"]
    assert len(list(lines(tmp_path / MESSAGES))) == 3


@pytest.mark.parametrize("torn", ['{"key": "9', '{"key": "9"}', "x" * 200_000])
def test_a_torn_last_line_is_cut_back_and_nothing_else(tmp_path, torn):
    with Store(tmp_path) as store:
        store.append(make_record(key="1"))
    with (tmp_path / RECORDS).open("a") as file:
        file.write(torn)
    assert [line["key"] for line in lines(tmp_path / RECORDS)] == ["1"]
    with Store(tmp_path) as store:
        store.append(make_record(key="2"))
    assert [line["key"] for line in lines(tmp_path / RECORDS)] == ["1", "2"]


def test_a_second_writer_is_refused(tmp_path):
    with Store(tmp_path), pytest.raises(UsageError, match="another run writes to this folder"):
        Store(tmp_path)


def test_a_whole_line_that_is_no_object_is_an_error_with_its_line(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"a": 1}\nnot json\n')
    with pytest.raises(FileError, match=r"x\.jsonl:2: not JSON"):
        list(lines(tmp_path / "x.jsonl"))
    (tmp_path / "x.jsonl").write_text("[1]\n")
    with pytest.raises(FileError, match=r"x\.jsonl:1: expected a JSON object on each line"):
        list(lines(tmp_path / "x.jsonl"))


def test_a_record_is_shown_as_exactly_what_was_sent(tmp_path):
    session = a_session("a", "b", "c", "d")
    with Store(tmp_path) as store:
        store.keep(session)
    record = {"trunk": session.trunk, "view": [[0, 1], [2, 4]], "question": "q?"}
    sent = sent_messages(tmp_path, json.loads(json.dumps(record)))
    assert [m.text for m in sent] == ["a", "c", "d", "q?"]
    with pytest.raises(UsageError, match="does not hold conversation nothing"):
        sent_messages(tmp_path, record | {"trunk": "nothing"})


def test_a_disk_that_is_full_leaves_whole_lines_and_says_how_to_go_on(tmp_path):
    with Store(tmp_path) as store:
        store.append(make_record(key="1"))
        whole = (tmp_path / RECORDS).read_bytes()
        with no_more_than(len(whole) + 20), pytest.raises(IncompleteError) as stopped:
            store.append(make_record(key="2"))
    assert stopped.value.exit_code == 6
    assert "File too large; what was recorded before is kept" in str(stopped.value)
    assert f"harness run --resume {tmp_path}" in str(stopped.value)
    assert (tmp_path / RECORDS).read_bytes() == whole
    with Store(tmp_path) as store:
        store.append(make_record(key="2"))
    assert [line["key"] for line in lines(tmp_path / RECORDS)] == ["1", "2"]


def test_no_room_at_all_is_said_in_the_words_of_the_system(tmp_path):
    (tmp_path / RECORDS).symlink_to("/dev/full")
    with pytest.raises(IncompleteError, match="No space left on device"), Store(tmp_path) as store:
        store.append(make_record(key="1"))


def test_a_disk_that_takes_a_line_and_cannot_keep_it_is_said_too(tmp_path):
    kept = Lines(tmp_path / "x.jsonl")
    with kept:
        kept.append({"a": 1})
    read, write = os.pipe()
    kept._file = os.fdopen(write, "wb", buffering=0)  # a pipe cannot be synced
    with kept, pytest.raises(IncompleteError, match="Invalid argument; what was recorded before"):
        kept.sync()
    os.close(read)


def test_half_a_surrogate_pair_in_a_reply_does_not_spoil_the_file(tmp_path):
    with Store(tmp_path) as store:
        store.append(make_record(key="1", reply="a\ud800b “ü”"))
    assert next(lines(tmp_path / RECORDS))["reply"] == "a\ud800b “ü”"
    assert "“ü”" in (tmp_path / RECORDS).read_bytes().decode()
    from harness.analysis.records import read_records

    assert read_records(tmp_path).collect()["key"].to_list() == ["1"]


@contextmanager
def no_more_than(size):
    """No file of this process grows past so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
