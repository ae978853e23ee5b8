"""Each format: what is taken over, in which order, and what is left out and counted."""

from __future__ import annotations

import json

import pytest

from harness.scenarios.importers import GENERAL, file_source, guess, importers
from harness.scenarios.importers.conformance import check_importer
from harness.scenarios.importers.lines import line
from tests.scenarios.importers.conftest import FILES


def said(transcript):
    return [(message.role, message.text) for message in transcript.messages]


def texts(transcript):
    return [message.text for message in transcript.messages]


def test_there_is_a_file_of_every_format_but_inspects():
    assert set(FILES) == set(importers.names()) - {"inspect"}


@pytest.mark.parametrize("name", FILES)
def test_every_importer_keeps_the_law(name):
    check_importer(importers.resolve(name), FILES[name].read_bytes())


@pytest.mark.parametrize("name", FILES)
def test_the_format_of_every_file_is_guessed(name):
    assert guess(file_source(FILES[name])) == name


@pytest.mark.parametrize("name", FILES)
def test_no_file_is_taken_for_one_of_another_program(name):
    sample = file_source(FILES[name]).sample()
    own = [other for other in importers.names() if other not in GENERAL]
    found = [other for other in own if importers.resolve(other).recognises(sample)]
    assert found == ([name] if name not in GENERAL else [])


@pytest.mark.parametrize("name", FILES)
def test_what_was_imported_is_imported_again_unchanged(name, fixture, read):
    lines = "".join(f"{line(one, i)}\n" for i, one in enumerate(fixture(name)[0], 1))
    again, skipped = read("openai", lines.encode())
    assert "".join(f"{line(one, i)}\n" for i, one in enumerate(again, 1)) == lines
    assert not skipped


def test_chatgpt_takes_the_branch_that_the_window_shows(fixture):
    (greenhouse, river), skipped = fixture("chatgpt")
    assert said(greenhouse) == [
        ("user", "This is my greenhouse. How warm should it be for tomatoes?"),
        ("assistant", 'browser({"input": "search(\\"tomato greenhouse temperature\\")"})'),
        ("tool", "L0: Tomatoes like it warm"),
        ("assistant", "Keep it between 18 and 24 degrees by day."),
        ("user", "And at night?"),
        ("assistant", "Not below 13 degrees."),
    ]
    assert (greenhouse.id, greenhouse.title) == ("6667a1b2-0001", "Greenhouse plan")
    assert texts(river) == ["Name a river.", "The Weser."]  # the newest leaf: no node is current
    assert skipped == {
        "image": 1, "audio": 1, "custom instructions": 1, "reasoning": 1,
        "message of an abandoned branch": 4,
    }  # fmt: skip


def test_a_chatgpt_tree_that_bites_its_tail_ends(read):
    node = {"message": {"author": {"role": "user"}, "content": {"parts": ["Hello."]}}}
    mapping = {"a": node | {"parent": "b"}, "b": node | {"parent": "a"}}
    (one,), _ = read("chatgpt", json.dumps([{"mapping": mapping, "current_node": "a"}]).encode())
    assert texts(one) == ["Hello.", "Hello."]


def test_claude_takes_the_newest_leaf_and_the_text_of_attachments(fixture):
    (boat, old), skipped = fixture("claude")
    assert said(boat) == [
        ("user", "Which varnish for a boat?\n\nboat.txt:\nHull: larch, built in 1987."),
        ("assistant", 'web_search({"query": "larch varnish"})'),
        ("tool", "tung oil"),
        ("assistant", "For larch take a tung oil varnish."),
        ("user", "How many coats?"),
        ("assistant", "Six, sanded between."),
    ]
    assert texts(old) == ["Old export, no content blocks.", "Noted."]
    assert skipped == {
        "file": 1, "reasoning": 1, "message of an abandoned branch": 1,
    }  # fmt: skip


def test_claude_code_is_chained_by_parents_and_cut_at_compactions(fixture):
    (one,), skipped = fixture("claude-code")
    assert [message.role for message in one.messages] == [
        "user", "assistant", "tool", "assistant", *["user", "assistant"] * 2,
    ]  # fmt: skip
    assert texts(one)[1].startswith("I will read the lexer.\nRead({")
    assert texts(one)[3].startswith("The lexer drops")
    assert texts(one)[4] == "Write the lexer by hand, see the sketch."
    assert one.breaks == (6,)
    assert texts(one)[6].startswith("This session is being continued")
    assert skipped == {
        "event of the program": 3, "command of the program": 1, "note of the program": 1,
        "message of a side chain": 1, "message of an abandoned branch": 2, "image": 1,
        "reasoning": 1, "damaged line": 1,
    }  # fmt: skip


def test_a_claude_code_boundary_goes_on_from_the_line_before_when_its_parent_is_elsewhere(read):
    lines = FILES["claude-code"].read_text(encoding="utf-8")
    lines = lines.replace('"logicalParentUuid":"a3"', '"logicalParentUuid":"in-another-file"')
    (one,), _ = read("claude-code", lines.encode())
    assert one.breaks == (6,)


def test_two_claude_code_files_put_together_are_two_conversations(read):
    lines = FILES["claude-code"].read_text(encoding="utf-8").rsplit("\n", 2)[0]
    other = lines
    for key in ("u0", "m0", "u1", "t1", "a1", "c1", "r1", "a2", "u2", "a3", "b1", "u3", "a4"):
        other = other.replace(f'"{key}"', f'"{key}-2"')
    found, _ = read("claude-code", f"{lines}\n{other}\n".encode())
    assert [len(one.messages) for one in found] == [8, 8]


