"""Each program's file: what is taken over, against a count by a reader of the tests' own."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from harness.scenarios.importers import ByteSource, guess
from tests.scenarios.importers.conftest import FILES


def said(transcript):
    return [(message.role[0], message.text) for message in transcript.messages]


def rows(name):
    text = FILES[name].read_text(encoding="utf-8")
    found = json.loads(text) if FILES[name].suffix == ".json" else None
    return found if found is not None else [json.loads(line) for line in text.splitlines()]


def lines(name, pattern):
    return len(re.findall(pattern, FILES[name].read_text(encoding="utf-8"), re.MULTILINE))


def walk(value):
    """Every object in a document."""
    if isinstance(value, dict):
        yield value
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from walk(inner)


def codex():
    items = [row["payload"] for row in rows("codex") if row["type"] == "response_item"]
    kinds = Counter(item["type"] for item in items)
    of = Counter(item.get("role") for item in items if item["type"] == "message")
    own = sum("<environment_context>" in str(item) for item in items)
    summaries = sum(row["type"] == "compacted" for row in rows("codex"))
    taken_back = 1  # of the two messages that the user took back one stands as an item
    apart = 1  # the second of two calls follows the output of the first
    return {
        "user": of["user"] - own + summaries,
        "assistant": of["assistant"] - taken_back + apart,
        "tool": kinds["function_call_output"] + kinds["custom_tool_call_output"],
        "system": 1,
    }


def gemini():
    types = Counter(message["type"] for message in rows("gemini-cli")["messages"])
    calls = sum(len(m.get("toolCalls", ())) for m in rows("gemini-cli")["messages"])
    return {"user": types["user"], "assistant": types["gemini"], "tool": calls}


def aistudio():
    chunks = rows("aistudio")["chunkedPrompt"]["chunks"]
    shown = [c for c in chunks if not c.get("isThought") and ("text" in c or "executableCode" in c)]
    roles = Counter(c["role"] for c in shown)
    results = sum("codeExecutionResult" in c for c in chunks)
    return {"user": roles["user"], "assistant": roles["model"], "tool": results, "system": 1}


def copilot():
    asked = rows("copilot")["requests"]
    tools = sum(part.get("kind") == "toolInvocationSerialized" for part in walk(asked))
    return {"user": len(asked), "assistant": len(asked) + tools, "tool": tools}


def open_webui():
    (chat,) = rows("open-webui")
    messages, at, way = (
        chat["chat"]["history"]["messages"],
        chat["chat"]["history"]["currentId"],
        [],
    )
    while at:
        way.append(messages[at])
        at = messages[at]["parentId"]
    tools = sum(m["content"].count('type="tool_calls"') for m in way)
    roles = Counter(m["role"] for m in way)
    return {
        "user": roles["user"],
        "assistant": roles["assistant"] + tools,
        "tool": tools,
        "system": 1,
    }


def librechat():
    messages = {m["messageId"]: m for m in rows("librechat")["messages"]}
    at, way = max(messages.values(), key=lambda m: m["createdAt"])["messageId"], []
    while at in messages:
        way.append(messages[at])
        at = messages[at]["parentMessageId"]
    tools = sum(part.get("type") == "tool_call" and "tool_call" in part for part in walk(way))
    users = sum(m["isCreatedByUser"] for m in way)
    return {"user": users, "assistant": len(way) - users + tools, "tool": tools, "system": 1}


def lmstudio():
    chosen = [m["versions"][m["currentlySelected"]] for m in rows("lmstudio")["messages"]]
    roles = Counter(version["role"] for version in chosen)
    tools = sum(part.get("type") == "toolCallResult" for part in walk(chosen))
    return {
        "user": roles["user"],
        "assistant": roles["assistant"] + tools,
        "tool": tools,
        "system": 1,
    }


def sillytavern():
    said = [row for row in rows("sillytavern") if "mes" in row and not row["is_system"]]
    users = sum(row["is_user"] for row in said)
    return {"user": users, "assistant": len(said) - users}


def msc():
    turns = [t for row in rows("msc") for d in [*row["previous_dialogs"], row] for t in d["dialog"]]
    return {"user": len(turns) // 2, "assistant": len(turns) // 2}


def beam():
    return dict(Counter(m["role"] for record in rows("beam") for m in walk(record["chat"])))


def last_call(messages, answer):
    roles = Counter(m["role"] for m in messages)
    return dict(roles + Counter([answer]))


COUNTS = {
    "codex": codex,
    "gemini-cli": gemini,
    "aistudio": aistudio,
    "copilot": copilot,
    "specstory": lambda: {
        "user": lines("specstory", r"^_\*\*User"),
        "assistant": lines("specstory", r"^_\*\*Agent \("),
        "tool": lines("specstory", r"^<tool-use"),
    },
    "aider": lambda: {
        "user": lines("aider", r"(?<!####)\n#### (?!/add)[^\n]+\n(?!####)"),
        "assistant": lines("aider", r"^(?:I will add|It is called|Good morning, )"),
    },
    "open-webui": open_webui,
    "librechat": librechat,
    "lmstudio": lmstudio,
    "sillytavern": sillytavern,
    "msc": msc,
    "beam": beam,
    "langfuse": lambda: last_call(
        rows("langfuse")[-1]["observations"][-1]["input"]["messages"], "assistant"
    ),
    "langsmith": lambda: last_call(rows("langsmith")[-1]["inputs"]["messages"], "assistant"),
    "otel": lambda: {"user": 3, "assistant": 4, "tool": 1, "system": 1},
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_an_independent_reader_counts_the_same_messages(name, fixture):
    found, _ = fixture(name)
    counted = Counter(message.role for one in found for message in one.messages)
    assert dict(counted) == {role: count for role, count in COUNTS[name]().items() if count}


def test_codex_takes_items_and_what_stands_as_an_event_alone(fixture):
    (one,), skipped = fixture("codex")
    assert said(one) == [
        ("s", "You are a coding agent in a terminal."),
        ("u", "The timetable starts at 06:10. Which file holds it?"),
        ("a", 'I will search for it.\nshell_command({"command":"rg -l 06:10"})'),
        ("t", "data/times.csv\n"),
        ("a", 'apply_patch({"input": "*** Begin Patch\\n*** End Patch"})'),
        ("t", "Success."),
        ("a", "It stands in data/times.csv."),
        ("u", "So far: the timetable stands in data/times.csv and starts at 06:10."),
        ("u", "When does it start?"),
        ("a", "At 06:10."),
    ]
    assert (one.id, one.breaks, one.compacted) == ("0199-cdx-1", (7,), True)
    assert skipped == {
        "event of the program": 5, "note of the program": 2, "reasoning": 1, "image": 1,
        "message of an abandoned branch": 2, "item of type 'ghost_snapshot'": 1,
    }  # fmt: skip


def test_codex_files_of_the_first_versions_hold_the_items_themselves(read):
    (one,), skipped = read(
        "codex",
        b'{"id":"old","timestamp":"t","instructions":null}\n{"record_type":"state"}\n'
        b'{"type":"message","role":"user","content":[{"type":"input_text","text":"Q"}]}\n'
        b'{"type":"local_shell_call","call_id":"c","action":{"command":["ls"]}}\n'
        b'{"type":"function_call_output","call_id":"c","output":"a.txt"}\n'
        b'{"type":"message","role":"assistant","content":[{"type":"output_text","text":"A"}]}\n',
    )
    assert one.id == "old"
    assert said(one) == [
        ("u", "Q"), ("a", 'local_shell({"command": ["ls"]})'),
        ("t", "a.txt"), ("a", "A"),
    ]  # fmt: skip
    assert skipped == {"event of the program": 2}


def test_a_gemini_log_of_changes_is_read_to_its_end(read):
    (one,), skipped = read(
        "gemini-cli",
        b'{"sessionId":"s","projectHash":"h","startTime":"t"}\n'
        b'{"id":"1","type":"user","content":"Q"}\n{"id":"2","type":"gemini","content":"A"}\n'
        b'{"id":"2","type":"gemini","content":"A, and more."}\n'
        b'{"id":"3","type":"user","content":"No"}\n{"$rewindTo":"3"}\n{"$set":{"summary":"T"}}\n',
    )
    assert said(one) == [("u", "Q"), ("a", "A, and more.")]
    assert (one.id, one.title) == ("s", "T")
    assert skipped == {"message of an abandoned branch": 1}


def test_ai_studio_leaves_thoughts_and_files_out_and_brings_the_code_that_was_run(fixture):
    (one,), skipped = fixture("aistudio")
    assert said(one)[0] == ("s", "You answer like a ferry captain.")
    assert said(one)[4:6] == [("a", 'code({"input": "print(2 * 7)"})'), ("t", "14\n")]
    assert skipped == {"file": 1, "reasoning": 1}


def test_copilot_puts_references_where_they_stand_and_edits_are_counted(fixture):
    (one,), skipped = fixture("copilot")
    assert said(one)[1:4] == [
        ("a", 'I will look for it.\nsemantic_search({"query":"timetable"})'),
        ("t", "parse.py:12 def timetable(rows):"),
        ("a", "It is parsed in `parse.py`, line 12."),
    ]
    assert skipped == {"file": 1, "reasoning": 1, "edit of a file": 1}


def test_a_copilot_log_of_changes_is_put_together(read):
    (one,), _ = read(
        "copilot",
        b'{"kind":0,"v":{"version":3,"sessionId":"x","requests":[]}}\n'
        b'{"kind":2,"k":["requests"],"v":[{"message":{"text":"Q"},"response":[{"value":"no"}]}]}\n'
        b'{"kind":2,"k":["requests",0,"response"],"i":0,"v":[{"value":"A"}]}\n'
        b'{"kind":1,"k":["customTitle"],"v":"T"}\n{"kind":3,"k":["nowhere",4,"x"]}\n',
    )
    assert said(one) == [("u", "Q"), ("a", "A")]
    assert one.title == "T"


def test_specstory_tools_are_turns_and_side_chains_are_counted(fixture):
    (one,), skipped = fixture("specstory")
    assert said(one) == [
        ("u", "Where is the timetable?"),
        ("a", "I will list the folder.\nBash({})"),
        ("t", "```text\ntimes.csv\n```"),
        ("a", "In `times.csv`.\n\n**User:** is a word in this reply."),
    ]
    assert (one.id, one.title) == ("5e55-2", "Ferry timetable (2026-01-01 10:00:00Z)")
    assert skipped["message of a side chain"] == 1


def test_aider_begins_a_conversation_each_time_that_it_is_started(fixture):
    found, skipped = fixture("aider")
    assert [said(one)[0] for one in found] == [
        ("u", "The first ferry leaves at 06:10.\nWrite that as a constant."),
        ("u", "Good morning."),
    ]
    assert said(found[0])[2] == ("u", "what is its name?")
    assert skipped == {"line of the program": 7, "command of the program": 1}


def test_open_webui_follows_the_window_and_reads_the_elements_of_a_reply(fixture):
    (one,), skipped = fixture("open-webui")
    assert said(one)[2:6] == [
        ("a", 'lookup({"port": "Kiel"})'),
        ("t", "14 euros a night"),
        ("a", "It is 14 euros a night."),
        ("u", "<details><summary>My boat</summary>9 metres</details> Is that fixed?"),
    ]
    assert skipped == {"message of an abandoned branch": 1, "file": 1, "reasoning": 1}


def test_librechat_takes_the_way_to_the_newest_message_of_a_list_or_a_tree(fixture, read):
    (one,), skipped = fixture("librechat")
    assert said(one)[2:5] == [
        ("a", 'I check the rule book.\nrules({"q":"green buoy"})'),
        ("t", "starboard, inbound"),
        ("a", "Keep it to starboard when coming in."),
    ]
    assert skipped == {"message of an abandoned branch": 1, "image": 1, "reasoning": 1}
    leaf = {"messageId": "2", "isCreatedByUser": False, "text": "A", "children": []}
    root = {"messageId": "1", "isCreatedByUser": True, "text": "Q", "children": [leaf]}
    (tree,), _ = read("librechat", json.dumps({"messagesTree": [root]}).encode())
    assert said(tree) == [("u", "Q"), ("a", "A")]


def test_lm_studio_takes_the_selected_version(fixture):
    (one,), skipped = fixture("lmstudio")
    assert said(one)[-2:] == [("a", "The bowline."), ("u", "Thanks.")]
    assert skipped == {"file": 1, "message of an abandoned branch": 1, "reasoning": 1}


def test_the_calls_of_a_trace_make_one_conversation(fixture):
    (fjord,), _ = fixture("langfuse")
    assert said(fjord)[-3:] == [("a", "17 metres."), ("u", "And how wide?"), ("a", "Two miles.")]
    assert fjord.id == "visit-1"
    (bridge,), skipped = fixture("langsmith")
    assert said(bridge)[-2:] == [("u", "And tomorrow?"), ("a", "Closed for repairs.")]
    assert (bridge.id, skipped) == ("th-1", {"run of type 'chain'": 1})


def test_opentelemetry_is_read_in_the_ways_of_three_generations_of_libraries(fixture):
    (wind, buoy, cape), skipped = fixture("otel")
    assert said(wind)[0] == ("s", "You are a captain.")
    assert said(wind)[2:] == [
        ("a", 'wind({"at": "Kiel"})'), ("t", "force 7"),
        ("a", "Force 7, we stay in harbour."),
    ]  # fmt: skip
    assert said(buoy) == [("u", "Name a buoy."), ("a", "Kiel 7.")]
    assert said(cape) == [("u", "Name a cape."), ("a", "Cape Arkona.")]
    assert skipped == {"span that is no call of a model": 2, "reasoning": 1}


def test_two_conversations_in_a_trace_stay_two(read):
    def run(number, asked, answered):
        sent = {"messages": [{"role": "user", "content": text} for text in asked]}
        got = {"output": answered}
        return {
            "run_type": "llm",
            "trace_id": "t",
            "start_time": f"{number}",
            "inputs": sent,
            "outputs": got,
        }

    calls = [run(1, ["a"], "b"), run(2, ["x"], "y"), run(3, ["x"], "y")]
    found, _ = read("langsmith", "\n".join(map(json.dumps, calls)).encode())
    assert [said(one) for one in found] == [
        [("u", "a"), ("a", "b")], [("u", "x"), ("a", "y")],
    ]  # fmt: skip


def test_msc_and_beam_bring_sessions_and_questions(fixture):
    (bees,), skipped = fixture("msc")
    assert (bees.breaks, skipped) == ((4,), {"sentence about a speaker": 2})
    (asked,) = bees.asked
    assert (asked.answers, asked.evidence) == (("Four hives",), (5,))
    (app,), _ = fixture("beam")
    assert app.breaks == (2,)
    assert [(q.kind, q.answers, q.evidence) for q in app.asked] == [
        ("information_extraction", ("March 15",), (0,)),
        ("knowledge_update", ("06:25",), (0, 2)),
        ("abstention", (), ()),
    ]


def turn(role, content, **more):
    return {"role": role, "content": content, **more}


Q, A = turn("user", "Q"), turn("assistant", "A")
CALL = turn("assistant", "", function_call={"name": "f", "arguments": "{}"})
OUTPUT = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "A"}]}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"conversations": [Q]}, "uQ"),
        ({"dialogue": [{"speaker": "USER", "utterance": "Q"},
                       {"speaker": "SYSTEM", "utterance": "A"}]}, "uQ aA"),
        ({"system": "S", "messages": [turn("human", "Q"), turn("model", "A")]}, "sS uQ aA"),
        ({"messages": [{"type": "human", "data": {"content": "Q"}},
                       {"type": "ai", "data": {"content": "A"}}]}, "uQ aA"),
        ({"contents": [{"role": "user", "parts": [{"text": "Q"}]}],
          "systemInstruction": {"parts": [{"text": "S"}]}}, "sS uQ"),
        ({"conversation": [{"human": "Q", "assistant": "A"}]}, "uQ aA"),
        ({"data": ["Q", "A", "Q2"]}, "uQ aA uQ2"),
        ({"prompt": "Q", "completion": "A"}, "uQ aA"),
        ({"instruction": "Q", "input": "", "output": "A", "history": [["Q0", "A0"]]},
         "uQ0 aA0 uQ aA"),
        ({"input": [Q], "output": [OUTPUT]}, "uQ aA"),
        ({"body": {"messages": [Q]}, "custom_id": "x"}, "uQ"),
        ({"messages": [Q], "choices": [{"message": A}]}, "uQ aA"),
        ([Q, A], "uQ aA"),
        ({"messages": [turn("assistant", None, audio={"id": "a", "transcript": "A"})]}, "aA"),
        ({"messages": [Q, CALL, turn("function", "R", name="f")]}, "uQ af({}) tR"),
    ],
)  # fmt: skip
def test_turns_are_known_by_any_of_the_usual_names(record, expected, read):
    content = f"{json.dumps(record)}\n{json.dumps(record)}\n".encode()
    name = guess(ByteSource(name="x", chunks=lambda: [content]))
    found, _ = read(name, content)
    told = [" ".join(f"{m.role[0]}{m.text}" for m in one.messages) for one in found]
    assert told == [expected] * 2


def test_what_nobody_knows_is_counted_by_its_name(read):
    chat = {
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "Q"}, {"type": "hologram", "x": 1}],
            },
            {"role": "narrator", "content": "Night fell."},
            {"role": "assistant", "content": "A", "footnotes": ["1"], "reasoning_content": "hm"},
        ],
        "scratchpad": "notes",
    }
    (one,), skipped = read("openai", json.dumps(chat).encode())
    assert said(one) == [("u", "Q"), ("a", "A")]
    assert skipped == {
        "part of type 'hologram'": 1, "message of role 'narrator'": 1, "field 'footnotes'": 1,
        "reasoning": 1, "field 'scratchpad'": 1,
    }  # fmt: skip
