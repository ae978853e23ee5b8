"""LongMemEval: a question, and the dated sessions in which its answer was said.

Each entry is one conversation of several sessions. The turns that the data set marks with
`has_answer` are the evidence of its question; a question whose id ends with `_abs` was never
answered in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Asked, Transcript
from harness.scenarios.importers.dates import by_date
from harness.scenarios.importers.rows import begins, each
from harness.scenarios.importers.saying import Saying
from harness.scenarios.importers.script import Script
from harness.scenarios.importers.values import obj, seq, spelled_value, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample

_ROLES: Mapping[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}


@dataclass(frozen=True, slots=True)
class LongMemEval:
    """Entries of longmemeval_s, _m or _oracle, each with its question."""

    dates: bool = True
    """Whether each session begins with its date, which questions about time need."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the first record has a haystack."""
        return begins(sample, _is_entry)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The entries of a file."""
        return each(
            source,
            _is_entry,
            self._entry,
            expected="an entry with 'haystack_sessions' and 'question'",
        )

    def _entry(self, row: Row) -> Iterator[Found]:
        entry = obj(row.value)
        script = Script()
        marked: list[int] = []
        named: list[int] = []
        answering = set(map(spelled_value, seq(entry.get("answer_session_ids"))))
        ids = [*map(spelled_value, seq(entry.get("haystack_session_ids")))]
        dates = [*map(spelled_value, seq(entry.get("haystack_dates")))]
        sessions = seq(entry["haystack_sessions"])
        order = by_date((dates + [""] * len(sessions))[: len(sessions)])
        if order != sorted(order):
            script.mend("conversation whose sessions were put in the order of their dates")
        for number in order:
            script.cut()
            date = dates[number] if self.dates and number < len(dates) else ""
            for turn in map(obj, seq(sessions[number])):
                at = _say(script, turn, date)
                if at is None:
                    continue
                date = ""
                if turn.get("has_answer") is True:
                    marked.append(at)
                if number < len(ids) and ids[number] in answering:
                    named.append(at)
        yield from script.leavings()
        name = spelled_value(entry.get("question_id")) or str(row.number)
        yield Transcript(
            id=name,
            messages=tuple(script.messages),
            breaks=script.ends(),
            title=text(entry.get("question")),
            asked=tuple(self._asked(entry, name, marked or named)),
        )

    def _asked(
        self, entry: Mapping[str, object], name: str, evidence: list[int]
    ) -> Iterator[Asked]:
        question, answer = text(entry.get("question")).strip(), spelled_value(entry.get("answer"))
        never = name.endswith("_abs")
        if question and (never or answer):
            date = spelled_value(entry.get("question_date")) if self.dates else ""
            yield Asked(
                id=name,
                ask=f"[{date}] {question}" if date else question,
                answers=() if never else (answer,),
                evidence=() if never else tuple(evidence),
                kind=text(entry.get("question_type")),
            )


def _is_entry(value: object) -> bool:
    return isinstance(obj(value).get("haystack_sessions"), list)


def _say(script: Script, turn: Mapping[str, object], date: str) -> int | None:
    role = script.role(text(turn.get("role")), _ROLES)
    if role is None:
        return None
    saying = Saying().add(turn.get("content"))
    if date and saying.text:
        saying.prefix(f"[{date}] ")
    return script.say(role, saying)
