"""What somebody says in one message, put together from the parts that programs write it in.

The one rule: a part is taken over, or counted as what it is; one of a type that nobody here knows
is counted by the name of its type.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.parts import ToolCall, ToolResult
from harness.scenarios.importers.values import (
    as_arguments,
    as_json,
    first_text,
    named_thing,
    obj,
    seq,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

IMAGE, AUDIO, VIDEO, FILE = "image", "audio", "video", "file"
REASONING, VOICE = "reasoning", "voice note"

_LEFT_OUT = {
    **dict.fromkeys(
        ("image", "image_url", "input_image", "image_file", "inlineimage", "generated_image"),
        IMAGE,
    ),
    **dict.fromkeys(("input_audio", "audio", "output_audio"), AUDIO),
    **dict.fromkeys(("video", "video_url"), VIDEO),
    **dict.fromkeys(
        ("file", "input_file", "document", "container_upload", "data", "blob", "uri", "file_url"),
        FILE,
    ),
    **dict.fromkeys(
        ("thinking", "redacted_thinking", "reasoning", "thought", "think", "reasoning_content"),
        REASONING,
    ),
}
_TEXTS = {
    "text": ("text", "content", "value"),
    "input_text": ("text",),
    "output_text": ("text",),
    "refusal": ("refusal", "text"),
}
_CALLS = frozenset(
    ("tool_use", "server_tool_use", "mcp_tool_use", "tool_call", "function_call", "tool-call",
     "toolCallRequest", "custom_tool_call", "mcp_call")
)  # fmt: skip
RESULT_PARTS = frozenset(
    ("tool_result", "web_search_tool_result", "mcp_tool_result", "function_call_output",
     "tool_call_response", "tool-result", "toolCallResult", "custom_tool_call_output",
     "code_execution_tool_result", "bash_code_execution_tool_result", "web_fetch_tool_result",
     "text_editor_code_execution_tool_result")
)  # fmt: skip
_TRANSCRIPTS = ("transcript", "transcription")
_MEDIA = {
    "inlineData": IMAGE, "inline_data": IMAGE, "fileData": FILE, "file_data": FILE,
    "executableCode": "", "codeExecutionResult": "",
}  # fmt: skip


@dataclass(slots=True)
class Saying:
    """Texts, calls and results in their order, and what could not be one of them."""

    items: list[str | ToolCall | ToolResult] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The texts, a blank line between; a single one as it came."""
        return joined_messages([item for item in self.items if isinstance(item, str)])

    def prefix(self, mark: str) -> None:
        """Put something before the first text, if there is one."""
        for at, item in enumerate(self.items):
            if isinstance(item, str) and item.strip():
                self.items[at] = f"{mark}{item}"
                return

    def call(self, name: object, arguments: object = None, id_: object = "") -> None:
        """Take in a call of a tool."""
        said = text(name).strip() or "tool"
        self.items.append(ToolCall(id=text(id_), name=said, arguments=as_arguments(arguments)))

    def result(self, output: object, id_: object = "", name: object = "") -> None:
        """Take in what a tool gave back: text, parts, or anything as JSON."""
        said = Saying()
        if isinstance(output, list) and all(isinstance(part, str | dict) for part in output):
            for part in output:
                if isinstance(part, dict) and "type" not in part and "text" not in part:
                    said.items.append(as_json(part))
                else:
                    said.part(part)
        else:
            said.items.append(as_json(output))
        self.skipped += said.skipped
        whole = joined_messages([item for item in said.items if isinstance(item, str)])
        self.items.append(ToolResult(call_id=text(id_), text=whole, name=text(name)))

    def add(self, content: object) -> Saying:
        """Take in content as the chat APIs write it: text, or a list of typed parts."""
        if isinstance(content, str):
            self.items.append(text(content))
        elif isinstance(content, list):
            for part in content:
                self.part(part)
        elif isinstance(content, dict):
            self.part(content)
        elif content is not None:
            self.skipped.append("content that is no text")
        return self

    def part(self, part: object) -> None:
        """Take in one part of a content."""
        if isinstance(part, str):
            self.items.append(text(part))
            return
        typed = obj(part)
        kind = typed.get("type")
        if not isinstance(kind, str):
            self._untyped(typed)
        elif kind in _TEXTS:
            self.items.append(first_text([_value(typed.get(key)) for key in _TEXTS[kind]]))
            if kind == "text" and isinstance(typed.get("text"), str):
                self.items[-1] = text(typed["text"])
        elif kind in _CALLS:
            self._call(typed)
        elif kind in RESULT_PARTS:
            id_ = first_text(map(typed.get, ("tool_use_id", "call_id", "id", "toolCallId")))
            keys = ("content", "output", "response", "result")
            output = next((typed[key] for key in keys if typed.get(key) is not None), "")
            self.result(output, id_, typed.get("name"))
        elif kind == "voice_note":
            self.items.append(text(typed.get("text")))
            self.skipped.append(VOICE)
        else:
            self.skipped.append(_LEFT_OUT.get(kind) or named_thing("part of type", kind))
            self.transcript(typed)

    def transcript(self, part: Mapping[str, object]) -> None:
        """Take in what was said in a sound or a film, where it is written beside it."""
        inner = next((obj(value) for value in part.values() if isinstance(value, dict)), {})
        said = first_text([*map(part.get, _TRANSCRIPTS), *map(inner.get, _TRANSCRIPTS)])
        if said:
            self.items.append(said)

    def _call(self, typed: Mapping[str, object]) -> None:
        inner = obj(typed.get("tool_call")) or obj(typed.get("function")) or typed
        keys = ("arguments", "input", "args", "parameters")
        arguments = next((inner[key] for key in keys if inner.get(key) is not None), None)
        own = first_text(map(typed.get, ("call_id", "toolCallRequestId", "toolCallId")))
        id_ = own or first_text((inner.get("id"), typed.get("id")))
        self.call(first_text([inner.get("name"), typed.get("toolName")]), arguments, id_)
        output = inner.get("output")
        if output is not None:
            self.result(output, id_, inner.get("name"))

    def _untyped(self, part: Mapping[str, object]) -> None:
        """A part as Gemini writes it, which says what it is by its key."""
        called, given = obj(part.get("functionCall")), obj(part.get("functionResponse"))
        if part.get("thought") is True:
            self.skipped.append(REASONING)
        elif isinstance(part.get("text"), str):
            self.items.append(text(part["text"]))
        elif called:
            self.call(called.get("name"), called.get("args"), called.get("id"))
        elif given:
            self.gemini_response(given)
        elif "executableCode" in part:
            self.call("code", obj(part["executableCode"]).get("code"))
        elif "codeExecutionResult" in part:
            self.result(obj(part["codeExecutionResult"]).get("output"), name="code")
        elif any(isinstance(value, str | list | dict) for value in part.values()):
            key = next(iter(part))
            media = _MEDIA.get(key)
            self.skipped.append(media or named_thing("part of type", key))
        else:
            self.skipped.append("part without a type")

    def gemini_response(self, given: Mapping[str, object]) -> None:
        """Take in a result as Gemini writes it."""
        response = given.get("response")
        inner = obj(response)
        output = inner["output"] if set(inner) == {"output"} else response
        self.result(output, given.get("id"), given.get("name"))


def joined_messages(texts: list[str]) -> str:
    """The texts with a blank line between; a single one as it came."""
    if len(texts) == 1:
        return texts[0] if texts[0].strip() else ""
    return "\n\n".join(part for part in texts if part.strip()).strip()


def _value(value: object) -> object:
    """The text of a part whose text is an object, as that of an assistant's API is."""
    return obj(value).get("value") if isinstance(value, dict) else value


def tool_calls_of(saying: Saying, message: Mapping[str, object]) -> None:
    """Take in the calls that a message of a chat API names beside its content."""
    calls = seq(message.get("tool_calls"))
    for call in calls or seq(obj(message.get("additional_kwargs")).get("tool_calls")):
        one = obj(call)
        function = obj(one.get("function")) or one
        keys = ("arguments", "args", "input", "parameters")
        arguments = next((function[key] for key in keys if function.get(key) is not None), None)
        saying.call(function.get("name"), arguments, one.get("id"))
    old = obj(message.get("function_call"))
    if old:
        saying.call(old.get("name"), old.get("arguments"))
