"""The texts that compactions left, from the logs of those who made them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.core.errors import FileError
from harness.scenarios.importers.compactions import compacted_texts

FIXTURES = Path(__file__).parent / "fixtures"


def read(folder: Path, value: object, name: str = "log.json") -> list[tuple[str, bool]]:
    path = folder / name
    text = value if isinstance(value, str) else json.dumps(value)
    path.write_text(text, encoding="utf-8")
    return [(one.text, one.opaque) for one in compacted_texts(path)]


def test_text_and_markdown_are_one_compaction_as_they_stand(tmp_path):
    assert read(tmp_path, "# Summary\n\n- a {b}\n", "s.md") == [("# Summary\n\n- a {b}\n", False)]


def test_claude_code_marks_its_summaries():
    (one,) = compacted_texts(FIXTURES / "claude-code.jsonl")
    assert one.text.startswith("This session is being continued")
    assert str(one.where).endswith("claude-code.jsonl:17")


def test_codex_writes_a_line_for_each(tmp_path):
    (one,) = compacted_texts(FIXTURES / "codex.jsonl")
    assert one.text
    kept = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Keep."}]}
    line = {"type": "compacted", "payload": {"message": "", "replacement_history": [kept]}}
    hidden = {"type": "compaction", "encrypted_content": "gAAA"}
    more = {"type": "compacted", "payload": {"message": "", "replacement_history": [kept, hidden]}}
    assert read(tmp_path, f"{json.dumps(line)}\n{json.dumps(more)}\n", "r.jsonl") == [
        ("Keep.", False),
        ("Keep.", True),
    ]


def test_items_of_the_responses_api_can_be_read_by_nobody(tmp_path):
    item = {"type": "compaction", "id": "c", "encrypted_content": "gAAA"}
    said = {"type": "message", "role": "assistant", "content": []}
    assert read(tmp_path, {"object": "response", "output": [item, said]}) == [("", True)]
    message = {"type": "message", "role": "user", "content": "I stay."}
    whole = {"object": "response.compaction", "output": [message, item]}
    assert read(tmp_path, whole) == [("I stay.", True)]


def test_blocks_of_the_messages_api_are_text(tmp_path):
    blocks = [{"type": "compaction", "content": "It was dry."}, {"type": "text", "text": "Yes."}]
    assert read(tmp_path, {"role": "assistant", "content": blocks}) == [("It was dry.", False)]


def test_a_summary_under_that_name_and_messages_that_are_left_are_texts(tmp_path):
    assert read(tmp_path, {"summary": "It was dry."}) == [("It was dry.", False)]
    messages = [{"role": "user", "content": "One."}, {"role": "assistant", "content": "Two."}]
    assert read(tmp_path, {"messages": messages}) == [("One.\n\nTwo.", False)]
    assert read(tmp_path, messages) == [("One.\n\nTwo.", False)]


def test_a_torn_last_line_is_left_out_and_a_torn_one_before_it_is_told(tmp_path):
    line = json.dumps({"isCompactSummary": True, "message": {"content": "It."}})
    assert read(tmp_path, f'{line}\n{{"type": "us', "a.jsonl") == [("It.", False)]
    with pytest.raises(FileError, match=r"b\.jsonl:2: not JSON"):
        read(tmp_path, f'{line}\n{{"type": "us\n{line}\n', "b.jsonl")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"a": 1}, "no compaction in it: expected a message with 'isCompactSummary'"),
        ({"type": "summary", "summary": "A title", "leafUuid": "u"}, "no compaction in it"),
        ("  \n", "the file is empty"),
        ("{", "not JSON"),
    ],
)
def test_what_holds_no_compaction_is_told(tmp_path, value, words):
    with pytest.raises(FileError, match=words):
        read(tmp_path, value)


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(FileError, match="cannot be read: No such file"):
        compacted_texts(tmp_path / "none.md")
    (tmp_path / "latin.md").write_bytes(b"\xe4\xf6")
    with pytest.raises(FileError, match="not UTF-8 text"):
        compacted_texts(tmp_path / "latin.md")
