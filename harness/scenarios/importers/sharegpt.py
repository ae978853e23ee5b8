"""ShareGPT and the many training sets of its form: `{"conversations": [{"from", "value"}]}`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Skipped, Transcript
from harness.scenarios.importers.parts import (
    TOOL_CALL,
    TOOL_OUTPUT,
    Saying,
    Script,
    first_text,
    obj,
    seq,
    shapeless,
    spelled,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import Source
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
        return any(_turns(row) is not None for row in sample.rows[:1])

    def sessions(self, source: Source, /) -> Iterator[Found]:
        """The conversations of a file."""
        for row in source.rows():
            if isinstance(row, Skipped):
                yield row
            elif (turns := _turns(row.value)) is None:
                yield shapeless(row, '{"conversations": [{"from": ..., "value": ...}]}')
            else:
                yield from _conversation(row, turns)


def _turns(value: object) -> list[object] | None:
    """The turns of a conversation, or None when the value is none."""
    for key in ("conversations", "items"):
        turns = obj(value).get(key)
        if isinstance(turns, list) and any("value" in obj(turn) for turn in turns[:3]):
            return turns
    return None


def _conversation(row: Row, turns: list[object]) -> Iterator[Found]:
    script = Script()
    for turn in map(obj, turns):
        who = text(turn.get("from")).lower()
        if who in _TOOLS:
            script.skip(_TOOLS[who])
        elif who not in _ROLES:
            script.skip("message of an unknown role")
        else:
            script.say(_ROLES[who], Saying().add(turn.get("value")))
    value = obj(row.value)
    for key in ("image", "images"):
        script.skip("image", len(seq(value.get(key))) or bool(text(value.get(key))))
    yield from script.leavings()
    yield Transcript(
        id=spelled(value.get("id")) or str(row.number),
        messages=tuple(script.messages),
        title=first_text([value.get("title")]),
    )
