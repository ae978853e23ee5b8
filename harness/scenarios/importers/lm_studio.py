"""LM Studio's conversations: `*.conversation.json`, each message with all of its versions.

Of each message the selected version is taken; what else was generated is an abandoned branch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.rows import begins, each
from harness.scenarios.importers.saying import REASONING, Saying
from harness.scenarios.importers.script import BRANCH, Script
from harness.scenarios.importers.values import first_text, named_thing, obj, seq, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample

_ROLES: Mapping[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
_SHOWN = frozenset(("debugInfoBlock", "toolStatus", "status"))
"""Steps that the window shows and nobody says."""


@dataclass(frozen=True, slots=True)
class LMStudio:
    """The conversation of an LM Studio file."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the messages have versions."""
        return begins(sample, _is_conversation)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file."""
        return each(
            source, _is_conversation, _conversation, expected="messages with their 'versions'"
        )


def _is_conversation(value: object) -> bool:
    messages = seq(obj(value).get("messages"))[:5]
    return any(isinstance(obj(one).get("versions"), list) for one in messages)


def _conversation(row: Row) -> Iterator[Found]:
    record = obj(row.value)
    script = Script()
    prompt = text(record.get("systemPrompt"))
    if prompt.strip():
        script.say("system", Saying().add(prompt))
    for message in map(obj, seq(record["messages"])):
        versions = seq(message.get("versions"))
        chosen = message.get("currentlySelected")
        at = chosen if isinstance(chosen, int) and 0 <= chosen < len(versions) else -1
        script.skip(BRANCH, max(len(versions) - 1, 0))
        version = obj(versions[at]) if versions else {}
        role = script.role(text(version.get("role")), _ROLES)
        if role is not None:
            script.say(role, _saying(version))
    yield from script.leavings()
    yield Transcript(
        id=first_text((record.get("id"), record.get("identifier"))) or str(row.number),
        messages=tuple(script.messages),
        title=text(record.get("name")),
    )


def _saying(version: Mapping[str, object]) -> Saying:
    saying = Saying()
    if "steps" not in version:
        return saying.add(version.get("content"))
    for step in map(obj, seq(version.get("steps"))):
        kind = text(step.get("type"))
        if kind == "contentBlock":
            if obj(step.get("style")).get("type") == "thinking":
                saying.skipped.append(REASONING)
            else:
                _block(saying, step)
        elif kind not in _SHOWN:
            saying.skipped.append(named_thing("step of type", kind))
    return saying


def _block(saying: Saying, step: Mapping[str, object]) -> None:
    """The parts of a step; pieces of one text are written without a blank line between."""
    said = ""
    for part in map(obj, seq(step.get("content"))):
        if part.get("type") == "text":
            said += text(part.get("text"))
            continue
        said = _flush(saying, said)
        saying.part(part)
    _flush(saying, said)


def _flush(saying: Saying, said: str) -> str:
    if said.strip():
        saying.add(said)
    return ""
