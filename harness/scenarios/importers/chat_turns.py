"""One turn of a chat as most programs and data sets write it: who speaks, and what is said.

Whatever the names of its fields, reading a turn is one thing, and it stands here. What it holds
besides is counted by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.scenarios.importers.roles import CALLS, RESULTS, ROLES, is_speaker
from harness.scenarios.importers.saying import (
    AUDIO,
    FILE,
    IMAGE,
    REASONING,
    RESULT_PARTS,
    Saying,
    tool_calls_of,
)
from harness.scenarios.importers.values import as_json, first_text, obj, parsed, seq, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.scenarios.importers.script import Script

_WHO = ("role", "from", "speaker", "sender", "author", "type")
_WHAT = ("content", "value", "text", "message", "utterance", "parts", "body")
_REASONING = (
    "reasoning_content", "reasoning", "thinking", "thoughts", "reasoning_details",
    "thinking_blocks",
)  # fmt: skip
_BESIDE = {
    "image": IMAGE, "images": IMAGE, "image_url": IMAGE, "audio": AUDIO, "audios": AUDIO,
    "attachments": FILE, "experimental_attachments": FILE, "files": FILE, "video": "video",
    "videos": "video",
}  # fmt: skip
"""Fields beside a text whose values are pictures and the like."""
_COUNTED = frozenset((*_BESIDE, *_REASONING, "tools", "functions"))
_DATA_OF_TURN = frozenset(
    ("id", "message_id", "messageId", "uuid", "name", "created", "created_at", "createdAt",
     "create_time", "timestamp", "time", "date", "updated_at", "model", "usage", "weight",
     "finish_reason", "stop_reason", "stop_sequence", "tool_call_id", "toolCallId", "metadata",
     "object", "index", "language", "hashed_ip", "header", "country", "state", "tokens",
     "token_count", "turn_identifier", "redacted", "toxic", "parent_id", "parentId", "children",
     "tool_calls", "function_call", "refusal", "response_metadata", "usage_metadata",
     "additional_kwargs", "example", "invalid_tool_calls", "logprobs", "annotations",
     "cache_control",
     "status", "kwargs", "lc", "data", "has_answer", "artifact", "train", "openai", "provider",
     "conversation_id", "conversationId", "session_id", "sessionId", "thread_id", "chat_id")
)  # fmt: skip


def is_turn(value: object) -> bool:
    """Whether a value is one turn: it names a speaker, and says something or calls a tool."""
    turn = unwrapped_turn(value)
    who = _speaker_of(turn)
    if "role" in turn:
        return bool(who) and any(key in turn for key in (*_WHAT, "tool_calls", "function_call"))
    return bool(_text_key(turn)) and is_speaker(who)


def unwrapped_turn(value: object) -> Mapping[str, object]:
    """A turn without what LangChain puts around it."""
    turn = obj(value)
    kwargs, names = obj(turn.get("kwargs")), seq(turn.get("id"))
    if "content" in kwargs and names:
        return {**kwargs, "role": text(names[-1])}
    data = obj(turn.get("data"))
    if "content" in data and is_speaker(text(turn.get("type"))):
        return {**data, "role": text(turn["type"])}
    return turn


def _speaker_of(turn: Mapping[str, object]) -> str:
    """The name of whoever speaks; empty where none stands there."""
    for key in _WHO:
        value = turn.get(key)
        if isinstance(value, dict):
            value = first_text((value.get("role"), value.get("name")))
        if isinstance(value, str) and value.strip():
            name = value.strip().lower()
            if key == "speaker" and name == "system":
                return "assistant"  # of a dialogue system, as its data sets have it
            return name if is_speaker(value) else text(value).strip()
    return ""


def _text_key(turn: Mapping[str, object]) -> str:
    """Under which key a turn says something."""
    for key in _WHAT:
        value = turn.get(key)
        if isinstance(value, str | list) or (isinstance(value, dict) and key == "content"):
            return key
    return ""


def _is_result(part: Mapping[str, object]) -> bool:
    return text(part.get("type")) in RESULT_PARTS or "functionResponse" in part


def say_turn(script: Script, turn: Mapping[str, object]) -> int | None:
    """Take in a turn; the index of its message, if it became one."""
    who = _speaker_of(turn)
    said = _text_key(turn) or "content"
    content = turn.get(said)
    if isinstance(content, dict) and isinstance(content.get("parts"), list):
        content = content["parts"]
    saying = Saying()
    if who in RESULTS and any(_is_result(obj(part)) for part in seq(content)):
        saying.add(content)
        role = script.role("assistant", ROLES)
    elif who in RESULTS:
        id_ = first_text(map(turn.get, ("tool_call_id", "toolCallId")))
        saying.result(content, id_, turn.get("name"))
        role = script.role("assistant", ROLES)
    elif who in CALLS:
        call = obj(parsed(content))
        arguments = call.get("arguments", call.get("parameters", call.get("input")))
        saying.call(call.get("name"), arguments if call else as_json(content), call.get("id"))
        role = script.role("assistant", ROLES)
    else:
        role = script.role(who, ROLES)
        saying.add(content)
    if role is None:
        return None
    tool_calls_of(saying, turn)
    saying.transcript(obj(turn.get("audio")))
    if isinstance(turn.get("refusal"), str) and not saying.text:
        saying.add(turn["refusal"])
    known = frozenset((*_WHO, said)) | _DATA_OF_TURN
    counted = len(script.skipped)
    beside(script, turn, known)
    if not saying.items and len(script.skipped) > counted:
        return None
    return script.say(role, saying)


def beside(script: Script, record: Mapping[str, object], known: frozenset[str]) -> None:
    """Count what stands beside the turns of a record, or beside the text of a turn."""
    for key, what in _BESIDE.items():
        if key not in known:
            value = record.get(key)
            script.skip(what, len(value) if isinstance(value, list) else int(bool(value)))
    for key in _REASONING:
        if key not in known and record.get(key) and isinstance(record[key], str | list | dict):
            script.skip(REASONING)
            break
    definitions = [*seq(record.get("tools")), *seq(record.get("functions"))]
    script.skip("definition of a tool", len(definitions))
    script.fields(record, known | _COUNTED)
