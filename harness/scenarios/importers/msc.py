"""Multi-Session Chat: two people over up to five sessions, a line a pair of them.

The first speaker is the user and the second the assistant. Files made for MemGPT's test of deep
memory bring a question with them (`self_instruct`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Asked, Transcript
from harness.scenarios.importers.rows import begins, each
from harness.scenarios.importers.saying import Saying
from harness.scenarios.importers.script import Script
from harness.scenarios.importers.values import first_text, holding, obj, seq, spelled_value, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample

_KNOWN = frozenset(
    ("personas", "dialog", "metadata", "previous_dialogs", "init_personas", "initial_data_id",
     "time_num", "time_unit", "time_back", "self_instruct", "dialoug_id", "session_id", "dataset")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MSC:
    """Conversations of Multi-Session Chat, each with its earlier sessions."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether one of the first records has a dialog and those before it."""
        return begins(sample, _is_chat)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file."""
        return each(source, _is_chat, _chat, expected="a chat with 'dialog' and 'previous_dialogs'")


def _is_chat(value: object) -> bool:
    record = obj(value)
    told = isinstance(record.get("previous_dialogs"), list) or "personas" in record
    return told and isinstance(record.get("dialog"), list)


def _chat(row: Row) -> Iterator[Found]:
    record = obj(row.value)
    script = Script()
    for session in map(obj, seq(record.get("previous_dialogs"))):
        _session(script, seq(session.get("dialog")), text(session.get("time_back")))
    _session(script, seq(record["dialog"]), "")
    people = seq(record.get("init_personas")) or seq(record.get("personas"))
    script.skip("sentence about a speaker", sum(len(seq(one)) for one in people))
    script.fields(record, _KNOWN)
    yield from script.leavings()
    metadata = obj(record.get("metadata"))
    name = spelled_value(metadata.get("initial_data_id")) or spelled_value(
        record.get("initial_data_id")
    )
    yield Transcript(
        id=name or str(row.number),
        messages=tuple(script.messages),
        breaks=script.ends(),
        asked=tuple(_asked(obj(record.get("self_instruct")), script)),
    )


def _session(script: Script, dialog: list[object], back: str) -> None:
    script.cut()
    ago = f"[{back}] " if back else ""
    for number, turn in enumerate(map(obj, dialog)):
        speaker = text(turn.get("id"))
        second = speaker.endswith("2") if speaker[-1:] in {"1", "2"} else number % 2 == 1
        saying = Saying().add(turn.get("text"))
        if ago and saying.text:
            saying.prefix(ago)
            ago = ""
        script.say("assistant" if second else "user", saying)


def _asked(made: Mapping[str, object], script: Script) -> Iterator[Asked]:
    """The question that a file brings. Which turns answer it is not told: those that name it."""
    question, answer = text(made.get("B")).strip(), first_text([made.get("A")])
    if question and answer:
        said = holding(answer, script.messages)
        yield Asked(id="q1", ask=question, answers=(answer,), evidence=said, kind="deep-memory")
