"""Chats as the OpenAI API and its fine-tuning files have them: `{"messages": [...]}` a line.

It is the format that we write ourselves, so what comes out of an import goes in again unchanged:
the keys `id`, `title`, `breaks`, `compacted` and `questions` are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Asked, Skipped, Transcript
from harness.scenarios.importers.parts import (
    TOOL_CALL,
    TOOL_OUTPUT,
    Saying,
    Script,
    obj,
    seq,
    shapeless,
    spelled,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample

_ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
_TOOLS = {"tool": TOOL_OUTPUT, "function": TOOL_OUTPUT}


@dataclass(frozen=True, slots=True)
class OpenAI:
    """Chats of `{"messages": [{"role", "content"}]}`, or one chat as a list of messages."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the first record is a chat, or a message."""
        return any(
            isinstance(obj(row).get("messages"), list) or _is_message(row)
            for row in sample.rows[:1]
        )

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The chats of a file."""
        alone = Script()
        for row in source.rows():
            if isinstance(row, Skipped):
                yield row
            elif isinstance(obj(row.value).get("messages"), list):
                yield from _chat(row)
            elif _is_message(row.value):
                _say(alone, row.value)
            else:
                yield shapeless(row, '{"messages": [{"role": ..., "content": ...}]}')
        yield from alone.leavings()
        if alone.messages:
            yield Transcript(id="1", messages=tuple(alone.messages))


def _is_message(value: object) -> bool:
    return {"role", "content"} <= obj(value).keys()


def _chat(row: Row) -> Iterator[Found]:
    chat = obj(row.value)
    script = Script()
    kept: dict[int, int] = {}
    for index, message in enumerate(seq(chat["messages"])):
        at = _say(script, message)
        if at is not None:
            kept[index] = at
    yield from script.leavings()
    places = [at for at in seq(chat.get("breaks")) if isinstance(at, int)]
    yield Transcript(
        id=spelled(chat.get("id")) or str(row.number),
        messages=tuple(script.messages),
        breaks=tuple(sorted({kept[at] for at in places if kept.get(at, 0)})),
        compacted=chat.get("compacted") is True,
        title=text(chat.get("title")),
        asked=tuple(_asked(obj(question), kept) for question in seq(chat.get("questions"))),
    )


def _asked(question: Mapping[str, object], kept: Mapping[int, int]) -> Asked:
    evidence = [at for at in seq(question.get("evidence")) if isinstance(at, int)]
    return Asked(
        id=spelled(question.get("id")),
        ask=text(question.get("ask")),
        answers=tuple(filter(None, map(spelled, seq(question.get("answers"))))),
        evidence=tuple(sorted({kept[at] for at in evidence if at in kept})),
        kind=text(question.get("kind")),
    )


def _say(script: Script, message: object) -> int | None:
    said = obj(message)
    role = script.role(text(said.get("role")), _ROLES, _TOOLS)
    if role is None:
        return None
    saying = Saying().add(said.get("content"))
    calls = len(seq(said.get("tool_calls"))) + isinstance(said.get("function_call"), dict)
    saying.skipped += [TOOL_CALL] * calls
    if isinstance(said.get("refusal"), str) and not saying.text:
        saying.add(said["refusal"])
    return script.say(role, saying)
