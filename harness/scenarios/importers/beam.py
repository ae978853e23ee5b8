"""BEAM: conversations of up to ten million tokens, with probing questions of ten kinds.

A record holds the chat as a list of sessions, and its questions by kind, as text. What each
question is graded by is a rubric of sentences, so most are left to a judge.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Asked, Transcript
from harness.scenarios.importers.chats import Chat
from harness.scenarios.importers.rows import begins, each
from harness.scenarios.importers.values import (
    first_text,
    holding,
    obj,
    parsed,
    seq,
    spelled_value,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.core.messages import Message
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample

_ANSWERS = ("answer", "ideal_response", "ideal_answer", "ideal_summary", "expected_answer")
_EVIDENCE = ("source_chat_ids", "source_ids", "evidence")


@dataclass(frozen=True, slots=True)
class BEAM:
    """Conversations of BEAM, each with its probing questions."""

    dates: bool = True
    """Whether each session begins with its date, which questions about time need."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether one of the first records has a chat and probing questions."""
        return begins(sample, _is_record)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file."""
        return each(
            source,
            _is_record,
            self._record,
            expected="a record with 'chat' and 'probing_questions'",
        )

    def _record(self, row: Row) -> Iterator[Found]:
        record = obj(row.value)
        chat = Chat()
        places: dict[str, int] = {}
        for session in _sessions(record):
            chat.script.cut()
            date = _date(session) if self.dates else ""
            for turn in map(obj, session):
                content = turn.get("content")
                if date and isinstance(content, str):
                    content, date = f"[{date}] {content}", ""
                said = {"role": turn.get("role"), "content": content}
                at = chat.turn(said)
                if at is not None and spelled_value(turn.get("id")):
                    places.setdefault(spelled_value(turn.get("id")), at)
        asked = list(_questions(record, places, chat.script.messages))
        yield from chat.script.leavings()
        seed = obj(record.get("conversation_seed"))
        yield Transcript(
            id=spelled_value(record.get("conversation_id")) or str(row.number),
            messages=tuple(chat.script.messages),
            breaks=chat.script.ends(),
            title=first_text((seed.get("title"), seed.get("theme"))),
            asked=tuple(asked),
        )


def _is_record(value: object) -> bool:
    record = obj(value)
    return "probing_questions" in record and isinstance(record.get("chat"), list)


def _sessions(record: Mapping[str, object]) -> Iterator[list[object]]:
    """The sessions of a chat, which the longest nest once more, by their plan."""
    waiting = [record["chat"]]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, dict) and "role" not in one:
            one = [part for part in one.values() if isinstance(part, list)]
        held = seq(one)
        if any("role" in obj(part) for part in held):
            yield [part for part in held if isinstance(part, dict)]
        else:
            waiting[:0] = held


def _date(session: list[object]) -> str:
    return first_text(obj(turn).get("time_anchor") for turn in session)


def _questions(
    record: Mapping[str, object], places: Mapping[str, int], messages: Sequence[Message]
) -> Iterator[Asked]:
    for kind, questions in obj(_literal(record["probing_questions"])).items():
        for number, question in enumerate(map(obj, seq(questions)), 1):
            ask = text(question.get("question")).strip()
            answer = next(
                (found for key in _ANSWERS if (found := spelled_value(question.get(key)))), ""
            )
            if not ask:
                continue
            named = [at for key in _EVIDENCE for at in _flat(question.get(key))]
            whole = bool(named) and all(name in places for name in named)
            at = {places[name] for name in named} if whole else set(holding(answer, messages))
            rubric = "; ".join(filter(None, map(spelled_value, seq(question.get("rubric")))))
            never = text(kind) == "abstention"
            yield Asked(
                id=f"{text(kind)}-{number}",
                ask=ask,
                answers=(answer or rubric,) if not never and (answer or rubric) else (),
                evidence=() if never else tuple(sorted(at)),
                kind=text(kind),
                rubric="" if never else rubric,
            )


def _literal(value: object) -> object:
    """The questions, which stand in the file as JSON or as Python writes it."""
    if not isinstance(value, str):
        return value
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return parsed(value)


def _flat(value: object) -> Iterator[str]:
    """The ids in a value, however it nests them."""
    waiting = [value]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, dict):
            waiting[:0] = list(one.values())
        elif isinstance(one, list):
            waiting[:0] = one
        elif spelled_value(one):
            yield spelled_value(one)
