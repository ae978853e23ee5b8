"""The session around a fact, as it was sent: a few messages before and after, and both ends.

Its one rule: what does not fit the page is left out whole, and the page says so; a message that is
shown in part says how much is missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.reports.format import visible
from harness.runs.folder.reader import conversations, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from harness.core.messages import Message

MOST_BYTES = 900_000
"""Of message texts in one page."""
LONGEST = 900
"""Characters of one message."""
LONGEST_SUMMARY = 8_000
"""Of a summary: it is read to see what it left out."""

_AROUND = (-2, 4)
"""A turn before the plant, its own, and one after."""
_ENDS = 2
"""Messages shown at either end."""


@dataclass(slots=True)
class Passages:
    """The texts of a page, each once."""

    texts: list[tuple[str, str, int]] = field(default_factory=list)
    """Role, text, and characters left out."""
    trunks: list[dict[int, int]] = field(default_factory=list)
    """For each conversation: index of the message -> index of its text."""
    of: list[int | None] = field(default_factory=list)
    """For each record the conversation that it is shown in; None where it is not."""


def passages(
    records: Sequence[dict[str, Any]], folders: Iterable[Path], most_bytes: int = MOST_BYTES
) -> Passages:
    """The passages of as many records as fit, the first ones first.

    Args:
        records: See `records.sampled`.
        folders: Run folders; what they do not hold is not shown.
        most_bytes: Of all texts together.
    """
    folders = list(folders)
    known = conversations(folders, {record["trunk"] for record in records})
    wanted = [_shown(record, len(known.get(record["trunk"], ()))) for record in records]
    needed = {
        known[record["trunk"]][i]
        for record, shown in zip(records, wanted, strict=True)
        for i in shown
    }
    held = texts(folders, needed)
    found, room = Passages(), float(most_bytes)
    numbers: dict[str, int] = {}
    trunks: dict[str, int] = {}
    for record, shown in zip(records, wanted, strict=True):
        names = {i: known[record["trunk"]][i] for i in shown}
        fresh = [name for name in dict.fromkeys(names.values()) if name not in numbers]
        whole = {names[i] for i in _summaries(record, shown)}
        longest = {name: LONGEST_SUMMARY if name in whole else LONGEST for name in fresh}
        size = sum(_size(held.get(name), longest[name]) for name in fresh)
        if not shown or size > room:
            found.of.append(None)
            continue
        room -= size
        clipped = {name: _clip(held[name], record["expected"], longest[name]) for name in fresh}
        for name, text in clipped.items():
            numbers[name] = len(found.texts)
            found.texts.append(text)
        trunk = trunks.setdefault(record["trunk"], len(trunks))
        if trunk == len(found.trunks):
            found.trunks.append({})
        found.trunks[trunk] |= {i: numbers[name] for i, name in names.items()}
        found.of.append(trunk)
    return found


def _shown(record: dict[str, Any], length: int) -> list[int]:
    """Which messages of the conversation are shown for a record."""
    stop = record["cut_messages"]
    if stop is None:
        stop = max((span[1] for span in record["view"] or ()), default=0)
    stop = min(stop, length)
    near = {p + i for p in record["plant_messages"] or () if p >= 0 for i in range(*_AROUND)}
    ends = {*range(_ENDS), *range(stop - _ENDS, stop)}
    resumes = {span[0] + i for span in (record["view"] or ())[1:2] for i in range(_ENDS)}
    return sorted(i for i in near | ends | resumes if 0 <= i < stop)


def _summaries(record: dict[str, Any], shown: Sequence[int]) -> set[int]:
    """Which of these messages are the summary that stands in place of what was compacted."""
    first = (
        {span[0] for span in (record["view"] or ())[1:2]} if record.get("compactions") else set()
    )
    return first & set(shown)


def _size(message: Message | None, longest: int) -> float:
    """Bytes that a message takes at most, as JSON; without end where it is not held."""
    return math.inf if message is None else 20 + len(message.text[:longest].encode())


def _clip(message: Message, expected: Sequence[str], longest: int) -> tuple[str, str, int]:
    """A message in at most so many characters: around a value that it names, else its start."""
    content = message.text
    if len(content) <= longest:
        return message.role, visible(content), 0
    at = min((i for i in map(content.find, expected) if i >= 0), default=0)
    start = max(0, min(at - longest // 2, len(content) - longest))
    shown = content[start : start + longest]
    before = "… " if start else ""
    after = " …" if start + longest < len(content) else ""
    return message.role, visible(f"{before}{shown}{after}"), len(content) - longest
