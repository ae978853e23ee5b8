"""LoCoMo: very long conversations of two people over many sessions, with questions about them.

The first speaker is the user and the second the assistant; each message begins with the name,
since the questions use it. Evidence is given as `D<session>:<turn>`. Questions of category 5 are
about what was never said.
"""

from __future__ import annotations

import re
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

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample

_SESSION = re.compile(r"session_([0-9]{1,6})")
_EVIDENCE = re.compile(r"D:?([0-9]{1,6}):([0-9]{1,6})")
_ADVERSARIAL = 5
_KINDS = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}


@dataclass(frozen=True, slots=True)
class LoCoMo:
    """Conversations of locomo10.json, each with its questions."""

    dates: bool = True
    """Whether each session begins with its date, which questions about time need."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the first record is a conversation of two named speakers."""
        return begins(sample, _is_sample)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file."""
        return each(
            source, _is_sample, self._sample, expected="a sample with 'conversation' and 'qa'"
        )

    def _sample(self, row: Row) -> Iterator[Found]:
        sample = obj(row.value)
        conversation = obj(sample["conversation"])
        script = Script()
        places: dict[tuple[int, int], int] = {}
        numbers = sorted({int(m[1]) for key in conversation if (m := _SESSION.fullmatch(key))})
        dates = [
            spelled_value(conversation.get(f"session_{number}_date_time")) for number in numbers
        ]
        order = by_date(dates)
        if order != sorted(order):
            script.mend("conversation whose sessions were put in the order of their dates")
        for place in order:
            script.cut()
            number, date = numbers[place], dates[place] if self.dates else ""
            for turn in map(obj, seq(conversation.get(f"session_{number}"))):
                at = _say(script, turn, text(conversation.get("speaker_a")), date)
                if at is not None:
                    date = ""
                    for name in _places(turn.get("dia_id")):
                        places.setdefault(name, at)
        asked = [
            question
            for index, qa in enumerate(seq(sample.get("qa")), 1)
            if (question := _asked(obj(qa), index, places)) is not None
        ]
        script.skip("question without words or answer", len(seq(sample.get("qa"))) - len(asked))
        yield from script.leavings()
        yield Transcript(
            id=spelled_value(sample.get("sample_id")) or str(row.number),
            messages=tuple(script.messages),
            breaks=script.ends(),
            title=f"{text(conversation['speaker_a'])} and {text(conversation.get('speaker_b'))}",
            asked=tuple(asked),
        )


def _is_sample(value: object) -> bool:
    return "speaker_a" in obj(obj(value).get("conversation"))


def _say(script: Script, turn: Mapping[str, object], user: str, date: str) -> int | None:
    speaker = text(turn.get("speaker"))
    saying = Saying().add(turn.get("text"))
    if "img_url" in turn:
        saying.skipped.append("image")
        caption = text(turn.get("blip_caption")).strip()
        if caption:
            saying.add(f"[shares a picture: {caption}]")
    if saying.text:
        saying.items[:] = [f"{f'[{date}] ' if date else ''}{speaker}: {saying.text}"]
    return script.say("user" if speaker == user else "assistant", saying)


def _places(value: object) -> list[tuple[int, int]]:
    """Every session and turn that a text names."""
    return [(int(session), int(turn)) for session, turn in _EVIDENCE.findall(text(value))]


def _asked(
    qa: Mapping[str, object], index: int, places: Mapping[tuple[int, int], int]
) -> Asked | None:
    category = qa.get("category")
    kind = _KINDS.get(category, "") if isinstance(category, int) else ""
    never = category == _ADVERSARIAL
    question, answer = text(qa.get("question")).strip(), spelled_value(qa.get("answer"))
    if not question or not (answer or never):
        return None
    named = [place for part in seq(qa.get("evidence")) for place in _places(part)]
    # Evidence that is not there makes the question one without evidence, which is not run.
    whole = all(place in places for place in named)
    return Asked(
        id=f"q{index}",
        ask=question,
        answers=() if never else (answer,),
        evidence=tuple(sorted({places[place] for place in named})) if whole and not never else (),
        kind=kind,
    )
