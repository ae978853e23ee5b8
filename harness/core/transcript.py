"""Conversations that somebody else's program wrote down, as importers hand them over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from harness.core.errors import Where
    from harness.core.messages import Message
    from harness.core.scenario import Value
    from harness.core.spec import Spec

MOST_WORDS = 8
"""A longer answer is a sentence, which a model that knows it would word otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that came with a transcript, and what in it answers the question."""

    id: str
    """Its name in the file that it came from."""
    ask: str
    answers: tuple[str, ...]
    """The right answer first, then other spellings of it; empty when it was never said."""
    evidence: tuple[int, ...] = ()
    """Indexes of the messages that say it; empty when it was never said."""
    kind: str = ""
    """What the data set calls this sort of question."""
    rubric: str = ""
    """What counts as right, where the data set says it in words that only a model can apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """How a reply to a question that came with a transcript is told right from wrong."""

    way: Literal["reading", "abstain", "judge", "none"]
    """By its words, as an abstention, only by a model, or not at all."""
    why: str = ""
    """Why it is not by its words."""
    values: tuple[Value, ...] = ()
    """What a right reply names: one, or all of a list."""
    score: Spec | None = None
    """The scorer, where it is not the one that facts have unless told otherwise."""
    ask: str = ""
    """What the question is followed by, so that its answer can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One conversation: what was said, where it was cut, what may be asked about it."""

    id: str
    """Unique in its file where the file names its conversations; else its number."""
    messages: tuple[Message, ...]
    breaks: tuple[int, ...] = ()
    """Indexes of messages that begin a new session."""
    compacted: bool = False
    """Whether what stands before a break was out of context behind it, as after a compaction."""
    title: str = ""
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something about a file that its user is told of, counted by what it is."""

    what: str
    """In a few words that do not depend on the text, so that they can be counted."""
    count: int = 1
    where: Where | None = None
    detail: str = ""
    """What was the matter there, for the first of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped(Remark):
    """Something that was not taken over; nothing is dropped without one."""

    broken: bool = False
    """Whether it could not be read, and not just not used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended(Remark):
    """Something that was taken over, but not as it stood."""


Found: TypeAlias = Transcript | Remark


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file: an entry of its JSON array, a line of JSON, or the whole document."""

    where: Where
    number: int
    """Counted from 1."""
    value: object
    """As JSON has it: dict, list, str, int, float, bool or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The beginning of a file, by which an importer knows its own."""

    name: str
    """Of the file."""
    rows: tuple[object, ...]
    """The first records; empty when it is not JSON."""
    text: str
    """The first characters."""
