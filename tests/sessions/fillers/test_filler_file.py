from __future__ import annotations

import json
import os
import re
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.chat_format import to_chat
from harness.core.draws import Draws
from harness.core.errors import FileError
from harness.core.messages import Message, Turn, unpaired
from harness.sessions.fillers.conformance import check_filler
from harness.sessions.fillers.file import FileFiller, _turns


def line(*said):
    return json.dumps({"messages": [{"role": r, "content": c} for r, c in said]})


def chats(count: int, turns: int = 2) -> str:
    return "\n".join(
        line(*((r, f"{r} {i}.{t}") for t in range(turns) for r in ("user", "assistant")))
        for i in range(count)
    )


@pytest.fixture
def write(tmp_path):
    def write(text: str | bytes, name: str = "chats.jsonl") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def turns(path: str, seed: object = 1, *, repeat: bool = False, most: int = 10_000):
    return list(islice(FileFiller(path, repeat).turns(Draws("file", seed)), most))


def test_a_file_without_repeated_messages_keeps_the_law_of_fillers(write):
    check_filler(FileFiller(write(chats(300))))


def test_each_chat_is_used_once_and_then_the_turns_end(write):
    read = turns(write(chats(20)))
    assert len(read) == len(set(read)) == 40
    assert [t.user.split(".")[0] for t in read[::2]] == [t.user.split(".")[0] for t in read[1::2]]


def test_repeat_goes_on_in_another_order(write):
    read = turns(write(chats(20)), repeat=True, most=80)
    assert set(read[:40]) == set(read[40:])
    assert read[:40] != read[40:]


def test_seeds_read_in_different_orders(write):
    path = write(chats(50))
    assert turns(path, 1) == turns(path, 1) != turns(path, 2)


def test_a_chat_that_stands_twice_in_the_file_is_used_once(write):
    assert len(turns(write(chats(3) + "\n" + chats(3)))) == 6


def messages(said):
    return [Message(role, text) for role, text in said]


def test_what_cannot_be_a_turn_is_left_out_and_messages_of_one_side_are_joined():
    said = [
        ("system", "Be brief."),
        ("assistant", "Hello!"),
        ("user", " one "),
        ("user", ""),
        ("user", "two"),
        ("system", "Still brief."),
        ("assistant", "three"),
        ("assistant", "four"),
        ("user", "  "),
        ("user", "left alone"),
    ]
    assert _turns(messages(said)) == (Turn.of("one\n\ntwo", "three\n\nfour"),)


@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), st.text())))
def test_turns_hold_every_text_between_the_first_question_and_the_last_answer(said):
    found = _turns(messages(said))
    kept = [(role, text.strip()) for role, text in said if role != "system" and text.strip()]
    while kept and kept[0][0] != "user":
        kept.pop(0)
    while kept and kept[-1][0] != "assistant":
        kept.pop()
    both = [text for turn in found for text in (turn.user, turn.assistant)]
    assert "\n\n".join(both) == "\n\n".join(text for _, text in kept)
    assert all(text.strip() for text in both)


def calling(*ids, said=None):
    calls = [
        {"id": i, "type": "function", "function": {"name": "find", "arguments": '{"n": 1}'}}
        for i in ids
    ]
    return {"role": "assistant", "content": said, "tool_calls": calls}


def gives(call, text="12"):
    return {"role": "tool", "tool_call_id": call, "content": text}


ASKS = {"role": "user", "content": "How many?"}
ANSWERS = {"role": "assistant", "content": "Twelve."}


def test_tool_turns_are_used_as_they_are(write):
    chat = [ASKS, calling("a", "b", said="I look."), gives("b"), gives("a", ""), ANSWERS]
    (turn,) = turns(write(json.dumps({"messages": [*chat]})))
    assert [to_chat(message) for message in turn.messages] == chat


