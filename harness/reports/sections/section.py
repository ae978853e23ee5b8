"""A section of a report that is a title, some sentences and a table, in every form of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.reports.terminal_style import TerminalStyle

Found_contra = TypeVar("Found_contra", contravariant=True)


class ReportSection(Protocol[Found_contra]):
    """One finding in words."""

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns; `>` ends those that hold numbers."""

    def title(self, found: Found_contra, /) -> str:
        """What it is of."""

    def sentences(self, found: Found_contra, /) -> Iterator[str]:
        """What is said above the table."""

    def rows(self, found: Found_contra, /) -> Iterator[tuple[str, ...]]:
        """The cells of the table."""


def section_lines(
    section: ReportSection[Found_contra], found: Found_contra, style: TerminalStyle
) -> Iterator[str]:
    """The finding in a terminal."""
    yield from style.wrapped(f"── {section.title(found)} ──")
    for words in section.sentences(found):
        yield from style.wrapped(words, "  ")
    heads = [name.removesuffix(">") for name in section.header]
    right = [name for name, end in zip(heads, section.header, strict=True) if end.endswith(">")]
    cells = ([fmt.plain(cell) for cell in row] for row in section.rows(found))
    yield from style.table(heads, cells, right=right, folded=heads[:1])
