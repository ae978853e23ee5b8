"""Logs of the GoodAI LTM benchmark: `master_log.jsonl`, a line an event.

What was sent and answered is the conversation, the benchmark's own filler included. The questions
stay in it as turns: they were asked in the session, and the log does not hold the right answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Row, Transcript
from harness.scenarios.importers.saying import Saying
from harness.scenarios.importers.script import Script
from harness.scenarios.importers.values import named_thing, obj, shapeless, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_ROLES: Mapping[int, Role] = {0: "user", 4: "assistant", 3: "user", 5: "assistant"}
"""Types of events: 0 sent, 4 its reply; 3 filler sent, 5 its reply."""
_FILLER = frozenset({3, 5})
_EVENTS = {
    1: "begin of a test",
    2: "end of a test",
    6: "wait",
    8: "call of the scorer",
}


@dataclass(frozen=True, slots=True)
class GoodAI:
    """The session of a GoodAI LTM benchmark log."""

    questions: bool = True
    """Whether the turns with the benchmark's questions are taken over."""
    filler: bool = True
    """Whether the benchmark's own filler is taken over."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the first line is an event of the benchmark."""
        return any(
            {"type", "test_id", "data"} <= obj(row).keys() and isinstance(obj(row)["type"], int)
            for row in sample.rows
        )

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The one conversation of a log."""
        script = Script()
        for row in source.rows():
            if not isinstance(row, Row):
                yield row
                continue
            event = obj(row.value)
            kind = event.get("type")
            if not isinstance(kind, int) or isinstance(kind, bool):
                yield shapeless(row, "an event with 'type', 'test_id' and 'data'")
            elif kind not in _ROLES:
                script.skip(_EVENTS.get(kind) or named_thing("event of type", kind))
            else:
                self._say(script, kind, obj(event.get("data")))
        yield from script.leavings()
        yield Transcript(id="1", messages=tuple(script.messages))

    def _say(self, script: Script, kind: int, data: Mapping[str, object]) -> None:
        if kind in _FILLER and not self.filler:
            script.skip("message of the benchmark's filler")
        elif data.get("is_question") is True and not self.questions:
            script.skip("question of the benchmark, or its answer")
        else:
            script.say(_ROLES[kind], Saying().add(text(data.get("message"))))
