"""Files that hold one conversation between them: which belong together, and how they read as one.

The one rule: of each file only short marks of its lines are kept, so that a folder may be large.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from harness.core.errors import FileError
from harness.core.transcript import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Remark


@dataclass(frozen=True, slots=True)
class Joined:
    """Several files as one, read in their order."""

    parts: Sequence[ImportSource]

    @property
    def name(self) -> str:
        """As errors call it."""
        return self.parts[0].name

    def rows(self) -> Iterator[Row | Remark]:
        """The records of all of them."""
        for part in self.parts:
            yield from part.rows()

    def text_lines(self) -> Iterator[str]:
        """The lines of all of them."""
        for part in self.parts:
            yield from part.text_lines()


@dataclass(frozen=True, slots=True)
class Link:
    """A line that others may go on from."""

    name: str
    parent: str
    """The line that it goes on from; empty for the first."""
    text: object
    """What it says: two lines of one name are the same only when they say the same."""
    when: str = ""


@dataclass(slots=True)
class _Marks:
    """What is kept of a file."""

    names: set[bytes] = field(default_factory=set)
    lines: set[bytes] = field(default_factory=set)
    parents: set[bytes] = field(default_factory=set)
    last: bytes = b""
    when: str = ""


def linked(
    sources: Sequence[ImportSource], link: Callable[[object], Link | None]
) -> Iterator[Sequence[ImportSource]]:
    """The files in groups, in the order given, and in each by the time of their first lines.

    Two files belong together when one goes on from a line of the other, or repeats all of it.

    Args:
        sources: The files.
        link: What a record is to others; None for one that nothing can go on from.
    """
    marks = [_marks(source, link) for source in sources]
    named: dict[bytes, int] = {}
    holders: dict[bytes, list[int]] = {one.last: [] for one in marks if one.last}
    for at, one in enumerate(marks):
        for name in one.names:
            named.setdefault(name, at)
        for line in one.lines & holders.keys():
            holders[line].append(at)
    group = list(range(len(sources)))

    def root(at: int) -> int:
        while group[at] != at:
            at = group[at]
        return at

    for at, one in enumerate(marks):
        others = [named[parent] for parent in one.parents - one.names if parent in named]
        others += [b for b in holders.get(one.last, ()) if one.lines <= marks[b].lines]
        for other in others:
            first, second = sorted((root(at), root(other)))
            group[second] = first
    for at in range(len(sources)):
        if root(at) == at:
            own = [other for other in range(at, len(sources)) if root(other) == at]
            yield [sources[other] for other in sorted(own, key=lambda other: marks[other].when)]


def _marks(source: ImportSource, link: Callable[[object], Link | None]) -> _Marks:
    found = _Marks()
    try:
        for row in source.rows():
            one = link(row.value) if isinstance(row, Row) else None
            if one is None:
                continue
            found.when = found.when or one.when
            found.names.add(_short(one.name))
            if one.parent:
                found.parents.add(_short(one.parent))
            found.last = _short(f"{one.name} {one.parent} {one.text!r}")
            found.lines.add(found.last)
    except FileError:
        pass  # it is told of when the file is read for its messages
    return found


def _short(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
