"""Chats as the OpenAI API and its fine-tuning files have them: `{"messages": [...]}` a line.

It is the format that we write ourselves, so what comes out of an import goes in again unchanged:
the keys `id`, `title`, `breaks`, `compacted` and `questions` are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.core.transcript import Asked, Row, Transcript
from harness.scenarios.importers.chat_turns import is_turn
from harness.scenarios.importers.chats import (
    MESSAGES,
    Chat,
    inner,
    is_turns,
    read_chats,
    record_id,
    turns_of,
)
from harness.scenarios.importers.rows import begins
from harness.scenarios.importers.values import obj, seq, shapeless, spelled_value, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample


@dataclass(frozen=True, slots=True)
class OpenAI:
    """Chats of `{"messages": [{"role", "content"}]}`, lists of messages, or a message a line."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether one of the first records is a chat, a message, or a list of them."""
        return begins(sample, _is_chat) or begins(sample, is_turn)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The chats of a file."""
        alone, id_ = Chat(), ""
        for row in source.rows():
            if not isinstance(row, Row):
                yield row
            elif _is_chat(row.value) or isinstance(obj(row.value).get("messages"), list):
                yield from _chat(row)
            elif is_turn(row.value):
                name = record_id(_without_own(obj(row.value)))
                if name != id_ and alone.script.messages:
                    yield from _alone(alone, id_)
                    alone = Chat()
                id_ = name
                alone.turn(row.value)
            else:
                yield shapeless(row, '{"messages": [{"role": ..., "content": ...}]}')
        yield from _alone(alone, id_)


def _is_chat(value: object) -> bool:
    return is_turns(value) or bool(turns_of(inner(obj(value)), MESSAGES))


def _without_own(message: Mapping[str, object]) -> Mapping[str, object]:
    """A message without its own names, so that what is left names its conversation."""
    return {key: value for key, value in message.items() if key not in {"id", "uuid"}}


def _alone(chat: Chat, id_: str) -> Iterator[Found]:
    """The conversation of messages that stand in the file one after the other."""
    yield from chat.script.leavings()
    if chat.script.messages:
        yield Transcript(id=id_ or "1", messages=tuple(chat.script.messages))


def _chat(row: Row) -> Iterator[Found]:
    """A record of ours, or of anybody else."""
    record = obj(row.value)
    ours = {"breaks", "compacted", "questions"} & record.keys()
    for one in read_chats(row.value, row.number):
        yield _ours(one, record) if ours and isinstance(one, Transcript) else one


def _ours(one: Transcript, record: Mapping[str, object]) -> Transcript:
    """A conversation that we wrote, with what we know of it."""
    chat = Chat()
    for message in seq(record.get("messages")):
        chat.turn(message)
    places = [at for at in seq(record.get("breaks")) if isinstance(at, int)]
    breaks = {chat.begun.get(at, 0) for at in places} - {0, len(one.messages)}
    questions = seq(record.get("questions"))
    return replace(
        one,
        breaks=tuple(sorted(at for at in breaks if at < len(one.messages))) or one.breaks,
        compacted=record.get("compacted") is True,
        asked=tuple(_asked(obj(question), chat.placed) for question in questions),
    )


def _asked(question: Mapping[str, object], placed: Mapping[int, int]) -> Asked:
    evidence = [at for at in seq(question.get("evidence")) if isinstance(at, int)]
    return Asked(
        id=spelled_value(question.get("id")),
        ask=text(question.get("ask")),
        answers=tuple(filter(None, map(spelled_value, seq(question.get("answers"))))),
        evidence=tuple(sorted({placed[at] for at in evidence if at in placed})),
        kind=text(question.get("kind")),
        rubric=text(question.get("rubric")),
    )
