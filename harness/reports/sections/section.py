"""A section of a report that is a title, some sentences and a table, in every form of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator

Found_contra = TypeVar("Found_contra", contravariant=True)


class ReportSection(Protocol[Found_contra]):
    """One finding in words."""

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns; `>` ends those that hold numbers."""

    @property
    def columns(self) -> tuple[int, ...]:
        """Widths of the columns in a terminal."""

    def title(self, found: Found_contra, /) -> str:
        """What it is of."""

    def sentences(self, found: Found_contra, /) -> Iterator[str]:
        """What is said above the table."""

    def rows(self, found: Found_contra, /) -> Iterator[tuple[str, ...]]:
        """The cells of the table."""


def section_lines(
    section: ReportSection[Found_contra], found: Found_contra, columns: int
) -> Iterator[str]:
    """The finding in a terminal; no line is longer than its columns."""
    yield from fmt.wrap(fmt.plain(f"── {section.title(found)} ──"), columns)
    for words in section.sentences(found):
        yield from fmt.wrap(fmt.plain(words), columns, "  ")
    right = [name.endswith(">") for name in section.header]
    for row in ([name.removesuffix(">") for name in section.header], *section.rows(found)):
        cells = (
            fmt.fit_columns(cell, wide, right=ends)
            for cell, wide, ends in zip(row, section.columns, right, strict=True)
        )
        yield f"  {' '.join(cells)}".rstrip()
