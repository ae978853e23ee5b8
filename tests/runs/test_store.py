from __future__ import annotations

import json

import pytest

from harness.core.errors import FileError, UsageError
from harness.core.messages import Message
from harness.core.session import Session
from harness.runs.store import MESSAGES, RECORDS, Store, lines, sent_messages
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
    assert [m.content for m in sent] == ["a", "c", "d", "q?"]
    with pytest.raises(UsageError, match="does not hold conversation nothing"):
        sent_messages(tmp_path, record | {"trunk": "nothing"})
