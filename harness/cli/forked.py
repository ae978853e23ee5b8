"""A log with its questions as a scenario that forks it: where it is forked, and what is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.core.errors import NothingSelectedError
from harness.core.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.core.transcript import Asked, Skipped, Transcript

_HEAD = """\
# Made by harness probe from {log}: the log word for word, forked where its questions are asked.
# What is to be edited are the questions; a run goes on with this file as it is.
"""
_EARLY = 0.5
"""One more fork stands at this share of the first stretch, where the window is nearly empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forked:
    """The scenario of a log."""

    path: Path
    """Its name holds a digest of it: other questions, or another window, make another file."""
    tokens: int
    """Of the whole log, by the local count."""
    span: int
    """Of the part that is forked."""
    forks: int
    asked: tuple[Asked, ...]
    """What is asked of that part."""


def longest_stretch(one: Transcript) -> tuple[Transcript, str]:
    """The conversation; where it was compacted, its longest part, which was in context at once.

    Returns:
        The part, with the system prompt it was said under; and which it is, empty for the whole.
    """
    if not (one.compacted and one.breaks):
        return one, ""
    ends = [0, *one.breaks, len(one.messages)]
    sizes = [sum(len(m.text) for m in one.messages[start:stop]) for start, stop in pairwise(ends)]
    number = max(range(len(sizes)), key=sizes.__getitem__)
    start, stop = ends[number], ends[number + 1]
    system = tuple(m for m in one.messages[:start] if m.role == "system") if start else ()
    part = replace(one, messages=(*system, *one.messages[start:stop]), breaks=(), compacted=False)
    return part, f"part {number + 1} of {len(sizes)}, between two compactions"


def write_forked(
    log: Path,
    one: Transcript,
    asked: Sequence[Asked],
    beside: Path,
    *,
    room: int | None,
    forks: int,
) -> tuple[Forked, list[Skipped]]:
    """Write the scenario of a log.

    Args:
        log: Its name, for the head of the file.
        one: What was said.
        asked: The questions, each with the message that holds its answer.
        beside: The file of the questions, which the scenario is named after and stands beside.
        room: Tokens that the longest fork may have; None: all that the log has.
        forks: How many, spread evenly over that.

    Returns:
        What was written, and what had to be left out.

    Raises:
        NothingSelectedError: Nothing can be asked of so short a part.
    """
    from harness.core.transcript import Skipped
    from harness.scenarios.importers.scenario import scenario, slug
    from harness.scenarios.importers.turns import exchanges
    from harness.scenarios.importers.yaml_text import dump
    from harness.scoring.gold import grading
    from harness.sessions.tokens import TokenCounter

    counter = TokenCounter()
    sizes = [counter.message(message) for message in one.messages]
    _, turns, _ = exchanges(one)
    first = sum(sizes) - sum(sizes[index] for turn in turns for index in turn.indexes)
    ends = [
        first + size
        for size in accumulate(sum(sizes[index] for index in turn.indexes) for turn in turns)
    ]
    span = max((end for end in ends if room is None or end <= room), default=0)
    places = _places(ends, span, forks)
    last = max(places, default=0)
    inside = {index for turn in turns[:last] for index in turn.indexes}
    kept = tuple(question for question in asked if set(question.evidence) <= inside)
    said = max(inside, default=-1) + 1
    part = replace(one, messages=one.messages[:said], asked=kept, breaks=())
    name = slug(beside.stem)[:72]
    data, skipped = scenario(part, name, grading, places=places, new_sessions=False)
    if past := len(asked) - len(kept):
        skipped = [*skipped, Skipped(what="question about what stands past the last fork")]
        skipped[-1] = replace(skipped[-1], count=past)
    if data is None:
        raise NothingSelectedError(
            f"{log}: no question can be asked of its first {span:,} tokens; use a larger -w"
        )
    data = {**{key: data[key] for key in ("schema", "name")}, "sample": "questions", **data}
    text = dump(data, _HEAD.format(log=log.name))
    path = beside.with_name(f"{beside.stem}.scenario-{digest(text)[:8]}.yaml")
    write_whole(path, text)
    ids = {fact["id"].partition("-")[2] for fact in data["facts"]}
    asked_of = tuple(question for question in kept if slug(question.id) in ids)
    found = Forked(path=path, tokens=ends[-1], span=span, forks=len(places), asked=asked_of)
    return found, skipped


def _places(ends: Sequence[int], span: int, forks: int) -> tuple[int, ...]:
    """After how many turns the log is forked: the last turns that end by each share of the span."""
    shares = [_EARLY / forks, *((n + 1) / forks for n in range(forks))]
    counts = {sum(end <= share * span for end in ends) for share in shares}
    return tuple(sorted(counts - {0}))