def test_openai_chats_of_text_go_out_as_they_came(read):
    chats = b"""\
{"messages": [{"role": "system", "content": "Be terse."}, {"role": "user", "content": " Hi\\n"}, \
{"role": "assistant", "content": "\xc3\x9cber 3 %"}]}
{"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}]}
"""
    found, skipped = read("openai", chats)
    assert "".join(f"{line(one, i)}\n" for i, one in enumerate(found, 1)).encode() == chats
    assert not skipped


def test_openai_tools_are_turns_and_pictures_are_left_out_and_counted(fixture):
    (_, picture, french), skipped = fixture("openai")
    assert texts(picture)[0] == "What is in this picture?"
    assert texts(picture)[-1] == "Windy, force 7."
    assert said(french)[0] == ("system", "Answer in French.")
    assert [message.role for message in picture.messages][-3:] == ["assistant", "tool", "assistant"]
    assert skipped == {"image": 1, "definition of a tool": 1}


def test_a_list_of_messages_is_one_openai_chat(read):
    (one,), _ = read("openai", b'[{"role": "user", "content": "a"}, {"role": "assistant",'
                               b' "content": "b"}]')  # fmt: skip
    assert said(one) == [("user", "a"), ("assistant", "b")]


def test_sharegpt_names_are_roles(fixture):
    (ferry, harbour), skipped = fixture("sharegpt")
    assert said(ferry)[:2] == [
        ("user", "Suggest a name for a ferry."),
        ("assistant", "Kittiwake."),
    ]
    assert [message.role for message in harbour.messages] == [
        "system", "user", "assistant", "tool", "assistant",
    ]  # fmt: skip
    assert skipped == {"image": 1}


def test_longmemeval_brings_its_question_its_evidence_and_its_sessions(fixture):
    (degree, run, never), skipped = fixture("longmemeval")
    assert degree.breaks == (2, 6)
    (question,) = degree.asked
    assert question.answers == ("Business Administration",)
    assert question.ask == "[2023/05/30 (Tue) 23:40] What degree did I graduate with?"
    assert [texts(degree)[at][:11] for at in question.evidence] == ["I graduated"]
    assert texts(degree)[2].startswith("[2023/05/20 (Sat) 02:57] Can you suggest")
    assert run.asked[0].evidence == (0, 4)
    assert never.asked[0].answers == never.asked[0].evidence == ()
    assert not skipped


def test_longmemeval_without_dates_says_only_what_was_said(read):
    found, _ = read("longmemeval?dates=false", FILES["longmemeval"].read_bytes())
    assert found[0].asked[0].ask == "What degree did I graduate with?"
    assert texts(found[0])[0] == "Write a limerick about the tide."


def test_locomo_brings_two_speakers_and_the_turns_that_answer(fixture):
    (one,), skipped = fixture("locomo")
    assert said(one)[0] == (
        "user",
        (
            "[1:56 pm on 8 May, 2023] Caroline: Hey Mel! I went to a support group yesterday and"
            " it was so powerful."
        ),
    )
    assert texts(one)[2].endswith("[shares a picture: a photo of a necklace with a cross]")
    assert one.breaks == (4,)
    by_id = {asked.id: asked for asked in one.asked}
    assert by_id["q1"].evidence == (1,)
    assert by_id["q2"].evidence == (2, 5)
    assert by_id["q3"].answers == ("2022",)
    assert by_id["q4"].answers == ()
    assert by_id["q6"].evidence == ()  # what it names is not there
    assert skipped == {"image": 1, "question without words or answer": 1}


def test_goodai_logs_are_what_was_sent_and_answered(fixture, read):
    (one,), skipped = fixture("goodai")
    assert [message.role for message in one.messages] == ["user", "assistant"] * 3
    assert sum(skipped.values()) == 5
    content = FILES["goodai"].read_bytes()
    (one,), _ = read("goodai?questions=false&filler=false", content)
    assert texts(one) == ["My favourite colour is viridian.", "Noted."]


def test_markdown_is_cut_by_the_marks_that_the_file_uses_itself(fixture):
    (one,), skipped = fixture("markdown")
    assert [message.role for message in one.messages] == ["user", "assistant"] * 2
    assert "User: not a message, only code\n## Assistant" in texts(one)[1]
    assert texts(one)[2].endswith("**Question:** none")
    assert texts(one)[3] == "At 22:40.\nIt carries no cars."
    assert one.title == "Ferry timetable"
    assert skipped == {"line before the first message": 1}


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("**User:** a\n\n**Assistant:** b\nUser: no mark\n", "ua"),
        ("You said:\na\n\nChatGPT said:\nb\n\n## User\n\nc\n", "ua"),
        ("##### **You said:**\na\n###### **ChatGPT said:**\nb\n", "ua"),
        ("# Chat\n\n**User**\n\na\n\n---\n\n**Cursor**\n\nb\n\n**Answer:** c\n", "ua"),
        ("Q: a\nA: b\nQ: c\nA: d\nUser: no mark\n", "uaua"),
        ("User: a\nAssistant: b\n```\nnever closed\nUser: c\n", "uau"),
        ("User:\na\nAssistant: b\n````\n```\nUser: x\n```\n````\nUser: c\n", "uau"),
    ],
)
def test_a_mark_of_another_sort_inside_a_reply_is_no_mark(text, roles, read):
    (one,), _ = read("markdown", text.encode())
    assert "".join(message.role[0] for message in one.messages) == roles


def test_a_second_message_of_one_side_stays_a_message_of_its_own(read):
    (one,), _ = read("markdown", b"User: one\n\nUser: two\nAssistant: three\n")
    assert said(one) == [("user", "one"), ("user", "two"), ("assistant", "three")]
