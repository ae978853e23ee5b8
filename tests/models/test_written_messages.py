"""The messages of a call are the same JSON, whatever calls were written before."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.chat_format import to_chat
from harness.core.messages import Message
from harness.core.parts import TextPart, ToolCall, ToolResult
from harness.models import written_messages
from harness.models.written_messages import MessageWriter

CALLED = ToolCall(id="1", name="look", arguments="{}")
SAID = [
    Message("system", 'Say "no".\n'),
    *(Message("user", text) for text in ("Grüß Gott", "ab", "half \ud800 of it", "")),
    Message("assistant", "ab"),
    Message("assistant", (TextPart("I look."), CALLED)),
    Message("tool", (ToolResult(call_id="1", name="look", text="\ud800 and 9"),)),
]
SESSIONS = st.lists(st.lists(st.sampled_from(SAID), max_size=5), max_size=8)


def as_json(messages):
    return [json.loads(json.dumps(to_chat(one))) for one in messages]


@given(SESSIONS, st.sampled_from([0, 150, 10_000]))
def test_what_is_written_is_what_is_asked_whatever_was_written_before(sessions, kept_bytes):
    writer = MessageWriter(kept_bytes)
    for messages in sessions:
        body = b"".join(writer.write(messages))
        assert json.loads(b"[" + body + b"]") == as_json(messages)
        assert body == b"".join(MessageWriter().write(messages))


@pytest.fixture
def written(monkeypatch):
    """The messages that were turned into JSON, in order."""
    seen = []
    write = written_messages._write
    monkeypatch.setattr(
        written_messages, "_write", lambda message: (seen.append(message), write(message))[1]
    )
    return seen


def trunk(seed, length=6):
    return [Message("user", f"{seed}, {n}") for n in range(length)]


def test_forks_of_one_session_write_its_messages_once(written):
    writer, session = MessageWriter(), trunk("one")
    questions = [Message("user", f"What was {n}?") for n in range(3)]
    for question in questions:
        writer.write([*session, question])
    assert written == [*session, *questions]


def test_a_later_checkpoint_writes_only_what_it_has_more(written):
    writer, session = MessageWriter(), trunk("one")
    for stop in (2, 6, 2):
        writer.write([*session[:stop], Message("user", "What?")])
    assert written == [*session[:2], Message("user", "What?"), *session[2:], *[SAID_WHAT] * 2]


SAID_WHAT = Message("user", "What?")


def test_no_more_is_remembered_than_there_is_room_for(written):
    writer = MessageWriter(kept_bytes=400)
    for seed in range(9):
        writer.write([*trunk(seed), SAID_WHAT])
    assert writer._bytes == sum(len(one.body) for one in writer._beginnings.values()) <= 400
    written.clear()
    writer.write([*trunk(0), SAID_WHAT])
    assert len(written) == 7
