"""SillyTavern's chats: JSON Lines, the first of them about the chat, then a line a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Row, Transcript
from harness.scenarios.importers.saying import FILE, IMAGE, REASONING, Saying
from harness.scenarios.importers.script import BRANCH, Script
from harness.scenarios.importers.values import obj, seq, shapeless, spelled_value, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample


@dataclass(frozen=True, slots=True)
class SillyTavern:
    """The chat of a SillyTavern file, as its last swipes left it."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether a line is a message of one."""
        return any({"mes", "is_user"} <= obj(row).keys() for row in sample.rows)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The one chat of a file."""
        script = Script()
        title = ""
        for row in source.rows():
            line = obj(row.value) if isinstance(row, Row) else {}
            if not isinstance(row, Row):
                yield row
            elif "mes" in line:
                _say(script, line)
            elif "chat_metadata" in line or "user_name" in line:
                title = text(line.get("character_name"))
            else:
                yield shapeless(row, "a message with 'name', 'is_user' and 'mes'")
        yield from script.leavings()
        yield Transcript(id="1", messages=tuple(script.messages), title=title)


def _say(script: Script, line: Mapping[str, object]) -> None:
    extra = obj(line.get("extra"))
    if line.get("is_system") is True:
        script.skip("message hidden from the model")
        return
    saying = Saying().add(spelled_value(line.get("mes")))
    saying.skipped += [REASONING] * bool(text(extra.get("reasoning")).strip())
    saying.skipped += [IMAGE] * bool(extra.get("image") or seq(extra.get("image_swipes")))
    saying.skipped += [FILE] * bool(extra.get("file") or seq(extra.get("files")))
    for call in map(obj, seq(extra.get("tool_invocations"))):
        saying.call(call.get("name"), call.get("parameters"), call.get("id"))
        saying.result(call.get("result"), call.get("id"), call.get("name"))
    script.skip(BRANCH, max(len(seq(line.get("swipes"))) - 1, 0))
    script.say("user" if line.get("is_user") is True else "assistant", saying)
