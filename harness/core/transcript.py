"""Conversations that somebody else's program wrote down, as importers hand them over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from harness.core.errors import Where
    from harness.core.messages import Message


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
class Skipped:
    """Something that was not taken over, and why; nothing is dropped without one."""

    what: str
    """The reason, in a few words that do not depend on the text: they are counted."""
    count: int = 1
    where: Where | None = None
    detail: str = ""
    """What was wrong there, for the first of its kind."""
    broken: bool = False
    """Whether it could not be read, and not just not used."""


Found: TypeAlias = Transcript | Skipped


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
