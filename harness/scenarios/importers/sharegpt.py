"""ShareGPT and the many training sets of its form: `{"conversations": [{"from", "value"}]}`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.parts import (
    TOOL_CALL,
    TOOL_OUTPUT,
    Saying,
    Script,
    first_text,
    obj,
    seq,
    spelled,
    text,
)
from harness.scenarios.importers.rows import begins, each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample

_ROLES: Mapping[str, Role] = {
    "system": "system",
    "human": "user",
    "user": "user",
    **dict.fromkeys(("gpt", "assistant", "model", "bot", "chatgpt", "bing", "bard"), "assistant"),
}
_TOOLS = {
    "tool": TOOL_OUTPUT,
    "observation": TOOL_OUTPUT,
    "function_response": TOOL_OUTPUT,
    "function_call": TOOL_CALL,
}


@dataclass(frozen=True, slots=True)
class ShareGPT:
    """Conversations of `from` and `value`; a JSON array or a line each."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the first record has turns of `from` and `value`."""
        return begins(sample, _is_conversation)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file."""
        return each(
            source,
            _is_conversation,
            _conversation,
            expected='{"conversations": [{"from": ..., "value": ...}]}',
        )


def _is_conversation(value: object) -> bool:
    return bool(_turns(value))


def _turns(value: object) -> list[object]:
    """The turns of a conversation; none when the value is none."""
    for key in ("conversations", "items"):
        turns = obj(value).get(key)
        if isinstance(turns, list) and any("value" in obj(turn) for turn in turns[:3]):
            return turns
    return []


def _conversation(row: Row) -> Iterator[Found]:
    script = Script()
    value = obj(row.value)
    for turn in map(obj, _turns(value)):
        role = script.role(text(turn.get("from")).lower(), _ROLES, _TOOLS)
        if role is not None:
            script.say(role, Saying().add(turn.get("value")))
    for key in ("image", "images"):
        script.skip("image", len(seq(value.get(key))) or bool(text(value.get(key))))
    yield from script.leavings()
    yield Transcript(
        id=spelled(value.get("id")) or str(row.number),
        messages=tuple(script.messages),
        title=first_text([value.get("title")]),
    )
