"""Conversations with Gemini: the Gemini CLI's own files, and prompts saved by AI Studio.

The CLI keeps `chats/session-*.json` (one document), `.jsonl` (a line a message, and lines that
change what came before) and checkpoints, which are the contents as the API has them. AI Studio
keeps one document with `chunkedPrompt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Row, Transcript
from harness.scenarios.importers.rows import begins, each
from harness.scenarios.importers.saying import FILE, IMAGE, REASONING, VIDEO, Saying
from harness.scenarios.importers.script import BRANCH, Script
from harness.scenarios.importers.values import first_text, named_thing, obj, seq, shapeless, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_ROLES: Mapping[str, Role] = {"user": "user", "gemini": "assistant", "model": "assistant"}
_ASIDE = frozenset(("info", "error", "warning", "system"))
"""Types of messages that the program says to its user."""
_CHUNK = frozenset(
    ("text", "role", "tokenCount", "isThought", "finishReason", "parts", "createTime",
     "thinkingBudget", "thoughtSignatures", "isEdited", "branchParent", "branchChildren",
     "grounding", "errorMessage", "safetyRatings")
)  # fmt: skip
_MEDIA = {
    "driveDocument": FILE, "inlineFile": FILE, "driveImage": IMAGE, "inlineImage": IMAGE,
    "driveVideo": VIDEO, "youtubeVideo": VIDEO, "driveAudio": "audio", "inlineAudio": "audio",
    "inlineData": FILE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GeminiCLI:
    """The conversation of a Gemini CLI session."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether a record names a session of a project."""
        return begins(sample, _is_head)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversation of a file, with what its later lines changed."""
        head: dict[str, object] = {}
        messages: dict[str, Mapping[str, object]] = {}
        dropped = 0
        for row in source.rows():
            value = obj(row.value) if isinstance(row, Row) else {}
            if not isinstance(row, Row):
                yield row
            elif _is_head(value):
                head.update(value)
                _take(messages, seq(value.get("messages")))
            elif "$rewindTo" in value:
                dropped += _rewind(messages, text(value["$rewindTo"]))
            elif "$set" in value:
                head.update(obj(value["$set"]))
                _take(messages, seq(obj(value["$set"]).get("messages")))
            elif "type" in value:
                _take(messages, [value])
            else:
                yield shapeless(row, "a session with 'sessionId', 'projectHash' and 'messages'")
        script = Script()
        script.skip(BRANCH, dropped)
        for message in messages.values():
            _message(script, message)
        yield from script.leavings()
        yield Transcript(
            id=text(head.get("sessionId")) or "1",
            messages=tuple(script.messages),
            title=text(head.get("summary")),
        )


def _is_head(value: object) -> bool:
    session = obj(value)
    types = {text(obj(one).get("type")) for one in seq(session.get("messages"))[:20]}
    return {"sessionId", "projectHash"} <= session.keys() or "gemini" in types


def _take(messages: dict[str, Mapping[str, object]], new: list[object]) -> None:
    """Add messages; one that is there already is told again as it is now."""
    for message in map(obj, new):
        messages[text(message.get("id")) or f"#{len(messages)}"] = message


def _rewind(messages: dict[str, Mapping[str, object]], to: str) -> int:
    """Drop a message and those behind it; how many they were."""
    keys = list(messages)
    gone = keys[keys.index(to) :] if to in messages else []
    for key in gone:
        del messages[key]
    return len(gone)


def _message(script: Script, message: Mapping[str, object]) -> None:
    kind = text(message.get("type"))
    if kind in _ASIDE:
        script.skip("note of the program")
        return
    role = script.role(kind, _ROLES)
    if role is None:
        return
    saying = Saying().add(message.get("content"))
    saying.skipped += [REASONING] * bool(seq(message.get("thoughts")))
    for call in map(obj, seq(message.get("toolCalls"))):
        saying.call(call.get("name"), call.get("args"), call.get("id"))
    for call in map(obj, seq(message.get("toolCalls"))):
        _result(saying, call)
    script.say(role, saying)


def _result(saying: Saying, call: Mapping[str, object]) -> None:
    """What a tool gave back, as the model was told it."""
    result = call.get("result")
    responses = [obj(obj(part).get("functionResponse")) for part in seq(result)]
    if any(responses):
        for response in filter(None, responses):
            saying.gemini_response({**response, "id": call.get("id"), "name": call.get("name")})
    elif result or call.get("resultDisplay"):
        shown = result or call.get("resultDisplay")
        saying.result(shown, call.get("id"), call.get("name"))


@dataclass(frozen=True, slots=True)
class AIStudio:
    """The conversation of a prompt that Google AI Studio saved."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the document has a prompt in chunks."""
        return begins(sample, _is_prompt)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The one conversation of a file."""
        return each(source, _is_prompt, _prompt, expected="a prompt with 'chunkedPrompt'")


def _is_prompt(value: object) -> bool:
    return isinstance(obj(obj(value).get("chunkedPrompt")).get("chunks"), list)


def _prompt(row: Row) -> Iterator[Found]:
    document = obj(row.value)
    script = Script()
    told = document.get("systemInstruction")
    said = obj(told).get("parts") or obj(told).get("text") or told
    if isinstance(said, str | list) and said:
        script.say("system", Saying().add(said))
    prompt = obj(document["chunkedPrompt"])
    for chunk in map(obj, seq(prompt["chunks"])):
        _chunk(script, chunk)
    pending = [obj(one) for one in seq(prompt.get("pendingInputs"))]
    waiting = sum(bool(first_text([one.get("text")])) for one in pending)
    script.skip("prompt that was never sent", waiting)
    yield from script.leavings()
    yield Transcript(id=str(row.number), messages=tuple(script.messages))


def _chunk(script: Script, chunk: Mapping[str, object]) -> None:
    if chunk.get("isThought") is True:
        script.skip(REASONING)
        return
    role = script.role(text(chunk.get("role")), _ROLES)
    if role is None:
        return
    saying = Saying()
    if text(chunk.get("text")).strip():
        saying.add(chunk["text"])
    else:
        saying.add(chunk.get("parts"))
    for key, value in chunk.items():
        if key in _MEDIA:
            saying.skipped.append(_MEDIA[key])
        elif key in {"functionCall", "functionResponse", "executableCode", "codeExecutionResult"}:
            saying.part({key: value})
        elif key not in _CHUNK and isinstance(value, str | list | dict) and value:
            saying.skipped.append(named_thing("field", key))
    script.say(role, saying, same_turn=role == "assistant")