def test_calls_that_one_side_makes_in_a_row_are_one_message_with_their_results_behind_it(write):
    apart = [ASKS, calling("a"), calling("b"), gives("a"), gives("b"), ANSWERS]
    (turn,) = turns(write(json.dumps({"messages": apart})))
    assert [to_chat(m) for m in turn.messages] == [
        ASKS, calling("a", "b"), gives("a"), gives("b"), ANSWERS
    ]  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [
        [ASKS, calling("a"), ANSWERS],
        [ASKS, calling("a", "b"), gives("a"), ANSWERS],
        [ASKS, gives("a"), ANSWERS],
        [ASKS, calling("a"), ASKS, gives("a"), ANSWERS],
        [ASKS, calling("a"), gives("a")],
        [gives("a"), ANSWERS],
    ],
)
def test_a_turn_whose_calls_and_results_do_not_meet_is_left_out_and_the_rest_is_used(write, broken):
    good = [{"role": "user", "content": "And?"}, ANSWERS]
    found = turns(write(json.dumps({"messages": [*broken, *good]})))
    assert found[-1:] == [Turn.of("And?", "Twelve.")]
    assert all(unpaired(turn.messages) is None for turn in found)
    assert not any(message.role == "tool" for turn in found for message in turn.messages)


def test_the_identity_is_of_the_content_and_not_of_the_name(write):
    path, other = write(chats(3)), write(chats(3), "other.jsonl")
    assert FileFiller(path).identity() == FileFiller(other).identity()
    assert FileFiller(path).identity() != FileFiller(path, repeat=True).identity()
    before = FileFiller(path).identity()
    write(chats(4))
    assert FileFiller(path).identity() != before


def test_a_file_is_read_once_until_it_changes(write, monkeypatch):
    path = write(chats(3))
    turns(path)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read again"))
    assert len(turns(path, 2)) == 6


def test_empty_lines_a_byte_order_mark_and_windows_line_ends_do_no_harm(write):
    text = chats(2).replace("\n", "\r\n\r\n")
    assert len(turns(write("\ufeff" + text + "\r\n"))) == 4


GOOD = line(("user", "a"), ("assistant", "b"))


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ('{"messages": [}', ':2:15: this is not JSON: Expecting value; expected {"messages"'),
        ("[1]", ":2: got a list; expected"),
        ("null", ":2: got null; expected"),
        ("7", ":2: got a number; expected"),
        ('{"text": 1}', ":2: no key 'messages', only 'text'; expected"),
        ("{}", ":2: no key 'messages', only nothing; expected"),
        ('{"messages": {}}', ":2: 'messages' is an object, expected a list"),
        ('{"messages": [true]}', ":2: messages[0] is true or false; expected an object"),
        ('{"messages": [{"role": "user"}]}', ":2: messages[0] has no 'content'"),
        ('{"messages": [{"content": "x"}]}', ":2: messages[0] has no 'role'"),
        (
            '{"messages": [{"role": "user", "content": ["x"]}]}',
            ":2: messages[0].content[0] is text; expected an object",
        ),
        (
            '{"messages": [{"role": "assistant", "content": null, "tool_calls": [{"id": 7}]}]}',
            ":2: messages[0].tool_calls[0] has no 'function'",
        ),
        (
            '{"messages": [{"role": "tool", "content": "12"}]}',
            ":2: messages[0] has no 'tool_call_id'",
        ),
        (
            '{"messages": [{"role": "asistant", "content": "x"}]}',
            ":2: messages[0].role is 'asistant': did you mean 'assistant'?",
        ),
    ],
)
def test_a_bad_line_is_named_with_what_came_and_what_was_expected(write, bad, says):
    path = write(f"{GOOD}\n{bad}\n")
    with pytest.raises(FileError, match=re.escape(path + says)):
        FileFiller(path).identity()


def test_text_that_is_not_utf_8_is_named_with_line_column_and_byte(write):
    path = write(GOOD.encode() + b'\n{"messages": "\xe9"}\n')
    with pytest.raises(FileError, match=re.escape(path + ":2:15: byte 0xe9 is not UTF-8")):
        turns(path)


def test_a_line_that_is_nested_too_deep_is_named(write):
    path = write(chats(1) + "\n" + '{"messages": ' + "[" * 200_000)
    with pytest.raises(FileError, match=r"chats\.jsonl:2: this is nested too deep to be read"):
        turns(path)


def test_a_missing_file_is_named(tmp_path):
    path = str(tmp_path / "none.jsonl")
    expected = f"{path}: cannot read the chats: {os.strerror(2)}; check the path"
    with pytest.raises(FileError, match=re.escape(expected)):
        turns(path)


@pytest.mark.parametrize("text", ["", "\n\n", '{"messages": []}', line(("user", "alone"))])
def test_a_file_without_a_single_turn_is_refused(write, text):
    path = write(text)
    with pytest.raises(FileError, match=re.escape(f"{path}: holds no turn of a user and an")):
        turns(path)
